"""Shoppers who go on whatever happens, and a history of what each was told is done."""

from __future__ import annotations

import asyncio
import random
from itertools import cycle
from time import perf_counter
from typing import Self

import redis

from tests.faults.verdict import Deed, Event, History, Verdict
from tests.live.client import Frame, Shopper
from tests.live.engine_process import ORIGIN
from tests.waiting import LOOK_EVERY_S, eventually

SETTLES_WITHIN_S = 180.0

_VISIT: tuple[Deed, ...] = (
    ("page_view", {"url": "/home", "kind": "home"}),
    ("add_to_wishlist", {"value": 5, "currency": "TWD"}),
    ("page_view", {"url": "/cart", "kind": "cart"}),
    ("page_dwell", {"ms": 6_000}),
    ("login", {}),
)
"""What each does, over and over. With the third cart a coupon is due, once a session."""


class Crowd:
    """``size`` shoppers at these addresses, in turn; each rests ``rest_s`` at most between two events."""

    def __init__(self, streams: list[str], site: str, size: int = 40, rest_s: float = 0.1) -> None:
        self.shoppers = [Shopper(streams[n % len(streams)], ORIGIN) for n in range(size)]
        self.history = History(site)
        self._rest_s = rest_s
        self._busy: list[asyncio.Task[None]] = []
        self._watch: asyncio.Task[None] | None = None
        self._longest_s = 0.0

    async def __aenter__(self) -> Self:
        await asyncio.gather(*(shopper.connect() for shopper in self.shoppers))
        for shopper in self.shoppers:
            shopper.keep_connected()
            self._busy.append(asyncio.create_task(self._shop(shopper)))
        self._watch = asyncio.create_task(self._measure_outage())
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [*self._busy, *([self._watch] if self._watch else [])]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await asyncio.gather(*(shopper.leave() for shopper in self.shoppers))

    @property
    def acknowledged(self) -> int:
        """How many events of all are acknowledged."""
        return sum(len(shopper.applied) for shopper in self.shoppers)

    async def go_on(self, events: int, within_s: float = SETTLES_WITHIN_S) -> None:
        """Wait until so many more events are acknowledged."""
        enough = self.acknowledged + events
        await eventually(lambda: self.acknowledged >= enough, within_s)

    async def all_go_on(self, within_s: float = SETTLES_WITHIN_S) -> None:
        """Wait until each of them has had one more event acknowledged."""
        before = [len(shopper.applied) for shopper in self.shoppers]
        await eventually(
            lambda: all(len(each.applied) > n for each, n in zip(self.shoppers, before, strict=True)), within_s
        )

    async def ended(self) -> None:
        """Let them do nothing more, and wait until all they did is acknowledged."""
        for task in self._busy:
            task.cancel()
        await asyncio.wait(self._busy)
        await eventually(lambda: not any(shopper.queue for shopper in self.shoppers), SETTLES_WITHIN_S)

    async def verdict(self, store: redis.Redis, kept: set[Event] | None = None) -> Verdict:
        """Judge when they have ended. ``kept`` is what was logged, where the log alone does not tell."""
        await self.ended()
        verdict = self.history.judge(self.shoppers, store, kept)
        verdict.outage_s = self._longest_s
        return verdict

    async def _shop(self, shopper: Shopper) -> None:
        done = self.history.done[shopper.doc] = []
        seen: set[str] = set()
        for name, data in cycle(_VISIT):
            shopper.page = data if name == "page_view" else shopper.page
            await self._do(shopper, done, name, data)
            for fire in {show["fire"] for show in shopper.of("show")} - seen:
                seen.add(fire)
                await self._do(shopper, done, "popup_view", {"fire": fire})
            await asyncio.sleep(random.uniform(0, self._rest_s))

    async def _do(self, shopper: Shopper, done: list[Deed], name: str, data: Frame) -> None:
        done.append((name, data))
        await shopper.event(name, **data)

    async def _measure_outage(self) -> None:
        last, since = self.acknowledged, perf_counter()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now = self.acknowledged
            self._longest_s = max(self._longest_s, perf_counter() - since)
            if now != last:
                last, since = now, perf_counter()
