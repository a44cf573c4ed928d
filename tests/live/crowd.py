"""Many shoppers at once, who go on whatever happens to the engine."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from itertools import chain, cycle
from typing import Any, Self

import redis

from tests.live.behind import counters_of, expected_counters, logged_events
from tests.live.client import Frame, Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.waiting import eventually

SIZE = 100
_LONGEST_REST_S = 0.2

_VISIT: tuple[tuple[str, Frame], ...] = (
    ("page_view", {"url": "/home", "kind": "home"}),
    ("page_dwell", {"ms": 1_200}),
    ("page_view", {"url": "/cart", "kind": "cart"}),
    ("page_dwell", {"ms": 6_000}),
    ("add_to_wishlist", {"value": 5, "currency": "TWD"}),
    ("page_dwell", {"ms": 6_000}),
)
"""What each of them does, over and over. From the third time on a popup is due, once a session."""


class Crowd:
    """``SIZE`` shoppers of one engine; each keeps the list of what it has done."""

    def __init__(self, engine: ShopEngine) -> None:
        self.shoppers = [Shopper(engine.stream, ORIGIN) for _ in range(SIZE)]
        self._engine = engine
        self._done: dict[str, list[tuple[str, str, Frame]]] = {}
        self._busy: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await asyncio.gather(*(shopper.connect() for shopper in self.shoppers))
        for shopper in self.shoppers:
            shopper.keep_connected()
            self._busy.append(asyncio.create_task(self._shop(shopper)))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*(shopper.leave() for shopper in self.shoppers))

    async def _shop(self, shopper: Shopper) -> None:
        done = self._done[shopper.doc] = []
        seen: set[str] = set()
        kind = ""
        for name, data in cycle(_VISIT):
            kind = data.get("kind", kind)
            shopper.page = data if name == "page_view" else shopper.page
            done.append((name, kind, data))
            await shopper.event(name, **data)
            for fire in {show["fire"] for show in shopper.of("show")} - seen:
                seen.add(fire)
                done.append(("popup_view", kind, {"fire": fire}))
                await shopper.event("popup_view", fire=fire)
            await asyncio.sleep(random.uniform(0, _LONGEST_REST_S))

    @property
    def acknowledged(self) -> int:
        """How many events of all of them are acknowledged."""
        return sum(len(shopper.applied) for shopper in self.shoppers)

    async def go_on(self, events: int = 1_000, within_s: float = 30.0) -> None:
        """Wait until so many more events are acknowledged."""
        enough = self.acknowledged + events
        await eventually(lambda: self.acknowledged >= enough, within_s)

    async def all_back(self, since: list[int], within_s: float = 30.0) -> None:
        """Wait until each of them has been welcomed once more than at ``since``, and is still there."""
        await eventually(lambda: all(now > then for now, then in zip(self.welcomes(), since, strict=True)), within_s)

    def welcomes(self) -> list[int]:
        """Return how often each of them has been welcomed."""
        return [len(shopper.of("welcome")) for shopper in self.shoppers]

    def closes(self) -> Iterator[Any]:
        """Yield how connections ended, of all of them."""
        return chain.from_iterable(shopper.closes for shopper in self.shoppers)

    async def settled(self) -> None:
        """Let them do nothing more, and wait until all they did is acknowledged."""
        for task in self._busy:
            task.cancel()
        await asyncio.wait(self._busy)
        await eventually(lambda: not any(shopper.queue for shopper in self.shoppers), 30)

    def check(self, store: redis.Redis) -> None:
        """Hold what they did against what the engine counted, logged and showed."""
        logged = logged_events(store, self._engine.site)
        for shopper in self.shoppers:
            done = self._done[shopper.doc]
            assert len(shopper.applied) == len(done) == shopper.seq
            assert counters_of(store, self._engine.site, shopper.visitor) == expected_counters(done)
            assert {(shopper.visitor, *event) for event in shopper.applied} <= logged
            assert len({show["fire"] for show in shopper.of("show")}) <= 1
            assert len({welcome["visitor"] for welcome in shopper.of("welcome")}) == 1
