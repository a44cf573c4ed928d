"""What became of a coupon, as events tell it: seen, copied, and the order that it was redeemed with."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.coupons import fold
from engine.core.events import Event

KEPT = "k"
"""The end of a fire whose coupon is kept account of; others end with a digit or a letter from a to f."""

MOST_CODES = 5
_BETWEEN = re.compile(r"[\s,;|]+")
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    One of them, of one visitor.

    ``fire`` is the firing that was seen or copied. An order has ``transaction``
    and ``codes``, folded, the whole of what was said first: a shop may write
    several into one text.
    """

    what: str
    visitor: str
    at_ms: int
    fire: str = ""
    transaction: str = ""
    codes: tuple[str, ...] = ()
    value: float = 0.0
    currency: str = ""


def outcome_of(event: Event, visitor: str, doc: str, at_ms: int) -> dict[str, Any] | None:
    """Return what an event says of coupons, as JSON; None if it says nothing of them. ``doc`` is the connection's."""
    data = event.data
    if event.name in ("popup_view", "popup_copy"):
        if not data["fire"].endswith(KEPT):
            return None
        return {"n": event.name[6:], "v": visitor, "t": at_ms, "f": data["fire"]}
    if event.name != "purchase" or not isinstance(data.get("coupon"), str) or not data["coupon"].strip():
        return None
    # an order without a number is the event that told of it
    transaction = data.get("transaction_id") or f"{event.doc or doc}:{event.seq}"
    return {
        "n": "order",
        "v": visitor,
        "t": at_ms,
        "x": str(transaction)[:_LONGEST],
        "c": data["coupon"][: 4 * _LONGEST],
        "a": data.get("value", 0),
        "u": data.get("currency", ""),
    }


def read_outcome(said: Mapping[str, Any]) -> Outcome:
    """Return an outcome as :func:`outcome_of` wrote it."""
    if said["n"] != "order":
        return Outcome(said["n"], said["v"], said["t"], said["f"])
    value, currency = said["a"], str(said["u"])
    is_amount = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return Outcome(
        "order", said["v"], said["t"], "", said["x"], _codes(said["c"]),
        float(value) if is_amount else 0.0, currency if _CURRENCY.fullmatch(currency) else "",
    )  # fmt: skip


def _codes(written: str) -> tuple[str, ...]:
    whole = fold(written)
    parts = [each for each in _BETWEEN.split(whole) if each]
    return tuple(dict.fromkeys((whole, *parts)))[: MOST_CODES + 1]
