"""What becomes of coupons reaches the database once, whatever comes twice or dies: on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.core.coupons import Pool
from engine.edge import coupon_ledger
from engine.edge import coupon_tables as tables
from engine.edge.coupon_ledger import CouponLedger, note_outcome
from engine.edge.coupon_report import Line, report
from engine.edge.database import open_database
from engine.edge.keys import outcomes_key
from engine.edge.lane import RedisLane
from tests.edge.coupons import NOON, SITE, add_pool, add_site, an_asker, give, rows
from tests.edge.tabs import a_tab, an_event
from tests.waiting import PATIENCE_S

ADD50 = Pool("ADD50")
SPRING = Pool("SPRING", code="Spring")


class Shop:
    """A site with two pools, of unique codes and of a fixed one, and a ledger."""

    def __init__(self, database: AsyncEngine, lane: RedisLane, store: redis.Redis) -> None:
        self.database = database
        self.lane = lane
        self.store = store
        self.ledger = CouponLedger(database, lane, lambda: [SITE])
        self.seq = 0

    async def give(self, visitor: str, fire: str, pool: Pool = ADD50) -> None:
        await give(self.database, pool, an_asker(visitor, fire))

    async def happens(self, visitor: str, name: str, **data: Any) -> None:
        """Take an event as the pipeline does, and write it down."""
        self.seq += 1
        note_outcome(self.lane, a_tab(visitor=visitor), an_event(self.seq, name, data), NOON + self.seq)
        await self.ledger.write_down(SITE)

    async def lines(self, pool: str | None = None) -> list[Line]:
        async with self.database.connect() as connection:
            return await report(connection, SITE, pool)

    async def redemptions(self) -> list[tuple[Any, ...]]:
        found = await rows(self.database, tables.redemptions)
        return [(each.transaction, each.pool, each.issue, each.visitor, each.value, each.currency) for each in found]


@pytest.fixture
async def shop(database: str, redis_url: str) -> AsyncIterator[Shop]:
    opened, lane = open_database(database), RedisLane(redis_url)
    await lane.start()
    await add_site(opened)
    await add_pool(opened, ADD50, ["A1", "A2", "A3"])
    await add_pool(opened, SPRING)
    with redis.Redis.from_url(redis_url) as store:
        shop = Shop(opened, lane, store)
        yield shop
        await shop.ledger.close()
    await lane.stop()
    await opened.dispose()


async def test_way_of_a_code_from_shown_to_redeemed(shop: Shop) -> None:
    await shop.give("v1", "f_1k")
    assert await shop.lines() == [Line("ADD50", 1)]
    await shop.happens("v1", "popup_view", fire="f_1k")
    assert await shop.lines() == [Line("ADD50", 1, 1)]
    await shop.happens("v1", "popup_copy", fire="f_1k")
    assert await shop.lines() == [Line("ADD50", 1, 1, 1)]
    await shop.happens("v1", "purchase", transaction_id="T1", value=620, currency="TWD", coupon="a1")
    assert await shop.lines() == [Line("ADD50", 1, 1, 1, 1, {"TWD": 620})]
    assert [each.redeemed_ms for each in await rows(shop.database, tables.issues)] == [NOON + 3]


async def test_order_counts_once_however_often_it_is_told(shop: Shop) -> None:
    await shop.give("v1", "f_1k")
    for value in (620, 999):
        await shop.happens("v1", "purchase", transaction_id="T1", value=value, currency="TWD", coupon="A1")
    assert await shop.redemptions() == [("T1", "ADD50", 1, "v1", 620, "TWD")]


async def test_order_without_a_number_is_the_event_that_told_of_it(shop: Shop) -> None:
    await shop.give("v1", "f_1k")
    for _ in range(2):
        shop.seq = 6
        await shop.happens("v1", "purchase", value=620, currency="TWD", coupon="A1")
    assert [each[0] for each in await shop.redemptions()] == ["docaaa:7"]


@pytest.mark.parametrize("written", ["A1", " a1 ", "FREESHIP, a1", "freeship;A1", "FREESHIP A1"])
async def test_code_is_found_in_any_case_and_among_others(shop: Shop, written: str) -> None:
    await shop.give("v1", "f_1k")
    await shop.happens("v1", "purchase", transaction_id="T1", value=1, currency="EUR", coupon=written)
    assert [each[1] for each in await shop.redemptions()] == ["ADD50"]


@pytest.mark.parametrize("written", ["OTHER", "", "A10", 7])
async def test_code_that_is_none_of_ours_is_nothing(shop: Shop, written: Any) -> None:
    await shop.give("v1", "f_1k")
    await shop.happens("v1", "purchase", transaction_id="T1", value=1, currency="EUR", coupon=written)
    assert await shop.redemptions() == []


async def test_unique_code_that_somebody_else_redeems_is_its_visitors(shop: Shop) -> None:
    await shop.give("v1", "f_1k")
    await shop.happens("v2", "purchase", transaction_id="T1", value=5, currency="EUR", coupon="A1")
    assert await shop.redemptions() == [("T1", "ADD50", 1, "v2", 5, "EUR")]


async def test_code_that_was_given_to_nobody_is_counted_and_stays_in_stock(shop: Shop) -> None:
    await shop.happens("v9", "purchase", transaction_id="T1", value=5, currency="EUR", coupon="A3")
    await add_pool(shop.database, Pool("ETE", code="ÉTÉ"))
    for n, coupon in enumerate(("SPRING", "été"), 2):
        await shop.happens("v9", "purchase", transaction_id=f"T{n}", value=6, currency="USD", coupon=coupon)
    assert await shop.redemptions() == [
        ("T1", "ADD50", None, "v9", 5, "EUR"),
        ("T2", "SPRING", None, "v9", 6, "USD"),
        ("T3", "ETE", None, "v9", 6, "USD"),
    ]
    assert [each.issue for each in await rows(shop.database, tables.codes)] == [None, None, None]


async def test_fixed_code_is_redeemed_by_each_visitor_who_has_it(shop: Shop) -> None:
    await shop.give("v1", "f_1k", SPRING)
    await shop.give("v2", "f_2k", SPRING)
    for visitor, value in (("v1", 10), ("v2", 20), ("v3", 40)):
        await shop.happens(
            visitor, "purchase", transaction_id=f"T{value}", value=value, currency="TWD", coupon="SPRING"
        )
    assert [(each[3], each[2]) for each in await shop.redemptions()] == [("v1", 1), ("v2", 2), ("v3", None)]
    assert await shop.lines() == [Line("SPRING", 2, 0, 0, 3, {"TWD": 70})]


async def test_visitor_cannot_speak_for_anothers_popup(shop: Shop) -> None:
    await shop.give("v1", "f_1k")
    await shop.happens("v2", "popup_copy", fire="f_1k")
    assert await shop.lines() == [Line("ADD50", 1)]


async def test_copy_without_a_view_is_a_view_as_well_and_the_first_counts(shop: Shop) -> None:
    await shop.give("v1", "f_1k")
    for name in ("popup_copy", "popup_view", "popup_copy"):
        await shop.happens("v1", name, fire="f_1k")
    assert [(each.viewed_ms, each.copied_ms) for each in await rows(shop.database, tables.fires)] == [
        (NOON + 1, NOON + 1)
    ]


async def test_orders_in_several_currencies_are_not_mixed(shop: Shop) -> None:
    for n, more in enumerate(({"currency": "TWD"}, {"currency": "EUR"}, {"currency": "EUR"}, {})):
        await shop.happens("v1", "purchase", transaction_id=f"T{n}", value=10, coupon="SPRING", **more)
    assert await shop.lines("SPRING") == [Line("SPRING", 0, 0, 0, 4, {"": 10, "EUR": 20, "TWD": 10})]
    assert await shop.lines("ADD50") == []


async def test_what_two_engines_write_down_at_once_is_counted_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.give("v1", "f_1k")
    note_outcome(shop.lane, a_tab(), an_event(1, "popup_view", {"fire": "f_1k"}), NOON)
    other = CouponLedger(shop.database, shop.lane, lambda: [SITE])
    real = coupon_ledger._move

    async def late(*words: Any) -> bool:
        monkeypatch.setattr(coupon_ledger, "_move", real)
        connection, site, *_ = words
        return await real(connection, site, "1-1", "2-2")

    monkeypatch.setattr(coupon_ledger, "_move", late)
    await shop.ledger.write_down(SITE)
    assert await shop.lines() == [Line("ADD50", 1)]
    await other.write_down(SITE)
    assert await shop.lines() == [Line("ADD50", 1, 1)]
    await shop.ledger.write_down(SITE)
    assert await shop.lines() == [Line("ADD50", 1, 1)]


async def test_what_came_while_no_engine_ran_is_written_down_later(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.give("v1", "f_1k")
    note_outcome(shop.lane, a_tab(), an_event(1, "popup_copy", {"fire": "f_1k"}), NOON)
    ledger = CouponLedger(shop.database, shop.lane, lambda: [SITE])
    written = asyncio.Event()
    write_down = coupon_ledger._write

    async def write(*words: Any) -> None:
        await write_down(*words)
        written.set()

    monkeypatch.setattr(coupon_ledger, "_write", write)
    ledger.open()
    await asyncio.wait_for(written.wait(), PATIENCE_S)
    await ledger.close()
    assert await shop.lines() == [Line("ADD50", 1, 1, 1)]


async def test_stream_that_redis_lost_goes_on(shop: Shop) -> None:
    await shop.give("v1", "f_1k")
    await shop.happens("v1", "popup_view", fire="f_1k")
    shop.store.flushall()
    await shop.happens("v1", "popup_copy", fire="f_1k")
    assert await shop.lines() == [Line("ADD50", 1, 1, 1)]


async def test_what_is_written_down_is_trimmed(shop: Shop) -> None:
    for n in range(5):
        await shop.happens("v1", "popup_view", fire=f"f_{n}k")
    assert shop.store.xlen(outcomes_key(SITE)) == 1
