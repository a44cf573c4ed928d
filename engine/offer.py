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
    """One firing that asks for a coupon."""

    site: str
    visitor: str
    fire: str
    rule: str
    variant: str = ""
    apply_template: str = ""


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

    async def reserve(self, coupon: Coupon, asker: Asker, now_ms: int) -> Reserved | None:
        """Hold a code for the visitor, the one they have already if they have one; None where there is none."""

    async def confirm(self, reserved: Reserved, asker: Asker, now_ms: int) -> bool:
        """Make a reservation the visitor's for good; False where that failed and the code must not leave."""

    def release(self, reserved: Reserved) -> None:
        """Give a code back that was reserved and not confirmed. Nobody waits for it."""


class WrittenCodes:
    """An office without pools: every code is the one that the rule names."""

    async def reserve(self, coupon: Coupon, asker: Asker, now_ms: int) -> Reserved | None:  # noqa: ARG002
        """Return the code as it is written."""
        return Reserved(Issued(coupon.code, coupon.value, coupon.percent))

    async def confirm(self, reserved: Reserved, asker: Asker, now_ms: int) -> bool:  # noqa: ARG002
        """There is nothing to confirm."""
        return True

    def release(self, reserved: Reserved) -> None:
        """There is nothing to give back."""
