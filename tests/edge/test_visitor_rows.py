"""What the database holds of visitors: told, erased, and forgotten when it is old, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.core.coupons import Pool
from engine.core.submissions import Answer
from engine.edge import coupon_tables as tables
from engine.edge.database import open_database
from engine.edge.subscribers import Consent, Origin, Subscribers, answer_table
from engine.edge.visitor_rows import erase_rows, forget_old, rows_of
from tests.edge.coupons import NOON, SITE, add_pool, add_site, an_asker, free_codes, give, rows

DAY_MS = 24 * 3_600_000
POOL = Pool("ADD50")


@pytest.fixture
async def opened(database: str) -> AsyncIterator[AsyncEngine]:
    engine = open_database(database)
    await add_site(engine)
    await add_pool(engine, POOL, ["A1", "A2", "A3"])
    yield engine
    await engine.dispose()


async def live(database: AsyncEngine, visitor: str, at_ms: int) -> None:
    """Answer, subscribe and get a code."""
    origin = Origin(SITE, visitor, "nps", f"f_{visitor}", at_ms)
    people = Subscribers(database)
    await people.subscribe(f"{visitor}@example.com", Consent("Yes", "en"), origin)
    await people.answer(Answer("nps", "9", "so warm", "nps"), origin)
    await give(database, POOL, an_asker(visitor, f"f_{visitor}"), at_ms)


async def held(database: AsyncEngine, visitor: str) -> dict[str, list[dict[str, Any]]]:
    async with database.connect() as connection:
        return await rows_of(connection, SITE, visitor)


async def test_everything_of_a_visitor_is_told_and_nothing_of_others(opened: AsyncEngine) -> None:
    await live(opened, "v1", NOON)
    await live(opened, "v2", NOON)
    found = await held(opened, "v1")
    assert [each["address"] for each in found["subscriptions"]] == ["v1@example.com"]
    assert [each["comment"] for each in found["answers"]] == ["so warm"]
    assert [each["code"] for each in found["coupons"]] == ["A1"]
    assert "token" not in found["subscriptions"][0]


async def test_erased_visitor_is_nobody_and_the_code_stays_given(opened: AsyncEngine) -> None:
    await live(opened, "v1", NOON)
    await live(opened, "v2", NOON)
    async with opened.begin() as connection:
        assert await erase_rows(connection, SITE, ["v1"]) == 3
    assert not any((await held(opened, "v1")).values())
    other = await held(opened, "v2")
    assert all(other[name] for name in ("subscriptions", "answers", "coupons"))
    assert await free_codes(opened) == ["A3"]
    async with opened.begin() as connection:
        assert await erase_rows(connection, SITE, ["v1"]) == 0


async def test_two_erased_visitors_of_one_pool_do_not_collide(opened: AsyncEngine) -> None:
    for visitor in ("v1", "v2"):
        await live(opened, visitor, NOON)
    async with opened.begin() as connection:
        await erase_rows(connection, SITE, ["v1", "v2"])
    assert [each.visitor for each in await rows(opened, tables.issues)] == ["", ""]


async def test_what_is_older_than_it_is_to_be_kept_is_forgotten(opened: AsyncEngine) -> None:
    await live(opened, "v1", NOON - 2 * DAY_MS)
    await live(opened, "v2", NOON)
    async with opened.begin() as connection:
        assert await forget_old(connection, NOON - DAY_MS) == 2
        assert await forget_old(connection, NOON - DAY_MS) == 0
        left = (await connection.execute(sa.select(answer_table.c.visitor))).scalars().all()
    assert left == ["v2"]
    assert sorted(each.visitor for each in await rows(opened, tables.issues)) == ["", "v2"]
    assert (await held(opened, "v1"))["subscriptions"], "an address stays until its owner, or the shop, wants it gone"
