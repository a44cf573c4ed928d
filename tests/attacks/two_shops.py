"""
Two shops on one engine, each with all that a shop can have, rules of its own too, and words that must never be seen at
the other.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from engine.core.coupons import Pool
from engine.core.submissions import Answer
from engine.edge.coupon_pools import add_codes, put_pool
from engine.edge.database import database_url, open_database
from engine.edge.secret_keys import make_key
from engine.edge.sites import add_site
from engine.edge.subscribers import Consent, Origin, Subscribers
from tests.attacks.routes import BROWSER, KEY, Probe
from tests.engine_process import own_redis_url
from tests.live.client import Frame, Shopper
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import RULES, SITE, ShopEngine
from tests.plain_http import NO_TLS
from tests.waiting import eventually

POOL = "WELCOME100"
"""Both shops have a pool of this name, the one that the rule gives codes of."""


@dataclass
class Shop:
    """One shop: ``name`` is in everything that it stores."""

    name: str
    origin: str
    accent: str = ""
    key: str = ""
    secret: str = ""
    visitor: str = ""
    token: str = ""
    shown: Frame | None = None

    @property
    def rule(self) -> str:
        """The one rule of its own folder."""
        return f"cart-of-{self.name}"

    @property
    def pool(self) -> str:
        """A pool that the other shop has none of."""
        return f"ONLY-{self.name.upper()}"

    @property
    def code(self) -> str:
        """The code that its visitor gets."""
        return f"{self.name.upper()}-CODE-1"

    @property
    def address(self) -> str:
        """Its subscriber's."""
        return f"jo@{self.name}.example"

    @property
    def marks(self) -> list[str]:
        """What nobody may see at the other shop."""
        return [self.name, self.name.upper(), self.visitor, self.secret, self.key, self.accent]


class TwoShops(ShopEngine):
    """An engine with a tea shop and a mug shop; ``fill`` has both visited."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, *NO_LIMIT, "--archive-every", "0.2")
        self.tea = Shop("teaworld", "http://teaworld.test", "#112233")
        self.mugs = Shop("mugland", "http://mugland.test", "#445566")
        for shop in self.shops:
            own = self.rules / "sites" / shop.name
            own.mkdir(parents=True)
            (own / "cart.yaml").write_text(RULES.replace("cart-sweetener", shop.rule).replace("Still", f"{shop.name}:"))
            (own / "site.yaml").write_text(f"{SITE}theme: {{accent: '{shop.accent}'}}\n")
        # before the engine starts: it would learn of them within about a second
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._open_shops()).result()

    @property
    def shops(self) -> tuple[Shop, Shop]:
        """Both."""
        return self.tea, self.mugs

    @property
    def redis_address(self) -> str:
        """Where its Redis is."""
        return own_redis_url(self.data)

    async def _open_shops(self) -> None:
        """Give each shop a key and coupons."""
        url = database_url(None, self.data)
        for shop in self.shops:
            shop.key = (await add_site(url, shop.name, [shop.origin])).key
            shop.secret = await make_key(url, shop.key, shop.name)
            await _stock(url, shop)

    async def fill(self) -> None:
        """Give each shop a visitor who is shown a popup, a subscriber, and an answer."""
        for shop in self.shops:
            await self._visit(shop)
            await _subscribe(database_url(None, self.data), shop)

    async def _visit(self, shop: Shop) -> None:
        shopper = Shopper(f"ws://{self.host}/v1/stream?site={shop.key}", shop.origin)
        shopper.keep_connected()
        await eventually(lambda: shopper.of("welcome"))
        product = {"id": f"{shop.name}-1", "name": f"{shop.name} pot", "price": 5, "currency": "TWD"}
        await shopper.view("product", f"/{shop.name}/1", product=product)
        for kind in ("cart", "home", "cart", "home", "cart"):
            await shopper.view(kind)
        await shopper.event("page_dwell", ms=10_001)
        await shopper.settled()
        shop.visitor, shop.token = shopper.visitor, str(shopper.token)
        [shop.shown] = shopper.of("show")
        await shopper.leave()

    async def ask(self, probe: Probe, key_of: Shop, about: Shop) -> httpx.Response:
        """Ask a route about one shop's things with a shop's key."""
        path = probe.path.replace("{visitor}", about.visitor).replace("{pool}", about.pool)
        auth: Any = ("", key_of.secret) if probe.who == BROWSER else None
        headers = {"Authorization": f"Bearer {key_of.secret}"} if probe.who == KEY else {}
        async with httpx.AsyncClient(base_url=self.url, timeout=60, verify=NO_TLS) as client:
            return await client.request(probe.method, path, json=probe.body, headers=headers, auth=auth)


async def _stock(url: str, shop: Shop) -> None:
    database = open_database(url)
    async with database.begin() as connection:
        for name, codes in ((POOL, [(1, shop.code)]), (shop.pool, [(1, f"{shop.code}-X")])):
            await put_pool(connection, shop.key, Pool(name))
            await add_codes(connection, shop.key, name, codes)
    await database.dispose()


async def _subscribe(url: str, shop: Shop) -> None:
    database = open_database(url)
    origin = Origin(shop.key, shop.visitor, "news", f"f_{shop.name}", time.time_ns() // 1_000_000)
    subscribers = Subscribers(database)
    await subscribers.subscribe(shop.address, Consent(f"yes to {shop.name}", "en"), origin)
    await subscribers.answer(Answer("nps", "9", f"I like {shop.name}", ""), origin)
    await database.dispose()
