"""The shopper of the cart rule: twenty events, the last but three of which opens the popup."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.bench.catalogue import PRODUCTS
from tests.bench.frames import text_frame
from tests.bench.shopper import Broken, Shopper
from tests.bench.traffic import Happening

_MUG, _SPADE = PRODUCTS[1], PRODUCTS[2]
_LINE = {"item_id": _MUG["id"], "item_name": _MUG["name"], "price": _MUG["price"], "quantity": 1}
_CART = {"items": [_LINE], "value": _MUG["price"], "currency": "TWD"}


def _view(kind: str, url: str, **more: Any) -> Happening:
    return "page_view", {"url": url, "kind": kind, "title": f"A page of the shop: {kind}", **more}


BEFORE: tuple[Happening, ...] = (
    _view("home", "/"),
    _view("category", "/c/kitchen/", category="kitchen"),
    ("view_item_list", {"items": [_LINE]}),
    _view("product", "/p/sku-1", product=_MUG),
    ("view_item", _CART),
    ("page_dwell", {"ms": 4_000}),
    ("add_to_cart", _CART),
    ("cart", _CART),
    _view("cart", "/cart"),
    ("page_dwell", {"ms": 2_000}),
    _view("product", "/p/sku-2", product=_SPADE),
    ("view_item", {"currency": "TWD", "value": _SPADE["price"]}),
    _view("cart", "/cart"),
    ("page_dwell", {"ms": 3_000}),
    _view("category", "/c/garden/", category="garden"),
    _view("cart", "/cart"),
)
DECIDES: Happening = ("page_dwell", {"ms": 10_001})
AFTER: Happening = _view("checkout", "/checkout")
"""Between the two the shopper views the popup and closes it."""


class Player:
    """Takes one shopper through events, one after the other."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        self._awaited = 0
        self._acknowledged: asyncio.Future[None] | None = None
        shopper.on_ack = self._take
        shopper.on_break = self._break

    async def play(self, *happenings: Happening) -> None:
        """Send each event when the one before is acknowledged; return when all are."""
        for name, data in happenings:
            self._awaited = self.shopper.seq + 1
            self._acknowledged = asyncio.get_running_loop().create_future()
            self.shopper.send(text_frame({"type": "event", "seq": self._awaited, "name": name, "data": data}))
            await self._acknowledged

    async def play_all(self) -> None:
        """Play all twenty events. Raises Broken where the popup did not come."""
        await self.play(*BEFORE, DECIDES, AFTER)
        if self.shopper.shows != 1:
            raise Broken(f"{self.shopper.shows} popups were shown, expected 1")

    def _take(self, seq: int) -> None:
        # popups are viewed and closed with numbers of their own, after that of the event that showed them
        if self._acknowledged is not None and not self._acknowledged.done() and seq >= self._awaited:
            self._acknowledged.set_result(None)

    def _break(self, error: Exception) -> None:
        if self._acknowledged is not None and not self._acknowledged.done():
            self._acknowledged.set_exception(error)
