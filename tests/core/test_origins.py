"""Which Origin headers may open a site's stream, and what an operator may write down as one."""

import pytest

from engine.core.origins import SELF, BadOrigin, allowed, normalise_origin

SHOP = frozenset({"https://shop.example", "http://localhost:3000", "https://xn--bcher-kva.example"})


@pytest.mark.parametrize("origin", sorted(SHOP))
def test_listed_origin_is_allowed(origin: str) -> None:
    assert allowed(origin, SHOP, "engine.example", "https")


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "self",
        "*",
        "https://shop.example.evil.com",
        "https://evilshop.example",
        "https://evil.com/https://shop.example",
        "https://shop.example@evil.com",
        "https://shop.example:444",
        "https://shop.example:443",
        "http://shop.example",
        "wss://shop.example",
        "https://SHOP.example",
        "https://shop.example.",
        "https://shop.example/",
        " https://shop.example",
        "https://shop.example, https://shop.example",
        "https://bücher.example",
        "https://xn--bcher-kvb.example",
        "http://localhost:3001",
        "http://localhost",
        "http://127.0.0.1:3000",
        "https://shop.example\0",
        "h" * 1_000_000,
    ],
)
def test_any_other_origin_is_refused(origin: str | None) -> None:
    assert not allowed(origin, SHOP, "engine.example", "https")


def test_site_without_origins_is_closed_to_every_page() -> None:
    assert not allowed("https://shop.example", (), "shop.example", "https")


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "http"),
        ("http://shop.example", "Shop.Example:80", "http"),
        ("https://shop.example", "shop.example", "https"),
        ("https://shop.example", "shop.example", "http"),  # a proxy ended TLS
        ("http://[::1]:8000", "[::1]:8000", "http"),
    ],
)
def test_self_stands_for_the_host_the_request_came_to(origin: str, host: str, scheme: str) -> None:
    assert allowed(origin, [SELF], host, scheme)


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("http://127.0.0.1:8001", "127.0.0.1:8000", "http"),
        ("http://shop.example", "shop.example", "https"),
        ("https://evil.example", "shop.example", "https"),
        ("self", "self", "http"),
        ("http://shop.example", None, "http"),
        ("http://shop.example", "shop.example/", "http"),
        ("http://a b", "a b", "http"),
        ("null", "", "http"),
    ],
)
def test_self_stands_for_no_other_host(origin: str, host: str | None, scheme: str) -> None:
    assert not allowed(origin, [SELF], host, scheme)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.Example:443/", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://shop.example:443", "http://shop.example:443"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://商店.example:8443", "https://xn--czrs0t.example:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[0:0::1]:8000", "http://[::1]:8000"),
        ("http://my_shop.localhost", "http://my_shop.localhost"),
        ("self", "self"),
    ],
)
def test_origin_is_kept_as_browsers_write_it(written: str, normal: str) -> None:
    assert normalise_origin(written) == normal
    assert normalise_origin(normal) == normal


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            "shop.example",
            "origin 'shop.example' is not a scheme, a host and at most a port, "
            "expected an origin such as https://shop.example",
        ),
        (
            "https://shop.example/cart",
            "origin 'https://shop.example/cart' is not a scheme, a host and at most a port, "
            "expected an origin such as https://shop.example",
        ),
        ("https://shop.example:0", "origin 'https://shop.example:0' has port 0, expected one from 1 to 65535"),
        (
            "https://shop.example:65536",
            "origin 'https://shop.example:65536' has port 65536, expected one from 1 to 65535",
        ),
        (
            "https://*.example",
            "origin 'https://*.example' has the host '*.example', which is no host name, "
            "expected an origin such as https://shop.example",
        ),
        (
            "https://shop.example.",
            "origin 'https://shop.example.' has the host 'shop.example.', which is no host name, "
            "expected an origin such as https://shop.example",
        ),
        ("http://[::g]", "origin 'http://[::g]' has the host [::g], which is no IPv6 address"),
        ("http://127.1", "origin 'http://127.1' has the host '127.1', which is no IPv4 address"),
    ],
)
def test_what_is_no_origin_is_refused_with_a_sentence(written: str, sentence: str) -> None:
    with pytest.raises(BadOrigin) as refused:
        normalise_origin(written)
    assert str(refused.value) == sentence


def test_host_name_that_no_browser_would_take_is_refused() -> None:
    with pytest.raises(BadOrigin, match="has the host 'a․b', which is no host name"):
        normalise_origin("https://a․b")
