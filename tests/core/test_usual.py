"""What an event of the usual form changes is told ahead, with holes for its numbers."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.event_data import read_data
from engine.core.events import Event, Page
from engine.core.ruleset import RuleSet
from engine.core.tracking import Tracking
from engine.core.usual import (
    BARE,
    COMMERCE,
    OWN,
    PAGE_DWELL,
    PAGE_VIEW,
    SCROLL,
    UNUSUAL,
    Hole,
    parts_of,
    read_place,
    shape_of,
)
from tests.edge.tabs import rules_of

CUP = b'{"url":"/p/cup","kind":"product","product":{"id":"cup"}}'
PAST = """
- rule: back
  when:
    - dwell(product) in 1h > 5m
    - count(add_to_cart where value > 5) > 1
    - sequence: [view_item, page cart, search where search_term is mug]
  show: {chat: {text: Hello}}
"""


def filled(parts: list[Any] | None, number: int) -> list[Any]:
    assert parts is not None
    return [f"{each.before}{number}{each.behind}" if isinstance(each, Hole) else str(each) for each in parts]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("page_view", -PAGE_VIEW), ("page_dwell", -PAGE_DWELL), ("scroll", SCROLL), ("wake", BARE), ("copy", BARE),
        ("view_item", COMMERCE), ("my_own", OWN), ("cart", UNUSUAL), ("purchase", UNUSUAL), ("purchase_seen", UNUSUAL),
        ("popup_view", UNUSUAL), ("chat_message", UNUSUAL), ("consent", UNUSUAL),
    ],
)  # fmt: skip
def test_name_tells_the_form(name: str, shape: int) -> None:
    assert shape_of(name, Tracking()) == shape


def test_event_whose_words_are_asked_for_is_unusual() -> None:
    tracking = rules_of(PAST).tracking
    assert shape_of("add_to_cart", tracking) == UNUSUAL
    assert shape_of("search", tracking) == UNUSUAL
    assert shape_of("page_view", tracking) == -PAGE_VIEW
    assert shape_of("view_item", tracking) == COMMERCE


@pytest.mark.parametrize("rules", [RuleSet(), rules_of(PAST)])
def test_filled_parts_are_the_changes_of_the_event(rules: RuleSet) -> None:
    view = read_place(CUP)
    assert view is not None
    page = view.shown
    assert page is not None
    for number in (1, 4200):
        shown = read_data(number, "page_view", view.data, None, None)
        dwell = Event(1, "page_dwell", ms=number)
        scroll = Event(1, "scroll", percent=number)
        for event, sample in ((shown, view), (dwell, Event(1, "page_dwell")), (scroll, Event(1, "scroll"))):
            parts = parts_of(sample, page, rules.tracking)
            assert filled(parts, number) == [*map(str, rules.tracking.changes(event, page))]
    assert parts_of(Event(1, "login"), page, rules.tracking) == ["+", "e:login", 1]


@pytest.mark.parametrize(
    "data",
    [
        b"[]", b"{", b'{"kind":"home"}', b'{"url":"/","kind":"basket"}',
        b'{"url":"/","kind":"home","x":' + b"[" * 7 + b"]" * 7 + b"}",
        b'{"url":"/","kind":"home","x":"%b"}' % (b"x" * 2_049),
    ],
)  # fmt: skip
def test_data_of_no_page_tells_none(data: bytes) -> None:
    assert read_place(data) is None


def test_data_as_deep_as_an_event_may_be_tells_its_page() -> None:
    assert read_place(b'{"url":"/","kind":"home","x":' + b"[" * 6 + b"]" * 6 + b"}") is not None


class Moody(Tracking):
    """Changes that cannot be told ahead."""

    def __init__(self, *answers: list[Any]) -> None:
        super().__init__()
        self.answers = list(answers)

    def changes(self, event: Event, page: Page) -> list[Any]:
        """Say something else each time."""
        return self.answers.pop(0)


@pytest.mark.parametrize("answers", [([1], [1, 2]), (["a"], ["b"]), (["7777777777777771"], ["7777777777777771"])])
def test_changes_that_cannot_be_told_ahead_are_not_told(answers: tuple[list[Any], list[Any]]) -> None:
    page = Page("home", "/", "/")
    assert parts_of(Event(1, "login"), page, Moody(*answers)) is None
