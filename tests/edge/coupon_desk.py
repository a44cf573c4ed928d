"""An office that gives coupons out, with a database behind it, as the tests ask it."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from engine.core.popup_parts import Coupon, Issued
from engine.edge.coupon_office import CouponOffice
from engine.offer import Reserved
from tests.edge.coupons import ADD50, NOON, an_asker


class Counts(Counter[str]):
    def coupon_issued(self, pool: str) -> None:
        self["issued " + pool] += 1

    def coupons_low(self, pool: str) -> None:
        self["low " + pool] += 1

    def coupon_late(self, what: str) -> None:
        self["late " + what] += 1


class Desk:
    """An office with its database open."""

    def __init__(self, database: AsyncEngine) -> None:
        self.database = database
        self.counts = Counts()
        self.numbers = itertools.count()
        self.office = CouponOffice(database, self.counts, lambda: NOON)

    async def give(
        self, visitor: str, coupon: Coupon = ADD50, now_ms: int = NOON, fire: str = "", cart: float = 0.0
    ) -> Issued | None:
        """Reserve and confirm a coupon, as for a popup that shows."""
        asker = replace(an_asker(visitor, fire or f"f_{next(self.numbers)}"), cart_value=cart)
        reserved = await self.office.reserve(coupon, asker, now_ms)
        if reserved is None:
            return None
        assert not reserved.id or await self.office.confirm(reserved, asker, now_ms)
        return reserved.issued

    async def hold(self, visitor: str, now_ms: int = NOON) -> Reserved:
        """Reserve a coupon."""
        reserved = await self.office.reserve(ADD50, an_asker(visitor), now_ms)
        assert reserved is not None
        return reserved

    async def let_go(self, reserved: Reserved) -> None:
        """Release a coupon, and wait for it."""
        self.office.release(reserved)
        await asyncio.gather(*self.office._tasks, return_exceptions=True)


def code(issued: Issued | None) -> str:
    return issued.code if issued else ""
