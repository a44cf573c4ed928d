"""The shop's lists of products, read from its own servers and kept for a while in memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import orjson

from engine.core.popup_parts import Product
from engine.core.products import listed_in, read_products
from engine.core.rules import Feed
from engine.edge.fetch import NotFetched

AGAIN_AFTER_MS = 60_000
"""When a feed that could not be read is asked for again."""

_log = logging.getLogger("shopbell.feeds")


@dataclass(slots=True)
class _Copy:
    """What was read of a feed, and until when (ms) it is good."""

    products: tuple[Product, ...] = ()
    good_until_ms: int = 0


class Feeds:
    """
    Copies of the feeds in force.

    A copy is handed out at once, however old, and renewed behind the shopper's back.
    """

    def __init__(self, fetch: Callable[[str], Awaitable[bytes]], clock: Callable[[], int]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._copies: dict[Feed, _Copy] = {}
        self._reading: dict[Feed, asyncio.Task[None]] = {}

    def use(self, feeds: Iterable[Feed]) -> None:
        """Take the feeds in force: those that are new are read, those that are gone are forgotten."""
        wanted = set(feeds)
        self._copies = {feed: copy for feed, copy in self._copies.items() if feed in wanted}
        for feed in wanted:
            self.products(feed)

    def products(self, feed: Feed) -> tuple[Product, ...]:
        """Return the products of a feed as far as they are known; a copy that is too old is renewed meanwhile."""
        copy = self._copies.setdefault(feed, _Copy())
        if self._clock() >= copy.good_until_ms and feed not in self._reading:
            task = asyncio.get_running_loop().create_task(self._renew(feed, copy), name="feed")
            self._reading[feed] = task
            task.add_done_callback(lambda _: self._reading.pop(feed, None))
        return copy.products

    async def _renew(self, feed: Feed, copy: _Copy) -> None:
        try:
            copy.products = _products_of(await self._fetch(feed.url))
        except NotFetched as error:
            _log.warning("a feed of products could not be read, the copy of before stays: %s", error)
            copy.good_until_ms = self._clock() + AGAIN_AFTER_MS
            return
        copy.good_until_ms = self._clock() + feed.every_ms

    async def stop(self) -> None:
        """Read no further."""
        tasks = list(self._reading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _products_of(body: bytes) -> tuple[Product, ...]:
    """Read what a feed answered. Raises NotFetched for what is none: a shop's failure is no empty list of products."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotFetched("it is no JSON") from error
    listed = listed_in(said)
    if listed is None:
        raise NotFetched("it is no list of products, and has none under 'products' or 'items'")
    products = read_products(listed)
    if listed and not products:
        raise NotFetched(f"none of its {len(listed):,} entries has an 'id', a 'name' and a 'url'")
    return products
