"""What an event adds to which counters, and how the page that later events belong to is written down."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.counters import (
    Counter,
    category_views,
    deltas,
    page_record,
    path_views,
    product_views,
    read_page_record,
    same_page,
    short,
)
from engine.core.event_data import read_data
from engine.core.events import NOWHERE, PAGE_KINDS, Event, Page, Product

CART = Page("cart", "/cart", "/cart")
MUG = Page("product", "/p/mug", "/p/mug", product=Product("mug", category="kitchen"))
LONG = "x" * 65


def an_event(name: str, doc: str | None = None, **data: Any) -> Event:
    return read_data(7, name, data, doc, None)


def changes(event: Event, page: Page = CART) -> list[tuple[Any, ...]]:
    ops = deltas(event, page)
    return list(zip(ops[::3], ops[1::3], ops[2::3], strict=True))


def test_page_view_counts_page_path_kind_product_and_category() -> None:
    event = an_event("page_view", url="/p/mug", kind="product", product={"id": "mug", "category": "kitchen"})
    assert event.shown is not None
    assert changes(event, event.shown) == [
        ("page", page_record(7, event.shown), "-"),
        ("+", "views", 1),
        ("+", "views:product", 1),
        ("+", "p:/p/mug", 1),
        ("1", "i:mug", "products"),
        ("+", "c:kitchen", 1),
    ]


def test_dwell_counts_for_the_session_the_kind_and_what_is_shown() -> None:
    event = an_event("page_dwell", ms=500)
    assert changes(event, MUG) == [
        ("+", "dwell", 500),
        ("+", "dwell:product", 500),
        ("dwell", 500, "-"),
        ("+", "I:mug", 500),
        ("+", "C:kitchen", 500),
    ]
    assert changes(event, CART) == [("+", "dwell", 500), ("+", "dwell:cart", 500), ("dwell", 500, "-")]


def test_dwell_of_an_earlier_document_is_none_of_this_page_view() -> None:
    assert changes(an_event("page_dwell", "docold", ms=500)) == [("+", "dwell", 500), ("+", "dwell:cart", 500)]


def test_cart_is_set_as_it_is_now() -> None:
    event = an_event("cart", value=620, items=[{"quantity": 2}])
    assert changes(event) == [("+", "e:cart", 1), ("=", "cart:v", 620), ("=", "cart:q", 2), ("=", "cart:l", 1)]


def test_scroll_and_any_other_event_are_counted_by_name() -> None:
    assert changes(an_event("scroll", percent=50)) == [("+", "e:scroll", 1), ("scroll", 50, "-")]
    assert changes(an_event("size_chosen")) == [("+", "e:size_chosen", 1)]


def test_purchase_counts_once_for_its_transaction() -> None:
    assert changes(an_event("purchase", transaction_id="A1", value=99.5)) == [
        ("once", "A1", "-"),
        ("order", 99.5, "-"),
        ("+", "e:purchase", 1),
    ]
    assert changes(an_event("purchase", transaction_id=4711)) == [
        ("once", "4711", "-"), ("order", 0, "-"), ("+", "e:purchase", 1)
    ]  # fmt: skip
    assert changes(an_event("purchase", value=None)) == [("order", 0, "-"), ("+", "e:purchase", 1)]


def test_long_names_are_shortened_and_stay_apart() -> None:
    assert short("x" * 64) == "x" * 64
    assert short(LONG) != short(LONG + "x")
    assert len(short(LONG)) == 25
    assert path_views(Page("home", LONG, LONG)) == "p:" + short(LONG)


def test_counters_of_what_a_page_lacks_have_no_name() -> None:
    assert product_views(CART) is category_views(CART) is None
    assert category_views(MUG) == "c:kitchen"
    assert category_views(Page("product", "/", "/", product=Product("mug", category="a"), category="b")) == "c:b"
    assert Counter("session", "views").name_on(CART) == "views"
    assert Counter("session", product_views).name_on(MUG) == "i:mug"


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=80)
PAGES = st.builds(
    lambda kind, path, product, category: Page(
        kind, path, path, "a title", Product(product, price=5) if product else None, category
    ),
    st.sampled_from(PAGE_KINDS),
    TEXTS,
    TEXTS,
    TEXTS,
)


@given(seq=st.integers(1, 2**53), page=PAGES)
def test_record_of_a_page_is_read_back(seq: int, page: Page) -> None:
    record = page_record(seq, page)
    read_seq, read_page = read_page_record(record)
    assert read_seq == seq
    assert read_page.kind == page.kind
    assert same_page(record, page)
    assert same_page(page_record(seq + 1, read_page), page)


@given(one=PAGES, other=PAGES)
def test_records_of_pages_that_count_differently_differ(one: Page, other: Page) -> None:
    counted = [(page.kind, path_views(page), product_views(page), category_views(page)) for page in (one, other)]
    if "\x1f" not in str(counted):
        assert same_page(page_record(1, one), other) is (counted[0] == counted[1])


def test_record_with_separators_in_its_texts_is_read_back() -> None:
    page = Page("product", "/\x1f", "/\x1f", product=Product("a\x1fb"), category="\x1f")
    assert read_page_record(page_record(3, page)) == (
        3,
        Page("product", "/ ", "/ ", product=Product("a b"), category=" "),
    )


@pytest.mark.parametrize("page", [NOWHERE, CART, MUG])
def test_page_that_is_read_back_counts_as_it_did(page: Page) -> None:
    _, back = read_page_record(page_record(1, page))
    assert (path_views(back), product_views(back), category_views(back)) == (
        path_views(page), product_views(page), category_views(page)
    )  # fmt: skip
