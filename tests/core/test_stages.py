"""What moves a visitor from stage to stage."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.counters import Op
from engine.core.event_data import read_data, read_page
from engine.core.events import Event
from engine.core.stages import Intent, StageMoves, gives_address, read_stage
from engine.core.tracking import Tracking

CUP = read_page({"url": "/p/cup", "kind": "product", "product": {"id": "cup", "category": "Kitchen"}}, "page")
HOME = read_page({"url": "/", "kind": "home"}, "page")
ITEM = {"items": [{"item_id": "cup", "price": 9}]}


def reached(name: str, data: dict[str, Any], intent: Intent | None = None, page: Any = CUP) -> list[Op]:
    """Return what stands behind an event's ``reach``, and the counter changed before it."""
    event = read_data(1, name, data, None, None)
    ops = Tracking(intent=intent).changes(event, event.shown or page)
    if "reach" not in ops:
        return []
    at = ops.index("reach")
    return [*ops[at - 3 : at - 1], *ops[at + 1 : at + 3]]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("page_view", {"url": "/p", "kind": "product", "product": {"id": "cup"}}, ["1", "i:cup", 2, 3]),
        ("page_view", {"url": "/", "kind": "home"}, []),
        ("page_dwell", {"ms": 500}, ["+", "I:cup", 2, 60_000]),
        ("cart", ITEM, ["=", "cart:l", 2, 0]),
        ("cart", {"items": []}, []),
        ("add_to_cart", ITEM, ["+", "e:add_to_cart", 2, 0]),
        ("sign_up", {}, ["+", "e:sign_up", 1, 0]),
        ("popup_submit", {"fire": "f", "fields": {"email": "a@b.example"}}, ["+", "e:popup_submit", 1, 0]),
        ("popup_submit", {"fire": "f", "fields": {"score": 9}}, []),
        ("login", {}, []),
    ],
)
def test_event_may_reach_a_rank_by_the_counter_it_changed(name: str, data: dict[str, Any], expected: list[Op]) -> None:
    assert reached(name, data) == expected


def test_attention_to_a_page_without_a_product_reaches_nothing() -> None:
    assert reached("page_dwell", {"ms": 500}, page=HOME) == []


def test_sign_that_does_not_count_reaches_nothing() -> None:
    none = Intent(product_views=0, product_dwell_ms=0, cart=False)
    assert reached("page_view", {"url": "/p", "kind": "product", "product": {"id": "cup"}}, none) == []
    assert reached("page_dwell", {"ms": 500}, none) == []
    assert reached("cart", ITEM, none) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"email": "a@b.example"}, True), ({"email": "@"}, False), ({"email": 3}, False), ({}, False), (None, False)],
)
def test_popup_gives_an_address_by_its_field_email(fields: Any, expected: bool) -> None:
    assert gives_address(Event(1, "popup_submit", {"fire": "f", "fields": fields})) is expected


def test_stages_are_read_with_a_space_or_a_hyphen() -> None:
    assert [read_stage(each) for each in ("visitor", "repeat buyer", "repeat-buyer", "buyr")] == [0, 4, 4, None]


def test_moves_leave_other_events_alone() -> None:
    ops: list[Op] = ["+", "e:x", 1]
    StageMoves(Intent()).add(ops, Event(1, "x"), HOME)
    assert ops == ["+", "e:x", 1]
