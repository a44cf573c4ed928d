"""What rules would have kept of recorded events from before it was counted."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.counted_since import Since, names_of
from engine.core.event_data import read_data, read_page
from engine.core.filling import found_in, highest, kept_under, names_to_fill
from engine.core.recorded import Record
from engine.core.store_model import VisitorModel
from tests.core.recordings import NOON, Recording, rules_of

HOUR = 3_600_000
CART = {"kind": "cart", "url": "/cart"}
RULES = rules_of("""
- rule: r
  when:
    - views(cart) in 1h > 2
    - dwell(cart) in 1h > 9s
    - product.views in 2h > 1
    - count(purchase) in 1h > 0
    - views(cart) ever > 1
    - product.dwell ever > 1s
  show: {chat: {text: Hello}}
""")


def trails(records: list[Record], **applied: int) -> dict[str, list[int]]:
    found = found_in(RULES.tracking, records, applied).trails
    return {name: [each - NOON if each > NOON - 1 else each for each in trail] for name, trail in found.items()}


def test_old_events_leave_what_they_would_have_left_then() -> None:
    order = ("purchase", {"transaction_id": "A1", "value": 1, "currency": "TWD"})
    told: list[tuple[str, dict[str, Any]]] = [
        ("page_view", {**CART, "product": {"id": "p1"}}),
        ("page_dwell", {"ms": 700}),
        order,
        order,
    ]
    records, live, page = Recording().hello(), VisitorModel(), read_page(told[0][1], "page")
    for seq, (name, data) in enumerate(told, 1):
        records.does(seq, name, data)
        event = read_data(seq, name, data, None, None)
        live.observe("docaaa", seq, RULES.tracking.changes(event, page), NOON + seq * 1_000)
    found = found_in(RULES.tracking, records, {})
    assert found.trails == live.hashes.trails
    assert found.visitor == live.hashes.visitor
    assert found.trails["dwell:cart"] == [NOON + 2_000, 700]


def test_events_belong_to_the_page_that_their_document_shows() -> None:
    records = Recording().hello(page=CART).dwells(1, 500).views(2, "home").hello(3, page=CART).dwells(4, 600)
    assert trails(records) == {"dwell:cart": [1_000, 500]}


def test_hello_that_says_more_of_the_page_shown_is_believed() -> None:
    records = (
        Recording().hello().dwells(1, 300).views(2, "cart").hello(3, page={**CART, "title": "Cart"}).dwells(4, 600)
    )
    assert trails(records)["dwell:cart"] == [4_000, 600]
    assert trails(records.hello(5).dwells(6, 50))["dwell:cart"] == [4_000, 600, 6_000, 50]


def test_event_of_an_earlier_document_belongs_to_the_page_that_it_names() -> None:
    records = Recording().hello(page={"kind": "home", "url": "/"}).does(1, "page_dwell", {"ms": 9}, "docold", CART)
    assert trails(records)["dwell:cart"] == [1_000, 9]
    assert trails(Recording().does(1, "page_view", CART, "docold"))["views:cart"] == [1_000]
    assert trails(Recording().does(1, "page_dwell", {"ms": 9}, "docold")) == {}


def test_what_is_recorded_beyond_what_was_counted_is_left_out() -> None:
    records = Recording().hello().views(1, "cart").views(2, "cart").views(3, "cart")
    assert trails(records, docaaa=2)["views:cart"] == [1_000, 2_000]
    assert trails(records, docbbb=0)["views:cart"] == [1_000, 2_000, 3_000]
    assert highest([*records, *Recording("docbbb").does(4, "login")]) == {"docaaa": 3, "docbbb": 1}


def test_records_that_cannot_be_read_any_more_are_left_out() -> None:
    records = Recording().hello(page={"kind": "nowhere"}).does(1, "page_view", {"kind": "?"}).claims("r", "shown")
    assert trails(records.views(2, "cart")) == {"views:cart": [2_000]}


def test_only_what_is_kept_under_the_names_is_taken() -> None:
    records = Recording().hello().views(1, "cart", product={"id": "p1"}).dwells(2, 700)
    found = found_in(RULES.tracking, records, {})
    names = ["ever views:cart", "ever I:", "trail i:"]
    assert kept_under(names, found) == ({"views:cart": 1, "I:p1": 700}, {"i:p1": [NOON + 1_000]})
    assert kept_under([], found) == ({}, {})


@pytest.mark.parametrize(
    ("since", "archived_ms", "is_filled"),
    [
        (Since(NOON - 1, 3, HOUR), 0, True),
        (Since(NOON - HOUR, 3, HOUR), 0, False),
        (Since(NOON - HOUR + 1, 3, HOUR), NOON - HOUR + 1, False),
        (Since(NOON - HOUR + 1, 3, HOUR), NOON - HOUR, True),
        (Since(NOON - 1, 3, HOUR, until_ms=NOON), 0, False),
    ],
)
def test_window_is_filled_if_it_reaches_further_than_it_counts_and_the_archive_as_far(
    since: Since, archived_ms: int, is_filled: bool
) -> None:
    known = {"trail views:cart": since}
    assert names_to_fill(RULES, known, archived_ms, NOON) == (known if is_filled else {})


def test_what_counts_forever_is_filled_from_the_beginning_of_the_archive() -> None:
    known = {"ever views:cart": Since(NOON)}
    assert names_to_fill(RULES, known, NOON - 99 * HOUR, NOON) == known
    assert names_to_fill(RULES, known, NOON, NOON) == {}


def test_what_is_counted_by_a_shoppers_words_is_not_filled_because_no_archive_has_them() -> None:
    rules = rules_of(
        "- {rule: r, when: [count(chat_message where text contains refund) in 1h > 0, "
        "count(search where search_term is tea) in 1h > 0], show: {chat: {text: Hello}}}"
    )
    known = {name: Since(NOON, 1, HOUR) for name in names_of(rules.tracking)}
    assert len(names_to_fill(rules, known, 0, NOON)) == 1
