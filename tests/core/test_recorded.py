"""Records: rows as a replay takes them, claims by their event, and each event once."""

from __future__ import annotations

import orjson

from engine.core.archived import row_of
from engine.core.recorded import SLOTS, Record, claims_of, each_once, record_of
from tests.core.recordings import NOON, Recording

CART = {"kind": "cart", "url": "/cart"}


def test_row_of_the_log_becomes_a_record() -> None:
    frame = {"type": "event", "seq": 4, "name": "page_dwell", "data": {"ms": 5}, "doc": "docaaa", "page": CART}
    entry = orjson.dumps({"v": "v1", "s": "s1", "d": "docbbb", "t": NOON, "f": frame})
    record = record_of(row_of(entry, (NOON, 0), 0))
    assert record == Record("s1", "docbbb", "docaaa", 4, NOON, "event", "page_dwell", {"ms": 5}, CART)


def test_row_without_a_page_becomes_a_record_without_one() -> None:
    entry = orjson.dumps({"v": "v1", "s": "s1", "d": "docbbb", "t": NOON, "hello": {"seq": 0, "page": None}})
    assert record_of(row_of(entry, (NOON, 0), 0)).page is None


def test_event_of_an_earlier_document_keeps_its_document_and_page() -> None:
    [record] = Recording("docbbb").does(0, "page_dwell", {"ms": 5}, "docaaa", CART)
    event = record.event()
    assert event is not None
    assert (event.doc, event.seq, event.page and event.page.kind) == ("docaaa", SLOTS, "cart")


def test_event_that_can_no_longer_be_read_is_none() -> None:
    [record] = Recording().does(0, "page_dwell", {"ms": -1})
    assert record.event() is None


def test_claims_are_found_by_their_event() -> None:
    records = Recording().views(0, "cart").claims("a", "shown", "f_1").claims("b", "quiet", "f_2")
    found = claims_of(records)["docaaa", "docaaa", 1]
    assert {rule: (each.came_of_it, each.reason) for rule, each in found.items()} == {
        "a": ("shown", ""), "b": ("quiet", "quiet")
    }  # fmt: skip


def test_what_stands_in_log_and_archive_counts_once() -> None:
    records = Recording().hello().views(0, "cart").claims("a", "shown").hello(1)
    again = [records[1], *records]
    assert each_once([*records, *again]) == records
