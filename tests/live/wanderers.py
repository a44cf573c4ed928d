"""Shoppers who wander at random, wait for each answer, and remember which popup came at which event."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from tests.live.client import Frame, Shopper
from tests.live.engine_process import ORIGIN
from tests.live.wandered import CLICK, CLICKED, KINDS, PRODUCTS, SAYS

SOON_MS = 100
"""A moment on the clock that comes so soon is waited for, as a browser does; all others never come."""

Place = tuple[str, str, int]
"""Visitor, document and seq of an event."""


class Wanderer:
    """One visitor: some documents, one after the other or side by side, over some sessions' worth of events."""

    def __init__(self, url: str, seed: int) -> None:
        self.seed = seed
        self._random = random.Random(seed)
        self._url = url
        self._tabs: list[Shopper] = []
        self._seen: set[str] = set()
        self._heard: dict[str, int] = {}
        self.fired: dict[Place, list[str]] = {}
        self.fires: dict[str, tuple[str, Place]] = {}
        self.visitor = ""

    async def wander(self, events: int) -> None:
        """Do so many things."""
        tab = await self._open(None)
        for _ in range(events):
            chance = self._random.random()
            if chance < 0.04 and len(self._tabs) < 3:
                tab = await self._open(tab)
            elif chance < 0.08:
                tab = self._random.choice(self._tabs)
            elif chance < 0.11:
                await tab.reconnect()
                await self._wait(tab)
            elif chance < 0.15:
                tab = await self._next_document(tab)
            elif chance < 0.5:
                await self._view(tab)
            elif chance < 0.8:
                await self._does(tab, "page_dwell", {"ms": self._random.choice((900, 4_000, 10_001, 12_000, 25_000))})
            else:
                await self._does(tab, *self._random.choice(SAYS))
        await asyncio.gather(*(each.leave() for each in self._tabs))

    async def _open(self, beside: Shopper | None) -> Shopper:
        tab = beside.another_tab() if beside is not None else Shopper(self._url, ORIGIN)
        if beside is None and self._random.random() < 0.4:
            hello = tab.hello

            def from_ig() -> Frame:
                said = hello()
                return {**said, "context": {**said["context"], "utm": {"source": "ig"}}}

            tab.hello = from_ig  # type: ignore[method-assign]
        await tab.connect()
        self._tabs.append(tab)
        self.visitor = tab.visitor
        await self._wait(tab)
        await self._view(tab)
        return tab

    async def _next_document(self, tab: Shopper) -> Shopper:
        """Leave a page with something unsaid, which the next document says first."""
        if tab.page is None:
            return tab
        await tab.drop()
        tab.seq += 1
        tab.queue = [{"type": "event", "seq": tab.seq, "name": "page_dwell", "data": {"ms": 3_000}}]
        after = tab.next_document()
        after.page = tab.page
        self._tabs[self._tabs.index(tab)] = after
        await after.connect()
        await after.settled()
        await self._note(after, (self.visitor, tab.doc, tab.seq))
        await self._view(after)
        return after

    async def _view(self, tab: Shopper) -> None:
        kind = self._random.choice(KINDS)
        page: Frame = {"url": f"/{kind}", "kind": kind}
        if kind == "product":
            product = self._random.choice(PRODUCTS)
            page |= {"url": f"/p/{product['id']}", "product": product}
        tab.page = page
        await self._does(tab, "page_view", page)

    async def _does(self, tab: Shopper, name: str, data: Frame) -> None:
        seq = await tab.event(name, **data)
        await tab.settled()
        await self._note(tab, (self.visitor, tab.doc, seq))

    async def _note(self, tab: Shopper, place: Place) -> None:
        """Note what came, and look at it, close it, or never see it."""
        new = [each for each in tab.of("show") if each["fire"] not in self._seen]
        for show in new:
            self._seen.add(show["fire"])
            self.fired.setdefault(place, []).append(show["rule"])
            self.fires[show["fire"]] = (show["rule"], place)
        await self._wait(tab)
        for show in new:
            await self._react(tab, show["fire"], show["rule"] in CLICKED)

    async def _wait(self, tab: Shopper) -> None:
        """Report a moment on the clock that was asked for and comes soon."""
        arms = [frame["arm"] for frame in tab.frames if "arm" in frame]
        soon = [ms for ms in arms[-1].get("wake", ()) if ms <= SOON_MS] if arms else []
        if soon and self._heard.get(tab.doc) != len(arms):
            self._heard[tab.doc] = len(arms)
            await asyncio.sleep((min(soon) + 2) / 1_000)
            await self._does(tab, "wake", {})

    async def _react(self, tab: Shopper, fire: str, may_click: bool) -> None:
        reaction = self._random.choice(("popup_view", "popup_close", "popup_close", "popup_close", ""))
        if reaction:
            await self._does(tab, "popup_view", {"fire": fire})
        if reaction == "popup_close" and may_click:
            await self._does(tab, "popup_submit", {"fire": fire, "fields": CLICK})
        if reaction == "popup_close":
            await self._does(tab, reaction, {"fire": fire})


async def wander_all(url: str, number: int, events: int, at_once: int = 50) -> Sequence[Wanderer]:
    """Let so many wander, some at once; one in fifty goes on for much longer, and comes to what is rare."""
    wanderers = [Wanderer(url, seed) for seed in range(number)]
    gate = asyncio.Semaphore(at_once)

    async def one(wanderer: Wanderer) -> None:
        async with gate:
            await wanderer.wander(events if wanderer.seed % 50 else events * 10)

    await asyncio.gather(*(one(each) for each in wanderers))
    return wanderers


def fired_of(wanderers: Sequence[Wanderer]) -> dict[Place, list[str]]:
    """Return what came at which event, of all of them."""
    found: dict[Place, Any] = {}
    for each in wanderers:
        found.update(each.fired)
    return found
