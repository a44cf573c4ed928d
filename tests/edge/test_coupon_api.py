"""Coupons over HTTP: a shop's own programs fill its pools, and nobody is told a code."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.core.coupons import Pool
from engine.edge import coupon_pools
from engine.edge.api import refusals_as_sentences, site_that_asks
from engine.edge.coupon_api import coupon_router
from engine.edge.database import open_database
from tests.edge.coupons import add_pool, add_site, free_codes

OURS = {"Authorization": "Bearer sk_a.1"}
THEIRS = {"Authorization": "Bearer sk_b.1"}


async def site_of(secret: str) -> str | None:
    return {"sk_a.1": "pk_a", "sk_b.1": "pk_b"}.get(secret)


@pytest.fixture
async def opened(database: str) -> AsyncIterator[AsyncEngine]:
    engine = open_database(database)
    for site in ("pk_a", "pk_b"):
        await add_site(engine, site)
    await add_pool(engine, Pool("ADD50"), ["A1"], "pk_a")
    await add_pool(engine, Pool("SPRING", code="SPRING"), site="pk_a")
    yield engine
    await engine.dispose()


@pytest.fixture
async def client(opened: AsyncEngine) -> AsyncIterator[AsyncClient]:
    app = FastAPI()
    refusals_as_sentences(app)
    app.include_router(coupon_router(opened, site_that_asks(site_of)))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://engine") as client:
        yield client


async def test_codes_are_put_into_a_pool(client: AsyncClient, opened: AsyncEngine) -> None:
    answer = await client.post("/v1/coupons/ADD50/codes", json={"codes": ["A2", " A3 "]}, headers=OURS)
    assert (answer.status_code, answer.json()) == (201, {"pool": "ADD50", "added": 2})
    assert await free_codes(opened) == ["A1", "A2", "A3"]


async def test_stock_of_a_pool_is_a_number_and_no_code(client: AsyncClient) -> None:
    answer = await client.get("/v1/coupons/ADD50", headers=OURS)
    assert answer.json() == {"pool": "ADD50", "left": 1, "total": 1}
    answer = await client.get("/v1/coupons/SPRING", headers=OURS)
    assert answer.json() == {"pool": "SPRING", "left": None, "total": None}


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (["A2", "a1"], "line 2: a1 is in pool 'ADD50' already"),
        (["A2", "a2"], "line 2: a2 stands in line 1 already"),
        (["A2", "A 3"], "line 2: 'A 3' is no code, expected one word"),
        (["A2", ""], "line 2: no code"),
    ],
)
async def test_codes_are_taken_over_whole_or_not_at_all(
    client: AsyncClient, opened: AsyncEngine, codes: list[str], sentence: str
) -> None:
    answer = await client.post("/v1/coupons/ADD50/codes", json={"codes": codes}, headers=OURS)
    assert (answer.status_code, answer.json()) == (409, {"error": f"no code was taken over:\n{sentence}"})
    assert await free_codes(opened) == ["A1"]


async def test_code_that_comes_into_a_pool_meanwhile_is_refused_with_all_others(
    client: AsyncClient, opened: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_yet(*_: object) -> dict[str, str]:
        return {}

    monkeypatch.setattr(coupon_pools, "_known", nothing_yet)
    answer = await client.post("/v1/coupons/ADD50/codes", json={"codes": ["A2", "A1"]}, headers=OURS)
    assert answer.status_code == 409
    assert answer.json()["error"].endswith("one of them has come into a pool meanwhile, try again")
    assert await free_codes(opened) == ["A1"]


async def test_pool_with_a_fixed_code_takes_none(client: AsyncClient) -> None:
    answer = await client.post("/v1/coupons/SPRING/codes", json={"codes": ["A2"]}, headers=OURS)
    assert answer.status_code == 409


@pytest.mark.parametrize("codes", [[], ["A"] * 10_001, "A", [1]])
async def test_what_is_no_list_of_codes_is_refused(client: AsyncClient, codes: object) -> None:
    assert (await client.post("/v1/coupons/ADD50/codes", json={"codes": codes}, headers=OURS)).status_code == 422


async def test_other_sites_pool_is_as_unknown_as_one_that_is_not_there(client: AsyncClient) -> None:
    for path, headers in (("ADD50", THEIRS), ("NONE", THEIRS), ("A1", OURS)):
        found = await client.get(f"/v1/coupons/{path}", headers=headers)
        put = await client.post(f"/v1/coupons/{path}/codes", json={"codes": ["A9"]}, headers=headers)
        assert found.status_code == put.status_code == 404
        assert found.json() == put.json()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer pk_a"}])
async def test_without_the_secret_key_nothing_is_told(client: AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.get("/v1/coupons/ADD50", headers=headers)).status_code == 401
    answer = await client.post("/v1/coupons/ADD50/codes", json={"codes": ["A2"]}, headers=headers)
    assert answer.status_code == 401


async def test_no_route_lists_or_guesses_codes(client: AsyncClient) -> None:
    for path in ("", "/", "/ADD50/codes", "/ADD50/codes/A1", "/ADD50/A1"):
        assert (await client.get(f"/v1/coupons{path}", headers=OURS)).status_code in (404, 405, 307)
