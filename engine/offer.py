"""
What stands behind a popup with a coupon: whom it is for, and the office that gives codes out.

A code is reserved before the popup is claimed, and confirmed before it leaves:
docs/explanation/coupons.md walks through every moment at which something may die.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.core.popup_parts import Coupon, Issued


@dataclass(frozen=True, slots=True)
class Asker:
    """One firing that asks for a coupon; ``cart_value`` is 0 where nothing is in the cart, or nobody knows."""

    site: str
    visitor: str
    fire: str
    rule: str
    variant: str = ""
    apply_template: str = ""
    cart_value: float = 0.0

    def reaches(self, least: float) -> bool:
        """Tell whether the cart may be enough for an order of so much: an empty one may become so yet."""
        return not 0 < self.cart_value < least


@dataclass(frozen=True, slots=True)
class Reserved:
    """
    A coupon held for a visitor until it is confirmed or released.

    ``id`` is empty for a code that stands in the rule itself: nothing is kept of it.
    """

    issued: Issued
    id: str = ""
    pool: str = ""


class CouponOffice(Protocol):
    """What firing needs of the coupons: :class:`engine.edge.coupon_office.CouponOffice`."""

    def least_orders(self, coupon: Coupon, site: str) -> tuple[float, ...]:
        """Return from which order on a coupon is good: of its pool, and of those it falls back on; 0 for any order."""

    async def reserve(self, coupon: Coupon, asker: Asker, now_ms: int) -> Reserved | None:
        """Hold a code for the visitor, the one they have already if they have one; None where there is none."""

    async def confirm(self, reserved: Reserved, asker: Asker, now_ms: int) -> bool:
        """Make a reservation the visitor's for good; False where that failed and the code must not leave."""

    def release(self, reserved: Reserved) -> None:
        """Give a code back that was reserved and not confirmed. Nobody waits for it."""


class WrittenCodes:
    """An office without pools: every code is the one that the rule names."""

    def least_orders(self, coupon: Coupon, site: str) -> tuple[float, ...]:  # noqa: ARG002
        """A code that is simply written is good for any order."""
        return ()

    async def reserve(self, coupon: Coupon, asker: Asker, now_ms: int) -> Reserved | None:  # noqa: ARG002
        """Return the code as it is written."""
        return Reserved(Issued(coupon.code, coupon.value, coupon.percent))

    async def confirm(self, reserved: Reserved, asker: Asker, now_ms: int) -> bool:  # noqa: ARG002
        """There is nothing to confirm."""
        return True

    def release(self, reserved: Reserved) -> None:
        """There is nothing to give back."""
