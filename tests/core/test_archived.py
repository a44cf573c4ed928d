"""Rows of the archive: what an entry of the event log becomes, and that no shopper's words are in it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine.core.archived import COLUMNS, Row, page_json, row_of
from engine.core.event_data import read_data, read_page
from engine.core.redaction import masked

HEAD = {"v": "v1", "s": "s1", "d": "docbbb", "t": 1_700_000_000_123}
CART = {"kind": "cart", "url": "/cart"}


def a_row(**said: Any) -> Row:
    return row_of(orjson.dumps(HEAD | said), (1_700_000_000_200, 2), 7)


def an_event(name: str = "login", data: Any = None, **more: Any) -> Row:
    return a_row(f={"type": "event", "seq": 4, "name": name, "data": data, **more})


def test_event_is_a_row_with_its_place_in_the_log() -> None:
    assert an_event(data={"method": "mail"}) == Row(
        "v1", "s1", "docbbb", "docbbb", 4, 1_700_000_000_123, "event", "login", b'{"method":"mail"}', None,
        1_700_000_000_200, 200_007,
    )  # fmt: skip


def test_event_of_an_earlier_document_keeps_its_document_and_page() -> None:
    row = an_event("page_dwell", {"ms": 5}, doc="docaaa", page=CART)
    assert (row.tab, row.doc, row.page) == ("docbbb", "docaaa", orjson.dumps(CART))


def test_event_that_says_nothing_has_empty_data() -> None:
    assert an_event().data == b"{}"


def test_hello_keeps_who_came_and_the_page() -> None:
    row = a_row(hello={"seq": 3, "page": CART, "language": "en", "sessions": 2})
    assert (row.kind, row.name, row.seq, row.doc) == ("hello", "hello", 3, "docbbb")
    assert orjson.loads(row.data) == {"language": "en", "sessions": 2}
    assert row.page == orjson.dumps(CART)


def test_hello_without_a_page_has_none() -> None:
    assert a_row(hello={"seq": 0, "page": None}).page is None


def test_claim_is_named_by_what_came_of_it() -> None:
    row = a_row(claim={"seq": 9, "doc": "docaaa", "view": 8, "rule": "r", "fire": "f_1", "reason": "quiet"})
    assert (row.kind, row.name, row.seq, row.tab, row.doc) == ("claim", "quiet", 9, "docbbb", "docaaa")
    assert orjson.loads(row.data) == {"view": 8, "rule": "r", "fire": "f_1"}


def test_fill_says_what_was_filled() -> None:
    row = a_row(s="", d="", fill={"names": ["trail views:cart"], "back_to_ms": 7})
    assert (row.kind, row.name, row.seq, row.tab, row.session) == ("fill", "fill", 0, "", "")
    assert orjson.loads(row.data) == {"names": ["trail views:cart"], "back_to_ms": 7}


@pytest.mark.parametrize("entry", [b"no json", b"{}", b"[]", orjson.dumps(HEAD), orjson.dumps(HEAD | {"f": {}})])
def test_what_no_engine_wrote_is_refused(entry: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        row_of(entry, (1, 0), 0)


def test_row_as_json_has_every_column() -> None:
    said = orjson.loads(an_event("page_dwell", {"ms": 5}, page=CART).as_json())
    assert tuple(said) == tuple(name for name, _, _ in COLUMNS)
    assert (said["data"], said["page"]) == ({"ms": 5}, CART)


def test_row_as_json_may_lack_a_page() -> None:
    assert orjson.loads(an_event().as_json())["page"] is None


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        ("chat_message", {"fire": "f_1", "text": "Größe 42?"}, {"fire": "f_1", "text": "xxxxx xx?"}),
        ("chat_message", {"text": "還有嗎"}, {"text": "xxx"}),
        ("popup_submit", {"fire": "f_1", "fields": {"email": "jo@shop.example", "consent": True, "score": 9}},
         {"fire": "f_1", "fields": {"email": "xx@xxxx.xxxxxxx", "consent": True, "score": 9}}),
        ("popup_submit", {"fire": "f_1", "fields": {"step": "start", "choice": "1"}},
         {"fire": "f_1", "fields": {"step": "start", "choice": "1"}}),
        ("popup_submit", {"fire": "f_1"}, {"fire": "f_1"}),
        ("search", {"search_term": "shoes"}, {"search_term": "shoes"}),
    ],
)  # fmt: skip
def test_what_a_shopper_wrote_is_masked(name: str, said: dict[str, Any], kept: dict[str, Any]) -> None:
    assert masked(name, said) == kept
    read_data(1, name, kept, None, None)


@pytest.mark.parametrize(
    "page",
    [
        CART,
        {"kind": "home", "url": "https://shop.example/?a=1", "title": "Home"},
        {"kind": "product", "url": "/p", "category": "shoes",
         "product": {"id": "p1", "name": "Shoe", "price": 12.5, "currency": "TWD", "category": "x", "stock": 0}},
        {"kind": "product", "url": "/p", "product": {"id": "p1"}},
    ],
)  # fmt: skip
def test_page_that_is_written_is_read_again_as_the_same(page: dict[str, Any]) -> None:
    read = read_page(page, "page")
    assert read_page(page_json(read), "page") == read


def test_no_page_stays_none() -> None:
    assert page_json(None) is None
