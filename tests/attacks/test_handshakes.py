"""Requests made to get in, or to get at what is not theirs, by every way that a page has."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import orjson
import pytest

from tests.live.client import new_doc
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.raw_socket import RawSocket
from tests.plain_http import NO_TLS

PUBLIC = "9.9.9.9"
FOREIGN = ["null", "http://shop.test.evil.com", "http://evilshop.test", "https://shop.test", "HTTP://SHOP.TEST", ""]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopEngine]:
    flags = ("--connections-per-address", "2", "--posts-per-minute", "5")
    with ShopEngine(tmp_path_factory.mktemp("hands") / "one", *flags) as engine:
        yield engine
        assert engine.ready == 200
        assert "Traceback" not in engine.output


def hello() -> bytes:
    return orjson.dumps({"type": "hello", "v": 1, "token": None, "doc": new_doc(), "page": None, "context": {}})


def ask(shop: ShopEngine, way: str, origin: str, site: str | None = None, address: str = "") -> int:
    """Come by one of the ways of a page; return the status."""
    headers = {"X-Forwarded-For": address} if address else {}
    headers |= {"Origin": origin} if origin else {}
    key = shop.site if site is None else site
    if way == "stream":
        with RawSocket(shop.host, f"/v1/stream?site={key}", None, headers) as raw:
            return raw.upgrade()[0]
    if way == "sse":
        with httpx.stream("GET", f"{shop.url}/v1/sse?site={key}", headers=headers, timeout=5, verify=NO_TLS) as answer:
            return answer.status_code
    return httpx.post(
        f"{shop.url}/v1/events?site={key}", content=hello(), headers=headers, timeout=20, verify=NO_TLS
    ).status_code


WAYS = {"stream": 101, "sse": 200, "post": 200}


@pytest.mark.parametrize("way", WAYS)
def test_page_of_the_shop_is_let_in_by_every_way(shop: ShopEngine, way: str) -> None:
    assert ask(shop, way, ORIGIN) == WAYS[way]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign_page_is_refused_by_every_way(shop: ShopEngine, way: str, origin: str) -> None:
    assert ask(shop, way, origin) == 403


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("site", ["", "pk_nobody", "../x", "{}"])
def test_unknown_shop_is_refused_by_every_way(shop: ShopEngine, way: str, site: str) -> None:
    assert ask(shop, way, ORIGIN, site) == 403


@pytest.mark.parametrize("way", WAYS)
def test_address_with_all_its_connections_gets_no_more_by_any_way(shop: ShopEngine, way: str) -> None:
    full = f"9.9.8.{list(WAYS).index(way)}"
    headers = {"X-Forwarded-For": full}
    with (
        RawSocket(shop.host, shop.path, ORIGIN, headers) as one,
        RawSocket(shop.host, shop.path, ORIGIN, headers) as two,
    ):
        assert [one.upgrade()[0], two.upgrade()[0]] == [101, 101]
        assert ask(shop, way, ORIGIN, address=full) == 429


def test_address_that_posts_without_end_is_told_to_wait(shop: ShopEngine) -> None:
    answers = [ask(shop, "post", ORIGIN, address=PUBLIC) for _ in range(8)]
    assert answers == [200] * 5 + [429] * 3
    assert 'shopbell_refusals_total{reason="too_many_posts"}' in shop.metrics


def test_pixel_that_posts_without_end_is_told_to_wait_before_its_body_is_read(shop: ShopEngine) -> None:
    headers = {"Origin": "null", "X-Forwarded-For": "9.9.7.7"}
    address = f"{shop.url}/v1/pixel?site={shop.site}"
    answers = [
        httpx.post(address, content=hello(), headers=headers, timeout=20, verify=NO_TLS).status_code for _ in range(8)
    ]
    assert answers == [403] * 5 + [429] * 3


@pytest.mark.parametrize(
    "extra",
    [
        {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"},
        {"Sec-WebSocket-Protocol": "shop"},
        {"Sec-WebSocket-Protocol": "sh\xf6p, \xff"},
    ],
)
def test_extension_or_subprotocol_is_never_agreed_on(shop: ShopEngine, extra: dict[str, str]) -> None:
    """So nothing is inflated, and a kilobyte stays one."""
    lines = [f"GET {shop.path} HTTP/1.1", f"Host: {shop.host}", "Upgrade: websocket", "Connection: Upgrade",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", f"Origin: {ORIGIN}",
             *(f"{name}: {value}" for name, value in extra.items()), "", ""]  # fmt: skip
    with RawSocket(shop.host, shop.path) as raw:
        raw.send_bytes("\r\n".join(lines).encode("latin-1"))
        answer = raw.receive_bytes().lower()
    assert answer.split(b" ", 2)[1] in (b"101", b"400")
    assert b"sec-websocket-extensions" not in answer
    assert b"sec-websocket-protocol" not in answer


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host"])
def test_name_of_the_host_changes_nothing_of_the_snippet(shop: ShopEngine, name: str) -> None:
    usual = httpx.get(f"{shop.url}/s.js")
    poisoned = httpx.get(f"{shop.url}/s.js", headers={name: "evil.example"})
    assert poisoned.content == usual.content
    assert usual.headers["content-type"] == poisoned.headers["content-type"] == "text/javascript; charset=utf-8"
    assert poisoned.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.key", "/%2e%2e/secret.key", "/gallery/static/../../secret.key",
        "/gallery/static/%2e%2e%2fsecret.key",
        "/gallery/static//etc/passwd", "/s.js/../secret.key", "/p.../secret.key", "/v1/visitors/..%2f..%2fsecret.key",
    ],
)  # fmt: skip
def test_path_that_climbs_reaches_no_file(shop: ShopEngine, path: str) -> None:
    with RawSocket(shop.host, path) as raw:
        raw.send_bytes(f"GET {path} HTTP/1.1\r\nHost: {shop.host}\r\nConnection: close\r\n\r\n".encode())
        answer = raw.receive_bytes()
    assert int(answer.split(b" ", 2)[1]) in (400, 401, 404, 405)
    assert (shop.data / "secret.key").read_bytes().split()[1] not in answer


def test_head_of_more_than_8_kib_is_too_long(shop: ShopEngine) -> None:
    with RawSocket(shop.host, shop.path, ORIGIN, {f"X-{n}": "x" * 100 for n in range(90)}) as raw:
        assert raw.upgrade()[0] == 431
