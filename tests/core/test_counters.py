"""What each event adds to the counters, and how they are called."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.counters import (
    DOCUMENT,
    SESSION,
    Counter,
    Op,
    category_dwell,
    category_views,
    deltas,
    event_count,
    page_record,
    path_views,
    product_dwell,
    product_views,
    read_page_record,
    same_page,
    short,
)
from engine.core.event_data import read_data
from engine.core.events import NOWHERE, PAGE_KINDS, Event, Page, Product

CUP = Page("product", "/p/cup?from=ad", "/p/cup", "Cup", Product("cup", "Cup", 620, "TWD", "Kitchen"))
SALE = Page("category", "/c/sale", "/c/sale", category="Sale")
SIXTY_FIVE = "x" * 65


def an_event(name: str, doc: str | None = None, **data: Any) -> Event:
    return read_data(7, name, data, doc, None)


def ops(*triples: tuple[Op, Op, Op]) -> list[Op]:
    return [each for triple in triples for each in triple]


@pytest.mark.parametrize(
    ("page", "counted"),
    [
        (CUP, [("1", "i:cup", "products"), ("+", "c:Kitchen", 1)]),
        (SALE, [("+", "c:Sale", 1)]),
        (Page("product", "/x", "/x", product=Product("cup")), [("1", "i:cup", "products")]),
        (Page("home", "/", "/"), []),
    ],
)
def test_page_view_begins_a_page_and_counts_all_that_it_shows(page: Page, counted: list[tuple[Op, Op, Op]]) -> None:
    begun = ("page", page_record(7, page), "-")
    views = [("+", "views", 1), ("+", "views:" + page.kind, 1), ("+", "p:" + page.path, 1)]
    event = Event(7, "page_view", shown=page)
    assert deltas(event, page) == ops(begun, *views, *counted)


@pytest.mark.parametrize(
    ("page", "counted"),
    [
        (CUP, [("+", "I:cup", 4200), ("+", "C:Kitchen", 4200)]),
        (SALE, [("+", "C:Sale", 4200)]),
        (Page("product", "/x", "/x", product=Product("cup")), [("+", "I:cup", 4200)]),
        (NOWHERE, []),
    ],
)
def test_dwell_counts_for_session_kind_product_and_category(page: Page, counted: list[tuple[Op, Op, Op]]) -> None:
    session = [("+", "dwell", 4200), ("+", "dwell:" + page.kind, 4200)]
    assert deltas(an_event("page_dwell", ms=4200), page) == ops(*session, ("dwell", 4200, "-"), *counted)


def test_dwell_of_an_earlier_document_is_none_of_the_page_shown_now() -> None:
    counted = deltas(an_event("page_dwell", "a81kq0", ms=4200), SALE)
    assert counted == ops(("+", "dwell", 4200), ("+", "dwell:category", 4200), ("+", "C:Sale", 4200))


@pytest.mark.parametrize(
    ("event", "counted"),
    [
        (an_event("login"), [("+", "e:login", 1)]),
        (an_event("exit_intent"), [("+", "e:exit_intent", 1)]),
        (an_event("my_event", size="M"), [("+", "e:my_event", 1)]),
        (an_event("idle", ms=60_000), [("+", "e:idle", 1)]),
        (an_event("scroll", percent=60), [("+", "e:scroll", 1), ("scroll", 60, "-")]),
        (
            an_event("cart", items=[{"price": 620, "quantity": 2}, {"price": 10}], currency="TWD"),
            [("+", "e:cart", 1), ("=", "cart:v", 1250), ("=", "cart:q", 3), ("=", "cart:l", 2)],
        ),
        (
            an_event("purchase", transaction_id="A-1", value=1250),
            [("once", "A-1", "-"), ("order", 1250, "-"), ("+", "e:purchase", 1)],
        ),
        (
            an_event("purchase", transaction_id=4711, value=0.5),
            [("once", "4711", "-"), ("order", 0.5, "-"), ("+", "e:purchase", 1)],
        ),
        (
            an_event("purchase", transaction_id=SIXTY_FIVE),
            [("once", short(SIXTY_FIVE), "-"), ("order", 0, "-"), ("+", "e:purchase", 1)],
        ),
        (an_event("purchase", value=7), [("order", 7, "-"), ("+", "e:purchase", 1)]),
        (an_event("purchase", transaction_id=""), [("order", 0, "-"), ("+", "e:purchase", 1)]),
    ],
)
def test_event_counts_itself_and_what_it_says(event: Event, counted: list[tuple[Op, Op, Op]]) -> None:
    assert deltas(event, CUP) == ops(*counted)


def test_views_are_counted_under_a_name_of_their_own() -> None:
    assert (event_count("page_view"), event_count("login")) == ("views", "e:login")


@pytest.mark.parametrize(
    ("text", "name"),
    [("/p/cup", "/p/cup"), ("", ""), ("x" * 64, "x" * 64), (SIXTY_FIVE, "~91becc8bb1a9a128aab2f3b4")],
)
def test_text_of_more_than_sixty_four_characters_becomes_a_digest(text: str, name: str) -> None:
    assert short(text) == name


@pytest.mark.parametrize(
    ("names", "on_cup", "on_home"),
    [
        (path_views, "p:/p/cup", "p:"),
        (product_views, "i:cup", None),
        (product_dwell, "I:cup", None),
        (category_views, "c:Kitchen", None),
        (category_dwell, "C:Kitchen", None),
    ],
)
def test_counter_of_a_page_is_named_by_what_it_shows(names: Any, on_cup: str, on_home: str | None) -> None:
    counter = Counter(SESSION, names)
    assert (counter.name_on(CUP), counter.name_on(NOWHERE)) == (on_cup, on_home)


def test_other_counters_are_named_alike_on_every_page() -> None:
    assert Counter(DOCUMENT, "d").name_on(CUP) == Counter(DOCUMENT, "d").name_on(NOWHERE) == "d"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
PAGES = st.builds(
    Page,
    kind=st.sampled_from(PAGE_KINDS),
    url=TEXTS,
    path=TEXTS,
    title=TEXTS,
    product=st.none() | st.builds(Product, id=TEXTS.filter(bool), category=TEXTS),
    category=TEXTS,
)


@given(st.integers(1, 2**53), PAGES)
def test_page_record_read_back_counts_under_the_same_names(seq: int, page: Page) -> None:
    page = page._replace(path=page.path.replace("\x1f", ""), category=page.category_id.replace("\x1f", ""))
    if page.product is not None:
        page = page._replace(product=Product(page.product.id.replace("\x1f", "") or "p"))
    again_seq, again = read_page_record(page_record(seq, page))
    assert again_seq == seq
    for event in (an_event("page_dwell", ms=5), an_event("login")):
        assert deltas(event, again) == deltas(event, page)
    assert path_views(again) == path_views(page)


def test_page_record_is_read_back_and_known_again_at_a_later_view() -> None:
    record = page_record(7, CUP)
    seq, again = read_page_record(record)
    assert (seq, again.kind, again.path, again.category_id) == (7, "product", "/p/cup", "Kitchen")
    assert again.product == Product("cup")
    assert same_page(record, CUP)
    assert not same_page(record, SALE)


@given(st.integers(1, 99), PAGES)
def test_record_tells_its_page_whatever_the_view_and_the_text(seq: int, page: Page) -> None:
    record = page_record(seq, page)
    assert read_page_record(record)[0] == seq
    assert same_page(record, page)
    assert same_page(page_record(seq + 1, page), page._replace(title="another"))
    assert not same_page(record, page._replace(kind="home" if page.kind == "cart" else "cart"))
    assert not same_page(record, page._replace(path=page.path + "/more"))
