"""Shoppers whose popup is on its way, or is on the page and not looked at yet, in the moment something happens."""

from __future__ import annotations

import asyncio
from typing import Self

from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN
from tests.waiting import eventually

ARRIVES_WITHIN_S = 50.0
"""Nobody looks at it meanwhile, and after a minute a popup that nobody looked at is released."""


class Lookers:
    """Half of them have their popup on the page; the others are one page away from theirs, and take it by ``go_on``."""

    def __init__(self, streams: list[str], size: int) -> None:
        self.shoppers = [Shopper(streams[n % len(streams)], ORIGIN) for n in range(size)]

    async def __aenter__(self) -> Self:
        await asyncio.gather(*(self._come(shopper, n % 2 == 0) for n, shopper in enumerate(self.shoppers)))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(shopper.leave() for shopper in self.shoppers))

    async def go_on(self) -> None:
        """Have every popup that was not there yet be on its way."""
        await asyncio.gather(*(shopper.view("cart") for shopper in self.shoppers[1::2]))

    async def all_arrived(self) -> None:
        """Wait until each has its popup over the connection it has now: one popup, however often it came."""
        await eventually(lambda: all(map(has_popup, self.shoppers)), ARRIVES_WITHIN_S)
        assert all(len({show["fire"] for show in shopper.of("show")}) == 1 for shopper in self.shoppers)

    async def _come(self, shopper: Shopper, sees_it_already: bool) -> None:
        await shopper.connect()
        shopper.keep_connected()
        for _ in range(3 if sees_it_already else 2):
            await shopper.view("cart")
        await shopper.settled()
        if sees_it_already:
            await eventually(lambda: shopper.of("show"))


def has_popup(shopper: Shopper) -> bool:
    """Tell whether a popup came since the last welcome, and the connection still is."""
    last = max((n for n, frame in enumerate(shopper.frames) if frame["type"] == "welcome"), default=-1)
    return shopper.is_welcome and any(frame["type"] == "show" for frame in shopper.frames[last + 1 :])
