"""A visitor's token in a cookie of the shop's own host: who may set it, what it holds, and when it counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NoReturn

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from engine.core.tokens import LIFETIME_MS, Secret, fleeting_id, random_id, read, sign
from engine.edge.api import refusals_as_sentences
from engine.edge.first_party_cookie import NAME, RENEW_AFTER_MS, FirstPartyCookie, cookie_router
from engine.edge.sites import Site

NOON = 1_795_000_000_000
KEY = Secret("k1", b"1" * 32)
SHOP = "https://shop.example"
SITE = Site("pk_shop", "Shop", frozenset([SHOP]))
VISITOR, SESSION = random_id(b"v" * 16), random_id(b"s" * 16)
NOT_OURS = "unknown site key, or origin not allowed for it"
NO_TOKEN = "the body is no token of a visitor of this site"
OURS = {"Origin": SHOP, "Sec-Fetch-Site": "same-origin"}


def a_token(site: str = "pk_shop", visitor: str = VISITOR, at_ms: int = NOON) -> str:
    return sign(KEY, site, visitor, SESSION, at_ms)


def a_cookie(path: str = "/bell") -> FirstPartyCookie:
    return FirstPartyCookie(path, [KEY], lambda: NOON)


def client_of(path: str) -> AsyncClient:
    app = FastAPI()
    refusals_as_sentences(app)
    sites = {"pk_shop": SITE}
    app.include_router(cookie_router(lambda: a_cookie(path), sites.get, path))
    return AsyncClient(transport=ASGITransport(app), base_url=SHOP)


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    async with client_of("/bell") as client:
        yield client


async def test_page_of_the_shop_has_its_visitors_token_kept(client: AsyncClient) -> None:
    answer = await client.put("/v1/cookie?site=pk_shop", content=a_token(), headers=OURS)
    assert answer.status_code == 204
    assert answer.headers["set-cookie"] == (
        f"{NAME}={a_token()}; Path=/bell; Max-Age={LIFETIME_MS // 1000}; Secure; HttpOnly; SameSite=Lax"
    )


async def test_page_of_the_shop_has_the_cookie_removed(client: AsyncClient) -> None:
    answer = await client.delete("/v1/cookie?site=pk_shop", headers=OURS)
    assert (answer.status_code, answer.headers["set-cookie"].split("; ")[:3]) == (
        204, [f"{NAME}=", "Path=/bell", "Max-Age=0"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("site", "headers", "body", "status", "sentence"),
    [
        ("pk_shop", {}, a_token(), 403, NOT_OURS),
        ("pk_shop", {"Origin": "https://evil.example"}, a_token(), 403, NOT_OURS),
        ("pk_other", OURS, a_token(), 403, NOT_OURS),
        (
            "pk_shop", OURS | {"Sec-Fetch-Site": "cross-site"}, a_token(), 403,
            "request from another host than the cookie's, expected the shop's own",
        ),
        ("pk_shop", OURS, "forged", 422, NO_TOKEN),
        ("pk_shop", OURS, a_token("pk_other"), 422, NO_TOKEN),
        ("pk_shop", OURS, a_token(visitor=fleeting_id(b"v" * 16)), 422, NO_TOKEN),
        ("pk_shop", OURS, a_token(at_ms=NOON - LIFETIME_MS), 422, NO_TOKEN),
        ("pk_shop", OURS, "x" * 300, 413, "body exceeds limit of 256 bytes"),
    ],
)  # fmt: skip
async def test_what_is_no_request_of_the_shops_own_page_sets_nothing(
    client: AsyncClient, site: str, headers: dict[str, str], body: str, status: int, sentence: str
) -> None:
    answer = await client.put(f"/v1/cookie?site={site}", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (status, {"error": sentence})
    assert "set-cookie" not in answer.headers


async def test_without_the_setting_there_are_no_cookies() -> None:
    async with client_of("") as client:
        answer = await client.put("/v1/cookie?site=pk_shop", content=a_token(), headers=OURS)
    assert answer.status_code == 404
    assert a_cookie("").token_in("pk_shop", {"cookie": f"{NAME}={a_token()}"}) is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"{NAME}={a_token()}", True),
        (f"theme=dark; {NAME}={a_token()}; a=b", True),
        (f"{NAME}=forged", False),
        (f"{NAME}={a_token('pk_other')}", False),
        (f"{NAME}=", False),
        (f"{NAME}", False),
        (f"x{NAME}={a_token()}", False),
        ('"; \x00' + NAME, False),
        ("", False),
    ],
)
def test_cookie_is_looked_at_like_anything_from_outside(header: str, found: bool) -> None:
    assert a_cookie().token_in("pk_shop", {"cookie": header}) == (a_token() if found else None)


def test_cookie_that_is_a_day_old_is_renewed() -> None:
    old = a_token(at_ms=NOON - RENEW_AFTER_MS)
    header: Any = a_cookie().renewed("pk_shop", old)
    told = read([KEY], "pk_shop", header.split("; ")[0].partition("=")[2], NOON)
    assert (told.visitor, told.issued_ms) == (VISITOR, NOON) if told else None
    assert a_cookie().renewed("pk_shop", a_token()) is None
    assert a_cookie().renewed("pk_shop", "forged") is None


async def test_address_that_asks_too_often_is_told_to_wait_before_anything_is_looked_at() -> None:
    app = FastAPI()
    refusals_as_sentences(app)
    app.include_router(cookie_router(nobody_looks, nobody_looks, "/bell", lambda _peer: False))
    async with AsyncClient(transport=ASGITransport(app), base_url="https://shop.example") as client:
        for answer in (await client.put("/v1/cookie?site=pk_shop", headers=OURS), await client.delete("/v1/cookie")):
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


def nobody_looks(*_: object) -> NoReturn:
    raise AssertionError("the limit comes first")
