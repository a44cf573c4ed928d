"""Plans: which counters are asked for, under which names, and where their values go."""

from __future__ import annotations

import pytest

from engine.core.compile import Slots
from engine.core.counters import DOCUMENT, SESSION, TRAIL, VISITOR, Counter, path_views, product_views
from engine.core.events import NOWHERE, Page, Product
from engine.core.plan import Plan

DWELL, SCROLL = Counter(DOCUMENT, "d"), Counter(DOCUMENT, "s")
VIEWS, VALUE = Counter(SESSION, "views"), Counter(SESSION, "cart:v")
PATH, PRODUCT = Counter(SESSION, path_views), Counter(SESSION, product_views)
ORDERS, A_TRAIL, ITS_TRAIL = Counter(VISITOR, "orders"), Counter(TRAIL, "views:cart"), Counter(TRAIL, product_views)
CUP = Page("product", "/p/cup", "/p/cup", product=Product("cup"))


def test_document_counters_are_asked_for_apart_and_page_counters_last() -> None:
    plan = Plan([PRODUCT, VIEWS, DWELL, PATH, VALUE, SCROLL], Slots())
    assert plan.fixed_words == ("2", "d", "s", "4", "views", "cart:v")
    assert plan.words_on(CUP) == ["i:cup", "p:/p/cup"]
    assert plan.words(CUP) == ["2", "d", "s", "4", "views", "cart:v", "i:cup", "p:/p/cup"]


def test_what_the_visitor_and_the_trails_hold_is_asked_for_last() -> None:
    plan = Plan([A_TRAIL, DWELL, ORDERS, VIEWS, ITS_TRAIL], Slots())
    assert plan.fixed_words == ("1", "d", "1", "views", "1", "orders", "views:cart")
    assert plan.words_on(CUP) == ["i:cup"]


def test_words_behind_the_first_that_needs_the_page_are_no_fixed_ones() -> None:
    plan = Plan([PRODUCT, A_TRAIL], Slots())
    assert plan.fixed_words == ("0", "1")
    assert plan.words(CUP) == ["0", "1", "i:cup", "0", "views:cart"]
    assert plan.words(NOWHERE) == ["0", "1", "", "0", "views:cart"]


def test_values_of_all_scopes_go_to_their_slots() -> None:
    slots = Slots()
    numbers = {each: slots.number(each) for each in (A_TRAIL, ORDERS, PRODUCT, DWELL)}
    plan = Plan([A_TRAIL, ORDERS, PRODUCT, DWELL], slots)
    assert plan.counts(b"[700,2,1,[5,9]]") == {
        numbers[DWELL]: 700, numbers[PRODUCT]: 2, numbers[ORDERS]: 1, numbers[A_TRAIL]: [5, 9],
    }  # fmt: skip


def test_counter_of_a_thing_that_the_page_has_not_is_asked_for_without_a_name() -> None:
    assert Plan([PRODUCT, PATH], Slots()).words_on(NOWHERE) == ["", "p:"]


def test_counter_named_twice_is_read_once() -> None:
    assert Plan([VIEWS, DWELL, VIEWS, DWELL], Slots()).words(CUP) == ["1", "d", "1", "views"]


def test_counts_that_a_view_has_already_need_no_reading() -> None:
    slots = Slots()
    views, value = slots.number(VIEWS), slots.number(VALUE)
    assert Plan([VIEWS], slots).is_answered_by({views: 3, value: 0})
    assert not Plan([VIEWS, VALUE], slots).is_answered_by({views: 3})
    assert Plan([], slots).is_answered_by({})


def test_values_go_to_the_slots_of_their_counters_whatever_the_order_they_were_numbered_in() -> None:
    slots = Slots()
    numbers = {each: slots.number(each) for each in (VALUE, SCROLL, PRODUCT, VIEWS, DWELL)}
    plan = Plan([VIEWS, PRODUCT, DWELL, VALUE], slots)
    assert plan.counts(b"[4200,3,12.5,2]") == {
        numbers[DWELL]: 4200, numbers[VIEWS]: 3, numbers[VALUE]: 12.5, numbers[PRODUCT]: 2,
    }  # fmt: skip


def test_answer_of_another_length_is_no_answer_to_the_plan() -> None:
    with pytest.raises(ValueError, match="1 values, expected 2"):
        Plan([VIEWS, DWELL], Slots()).counts(b"[1]")


def test_plan_of_nothing_reads_nothing() -> None:
    plan = Plan((), Slots())
    assert (plan.words(CUP), plan.counts(b"[]"), plan.rules, plan.sieve) == (["0", "0"], {}, (), None)
