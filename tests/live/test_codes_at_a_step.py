"""What dies exactly between claim and show costs nobody a code, and gives nobody two."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from engine.edge import coupon_tables as tables
from engine.edge.database import database_url, open_database
from tests.edge.coupons import rows
from tests.live.client import Shopper
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.test_coupons import SITE, TREAT, fill
from tests.waiting import eventually

WITHIN_S = 30.0


@pytest.fixture
def shop(tmp_path: Path, redis_url: str) -> ShopEngine:
    """A shop whose engine is not running yet, with a pool of unique codes."""
    shop = ShopEngine(tmp_path / "shop", *NO_LIMIT, redis_url=redis_url)
    (shop.rules / "cart.yaml").write_text(TREAT)
    (shop.rules / "site.yaml").write_text(SITE)
    asyncio.run(fill(database_url(None, shop.data), shop.site))
    return shop


class Visits:
    """Visitors of a shop, each with the document that they have open."""

    def __init__(self, shop: ShopEngine) -> None:
        self.shop = shop
        self.shoppers: list[Shopper] = []

    async def held(self) -> list[str]:
        """Return the codes that visitors have a place for, as the database has them."""
        database = open_database(database_url(None, self.shop.data))
        found = [each.code for each in await rows(database, tables.issues)]
        await database.dispose()
        return found

    async def somebody_comes(self) -> Shopper:
        """A new visitor opens the page on which a code is shown."""
        shopper = Shopper(self.shop.stream, ORIGIN)
        await shopper.connect()
        self.shoppers.append(shopper)
        await shopper.view("home")
        return shopper

    async def shown(self, shopper: Shopper) -> str:
        """Return the code that a visitor is shown."""
        show = (await eventually(lambda: shopper.of("show"), WITHIN_S))[-1]
        return str(show["popup"]["coupon"]["code"])

    async def come_back(self) -> list[str]:
        """Let everybody load the page anew; return the codes that they are shown."""
        codes = []
        for shopper in self.shoppers:
            again = shopper.another_tab()
            async with again:
                await again.view("home")
                codes.append(await self.shown(again))
        return codes


async def test_killed_between_claim_and_show_everybody_keeps_the_one_code(shop: ShopEngine) -> None:
    visits = Visits(shop)
    for step, places in (("claimed", 1), ("confirmed", 2)):
        program = shop.program
        shop.program = [sys.executable, "-m", "tests.live.stopping_engine", f"{step}:die"]
        with shop:
            shopper = await visits.somebody_comes()
            await eventually(lambda: shop.process.poll() is not None, WITHIN_S)
            assert shopper.of("show") == []
        shop.program = program
        assert len(await visits.held()) == places
    held = await visits.held()
    with shop:
        await visits.somebody_comes()
        codes = await visits.come_back()
    assert codes[:2] == held
    assert await visits.held() == codes
    assert len(set(codes)) == 3


async def test_redis_that_is_lost_between_claim_and_show_costs_and_gives_no_code(shop: ShopEngine) -> None:
    visits = Visits(shop)
    plan = "reserved:lose,claimed:lose,confirmed:lose"
    shop.program = [sys.executable, "-m", "tests.live.stopping_engine", plan]
    with shop:
        first = [await visits.shown(await visits.somebody_comes()) for _ in plan.split(",")]
        again = await visits.come_back()
    assert first == again == await visits.held()
    assert len(set(first)) == 3
