"""Frames as clients send them: mostly of the usual form, some odd in one place."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["x" * 256, "ü" * 257, "\0", "a\\b", "\n"]
)
KEYS = st.sampled_from(
    ["value", "currency", "items", "item_id", "price", "quantity", "coupon", "-a", "", "k" * 65, "ms"]
)
NUMBERS = st.integers(-(10**16), 10**16) | st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 50)
VALUES: st.SearchStrategy[Any] = (
    TEXTS | NUMBERS | st.sampled_from([True, False, None, "TWD", "twd", "TW", "ß12", [], {}])
)
FLAT = st.dictionaries(KEYS, VALUES, max_size=5)
ITEMS = st.fixed_dictionaries({"item_id": st.just("cup"), "price": NUMBERS}) | FLAT
COMMERCE = st.fixed_dictionaries(
    {"items": st.lists(ITEMS, max_size=3)},
    optional={"value": NUMBERS, "currency": st.sampled_from(["TWD", "twd", "x", 7])},
)
PAGES = st.sampled_from(
    [
        {"url": "/", "kind": "home", "title": "Home"},
        {"url": "/cart", "kind": "cart"},
        {"url": "/p/cup?a=1", "kind": "product", "product": {"id": "cup", "name": "Cup", "price": 9, "category": "c"}},
        {"url": "/c/ü", "kind": "category", "category": "ü" * 70},
        {"url": "/cart", "kind": "basket"},
    ]
)
_DATA: dict[str, Any] = {
    "page_view": PAGES,
    "page_dwell": st.fixed_dictionaries({"ms": st.integers(0, 30_000) | VALUES}),
    "scroll": st.fixed_dictionaries({"percent": st.integers(0, 101) | VALUES}),
    "idle": st.fixed_dictionaries({"ms": st.integers(0, 30_000)}),
    "exit_intent": st.just({}),
    "wake": st.just({}) | FLAT,
    "view_item": COMMERCE,
    "add_to_cart": COMMERCE | FLAT,
    "cart": COMMERCE,
    "login": FLAT,
    "my_own": FLAT,
    "popup_view": st.just({"fire": "f_1"}),
    "Odd": FLAT,
}
_HAPPENINGS = st.sampled_from(sorted(_DATA)).flatmap(lambda name: st.tuples(st.just(name), _DATA[name]))
_ODDITIES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}] * 12 + [{"doc": "docold"}, {"seq": 0}, {"seq": 2**53 + 1}, {"page": {"url": "/", "kind": "home"}}]
)


def _frame(event: dict[str, Any]) -> bytes:
    return orjson.dumps({"type": "event"} | event)


@st.composite
def _courses(draw: st.DrawFn) -> list[list[bytes]]:
    seq, turns = 0, []
    for _ in range(draw(st.integers(1, 6))):
        turn = []
        for name, data in draw(st.lists(_HAPPENINGS, min_size=1, max_size=6)):
            seq += draw(st.sampled_from([1, 1, 1, 0, 3]))
            turn.append(_frame({"seq": max(1, seq), "name": name, "data": data} | draw(_ODDITIES)))
        turns.append(turn)
    return turns


COURSES = _courses()
"""Turns of the event loop, each with the frames that came in it."""
