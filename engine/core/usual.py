"""
The usual form of an event, and what it changes, told ahead: for the way of usual events in C (engine/native/way.c).

A recipe is made of what the event would change if its number were a certain one, and once more another one: where the
two differ, the number belongs. So whatever counting and tracking add to an event, now or later, is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from engine.core.bounds import refuse_boundless
from engine.core.event_data import GA4_EVENTS, BadEvent, read_data
from engine.core.events import SIGNALS, Event, Page
from engine.core.private_words import clean_page
from engine.core.tracking import Tracking

UNUSUAL, PAGE_VIEW, PAGE_DWELL, SCROLL, IDLE, BARE, COMMERCE, OWN = range(8)
"""The forms that C knows; hot.h numbers them alike. Below 0: what such an event changes hangs on the page."""

_SHAPES = {
    "page_view": -PAGE_VIEW,
    "page_dwell": -PAGE_DWELL,
    "scroll": SCROLL,
    "idle": IDLE,
    "wake": BARE,
    **dict.fromkeys(SIGNALS, BARE),
    **dict.fromkeys(GA4_EVENTS, COMMERCE),
}
_SPECIAL = ("popup_", "purchase", "refund")
_ALONE = frozenset({"cart", "chat_message", "consent"})
_MEASURES = {"page_view": "seq", "page_dwell": "ms", "scroll": "percent"}
_SAMPLES = (7_777_777_777_777_771, 7_777_777_777_777_772)


@dataclass(frozen=True, slots=True)
class Hole:
    """A word with a number in it: what stands before and behind the number."""

    before: str
    behind: str


Part = str | int | float | Hole


def shape_of(name: str, tracking: Tracking) -> int:
    """
    Return which form an event of this name has, UNUSUAL where more has to be done about it than counting.

    Whatever :meth:`engine.pipeline.Pipeline.take` treats in its own way by name must be unusual here.
    """
    if name in _ALONE or name.startswith(_SPECIAL):
        return UNUSUAL
    if name != "page_view" and tracking.asks_what_is_said(name):
        return UNUSUAL  # of a page_view all that it says is known ahead
    return _SHAPES.get(name, OWN)


def read_place(data: bytes) -> Event | None:
    """Return the page_view that says ``data``, None where it says what no page_view may."""
    try:
        said = orjson.loads(data)
        # what has to be cleaned first is written down otherwise than it came
        if not isinstance(said, dict) or clean_page(said):
            return None
        event = read_data(1, "page_view", said, None, None)
        refuse_boundless(event, b'{"data":%b}' % data, {"data": said})
        return event
    except (orjson.JSONDecodeError, BadEvent):
        return None


def parts_of(event: Event, page: Page, tracking: Tracking) -> list[Part] | None:
    """Return the words of what such an event changes, whatever its number; None where they cannot be told ahead."""
    measure = _MEASURES.get(event.name, "")
    samples = (event._replace(**{measure: number}) if measure else event for number in _SAMPLES)
    first, second = (tracking.changes(each, page) for each in samples)
    if len(first) != len(second):
        return None
    parts = [_part(one, other) for one, other in zip(first, second, strict=True)]
    return None if None in parts else parts  # type: ignore[return-value]  # there is none in it


def _part(one: Any, other: Any) -> Part | None:
    if one == other:
        return None if str(_SAMPLES[0]) in str(one) else one
    before, _, behind = str(one).partition(str(_SAMPLES[0]))
    return Hole(before, behind) if str(other) == f"{before}{_SAMPLES[1]}{behind}" else None
