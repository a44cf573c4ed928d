"""Who may open a stream, and who a token makes one."""

import base64
import hashlib
import hmac
import time
from typing import Any

import pytest

from engine.core import tokens
from engine.edge.secret import load_secrets
from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.raw_socket import RawSocket

REFUSAL = (403, b"unknown site key, or origin not allowed for it\n")


def answer(engine: ShopEngine, origin: str | None, site: str | None = None, **headers: str) -> tuple[int, bytes]:
    key = engine.site if site is None else site
    with RawSocket(engine.host, f"/v1/stream?site={key}", origin, headers) as raw:
        return raw.upgrade()


def test_page_of_the_site_is_let_in(engine: ShopEngine) -> None:
    assert answer(engine, ORIGIN) == (101, b"")


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "self",
        "https://shop.test",
        "http://shop.test:8080",
        "http://shop.test:80",
        "http://shop.test.evil.com",
        "http://evilshop.test",
        "http://sub.shop.test",
        "http://SHOP.TEST",
        "HTTP://shop.test",
        "http://shop.test.",
        "http://shop.test/",
        "http://shop.test@evil.com",
        "http://xn--shp-1na.test",
        "http://sh\u043ep.test".encode().decode("latin-1"),
        "http://shop.test http://evil.com",
        "file://",
        "x" * 4_000,
    ],
)
def test_page_of_another_origin_is_refused_before_the_upgrade(engine: ShopEngine, origin: str | None) -> None:
    assert answer(engine, origin) == REFUSAL


@pytest.mark.parametrize("site", ["", "pk_demo", "pk_unknown", "%00", "..%2f", "pk_" + "x" * 2_000])
def test_unknown_site_is_refused_in_the_same_words(engine: ShopEngine, site: str) -> None:
    assert answer(engine, ORIGIN, site) == REFUSAL


def test_stream_without_a_site_is_refused(engine: ShopEngine) -> None:
    with RawSocket(engine.host, "/v1/stream", ORIGIN) as raw:
        assert raw.upgrade() == REFUSAL


def test_refusal_is_counted_by_its_reason(engine: ShopEngine) -> None:
    answer(engine, "http://evil.com")
    assert 'shopbell_refusals_total{reason="origin_refused"}' in engine.metrics


def test_request_with_too_many_headers_is_refused(engine: ShopEngine) -> None:
    status, _ = answer(engine, ORIGIN, **{f"X-Header-{n}": "x" * 20 for n in range(2_000)})
    assert status in (0, 400, 403, 431)
    assert engine.ready == 200


def test_plain_request_for_the_stream_is_no_stream(engine: ShopEngine) -> None:
    with RawSocket(engine.host, engine.path, ORIGIN, {"Connection": "close", "Upgrade": "x"}) as raw:
        assert raw.upgrade()[0] in (400, 404)


async def visitor_of(engine: ShopEngine, token: Any) -> tuple[str, str]:
    async with Shopper(engine.stream, ORIGIN, token) as shopper:
        return shopper.visitor, str(shopper.token)


async def test_token_of_a_welcome_names_the_visitor_again(engine: ShopEngine) -> None:
    visitor, token = await visitor_of(engine, None)
    assert (await visitor_of(engine, token))[0] == visitor


def altered(token: str) -> dict[str, Any]:
    """Return what an attacker may make of a token."""
    key, visitor, session, issued, signature = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    by_guess = hmac.new(b"", f"{key}.{visitor}.{session}.{issued}".encode(), hashlib.sha256).digest()
    return {
        "other visitor": ".".join([key, "a" * 26, session, issued, signature]),
        "other session": ".".join([key, visitor, "a" * 26, issued, signature]),
        "younger": ".".join([key, visitor, session, f"{int(issued, 16) + 1:x}", signature]),
        "other key": ".".join(["none", visitor, session, issued, signature]),
        "cut": token[:-1],
        "longer": token + "A",
        "no signature": ".".join([key, visitor, session, issued, ""]),
        "signed without a key": ".".join(
            [key, visitor, session, issued, base64.urlsafe_b64encode(by_guess).decode().rstrip("=")]
        ),
        "jwt": f"{none}.{none}.",
        "empty": "",
        "long": "x" * 15_000,
        "not ascii": token.replace("a", "ａ"),
        "number": 1,
        "list": [token],
        "object": {"token": token},
        "true": True,
    }


@pytest.mark.parametrize("how", sorted(altered("k.v.s.1.x")))
async def test_token_that_is_not_ours_makes_a_new_visitor(engine: ShopEngine, how: str) -> None:
    visitor, token = await visitor_of(engine, None)
    met, new_token = await visitor_of(engine, altered(token)[how])
    assert met != visitor
    assert (await visitor_of(engine, new_token))[0] == met


@pytest.mark.parametrize("age_days", [401, -2])
async def test_token_that_is_expired_or_of_the_future_makes_a_new_visitor(engine: ShopEngine, age_days: int) -> None:
    visitor, token = await visitor_of(engine, None)
    secret = load_secrets(engine.data)[0]
    issued = int(time.time() * 1000) - age_days * 86_400_000
    old = tokens.sign(secret, engine.site, visitor, token.split(".")[2], issued)
    assert (await visitor_of(engine, old))[0] != visitor


async def test_token_of_another_site_makes_a_new_visitor(engine: ShopEngine) -> None:
    visitor, token = await visitor_of(engine, None)
    foreign = tokens.sign(
        load_secrets(engine.data)[0], "pk_other", visitor, token.split(".")[2], int(time.time() * 1000)
    )
    assert (await visitor_of(engine, foreign))[0] != visitor


async def test_client_cannot_choose_who_it_is(engine: ShopEngine) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        chosen = {**shopper.hello(), "visitor": "a" * 26, "session": "b" * 26}
        shopper.hello = lambda: chosen  # type: ignore[method-assign]
        welcome = await shopper.reconnect()
        assert welcome["visitor"] != "a" * 26
        assert welcome["session"] != "b" * 26
