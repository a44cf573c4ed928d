"""Unique codes under kill -9, a lost Redis and several processes: no code to two visitors, no visitor two codes."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.core.coupons import Pool
from engine.edge import coupon_tables as tables
from engine.edge.coupon_pools import add_codes, put_pool
from engine.edge.database import open_database
from tests.edge.coupons import rows
from tests.live.client import Shopper
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.waiting import eventually

SHOPPERS = 30
CODES = 200
TREAT = """
- rule: treat
  when: [page is home]
  show: {coupon: {title: "For you", pool: TREAT, value: 50}}
  limit: 99 per session
"""
SITE = "holdout: 0%\npolicy: {quiet: 0s, popups_per_session: 99}\n"


@pytest.fixture
def shop(database: str, tmp_path: Path, redis_url: str) -> Iterator[ShopEngine]:
    """An engine of two processes, on SQLite and on PostgreSQL, and a Redis of somebody else."""
    flags = (*NO_LIMIT, "--workers", "2")
    shop = ShopEngine(tmp_path / "shop", *flags, redis_url=redis_url, database=database)
    (shop.rules / "cart.yaml").write_text(TREAT)
    (shop.rules / "site.yaml").write_text(SITE)
    asyncio.run(fill(database, shop.site))
    with shop:
        yield shop


async def fill(url: str, site: str) -> None:
    database = open_database(url)
    async with database.begin() as connection:
        await put_pool(connection, site, Pool("TREAT"))
        await add_codes(connection, site, "TREAT", [(n, f"T{n}") for n in range(CODES)])
    await database.dispose()


class Crowd:
    """Shoppers who come back to the home page again and again, each with one visitor's token."""

    def __init__(self, shop: ShopEngine) -> None:
        self.shoppers = [Shopper(shop.stream, ORIGIN) for _ in range(SHOPPERS)]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Crowd:
        for shopper in self.shoppers:
            shopper.keep_connected()
        self._tasks = [asyncio.create_task(self._shop(each)) for each in self.shoppers]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(each.leave() for each in self.shoppers))

    async def _shop(self, shopper: Shopper) -> None:
        await eventually(lambda: shopper.of("welcome"), 30)
        while True:
            await shopper.view("home")
            await shopper.settled(60)
            for show in shopper.of("show")[-1:]:
                await shopper.event("popup_view", fire=show["fire"])
                await shopper.event("popup_close", fire=show["fire"])
            await asyncio.sleep(random.uniform(0, 0.05))

    @property
    def shown(self) -> int:
        return sum(len(each.of("show")) for each in self.shoppers)

    async def go_on(self, popups: int = 50) -> None:
        """Wait until so many more popups have come."""
        until = self.shown + popups
        await eventually(lambda: self.shown >= until, 60)

    def codes_of(self) -> dict[str, set[str]]:
        """Return the codes that each visitor was shown."""
        codes: dict[str, set[str]] = {}
        for shopper in self.shoppers:
            shown = {show["popup"]["coupon"]["code"] for show in shopper.of("show")}
            codes.setdefault(shopper.visitor, set()).update(shown)
        return codes


async def check(crowd: Crowd, database: AsyncEngine) -> None:
    """Compare what the shoppers saw with each other, and with what the database says."""
    codes = crowd.codes_of()
    assert {visitor: len(seen) for visitor, seen in codes.items() if len(seen) > 1} == {}
    times = Counter(code for seen in codes.values() for code in seen)
    assert [code for code, visitors in times.items() if visitors > 1] == []
    assert len(times) == SHOPPERS
    issued = {each.code: each.visitor for each in await rows(database, tables.issues) if each.shown_ms is not None}
    assert {code: visitor for visitor, seen in codes.items() for code in seen}.items() <= issued.items()


async def test_killed_workers_and_an_emptied_redis_give_no_code_twice(shop: ShopEngine, database: str) -> None:
    opened = open_database(database)
    with shop.redis() as store:
        async with Crowd(shop) as crowd:
            await crowd.go_on()
            os.kill(random.choice(await eventually(lambda: shop.workers)), signal.SIGKILL)
            await crowd.go_on()
            await asyncio.to_thread(_lose, store)
            await crowd.go_on()
            await eventually(lambda: all(each.of("show") for each in crowd.shoppers), 60)
            await check(crowd, opened)
    await opened.dispose()


def _lose(store: redis.Redis) -> None:
    store.flushall()
    store.function_flush("SYNC")
