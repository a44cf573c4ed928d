"""Addresses that the site says a kind of: which they are, and what becomes of a page there."""

import pytest

from engine.core.event_data import read_data
from engine.core.events import Event, Page, Product
from engine.core.page_kinds import PageKinds
from tests.core.reading import problems, read_site

KORB = PageKinds((("/korb", "cart"),))
MUG = Product("mug", "Ash mug")


def page(url: str, kind: str = "other") -> Page:
    """Return a page with a product."""
    return Page(kind, url, url, product=MUG)


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("/korb", "/korb"),
        ("/korb", "/Korb/"),
        ("/korb/", "/korb?utm_source=ig"),
        ("/korb", "https://shop.example/korb"),
        ("/#/korb", "/#/korb"),
        ("/カート", "/%E3%82%AB%E3%83%BC%E3%83%88"),
        ("/till/*", "/till/pay/now"),
        ("*/cart", "/de/shop/cart"),
        ("/", "/"),
    ],
)
def test_address_that_fits_is_of_the_kind(pattern: str, url: str) -> None:
    assert PageKinds(((pattern, "cart"),)).of(page(url)).kind == "cart"


@pytest.mark.parametrize(
    ("pattern", "url"), [("/korb", "/korbwaren"), ("/korb", "/de/korb"), ("/k.rb", "/korb"), ("/till/*", "/till")]
)
def test_address_that_does_not_fit_stays_what_it_is(pattern: str, url: str) -> None:
    said = page(url)
    assert PageKinds(((pattern, "cart"),)).of(said) is said


def test_first_pattern_that_fits_decides() -> None:
    kinds = read_site("pages: {thanks: /till/done, checkout: [/till/*, /pay]}").pages
    assert [kinds.of(page(url)).kind for url in ("/till/done", "/till/x", "/pay", "/x")] == [
        "thanks", "checkout", "checkout", "other",
    ]  # fmt: skip


def test_only_a_product_page_shows_a_product() -> None:
    kinds = PageKinds((("/korb", "cart"), ("/p/*", "product")))
    assert (kinds.of(page("/korb")).product, kinds.of(page("/p/mug")).product) == (None, MUG)


def test_page_that_is_of_that_kind_anyway_is_left_alone() -> None:
    said = page("/korb", "cart")
    assert KORB.of(said) is said


def test_event_says_its_pages_as_the_site_has_them() -> None:
    shown = read_data(1, "page_view", {"url": "/korb", "kind": "other"}, None, None)
    left = Event(2, "page_dwell", doc="docaaa", page=page("/korb"))
    assert KORB.said(shown).shown == Page("cart", "/korb", "/korb")
    carried = KORB.said(left).page
    assert carried is not None
    assert (carried.kind, carried.product, KORB.said(left).shown) == ("cart", None, None)


def test_event_without_a_page_or_a_site_without_words_is_not_touched() -> None:
    dwell = Event(1, "page_dwell", ms=5)
    view = Event(2, "page_view", shown=page("/korb"))
    assert KORB.said(dwell) is dwell
    assert PageKinds().said(view) is view
    assert PageKinds().of(view.shown or page("/")) is view.shown


def test_site_says_one_path_or_several() -> None:
    assert read_site("pages: {cart: /korb, checkout: [/till/*, /pay]}").pages == PageKinds(
        (("/korb", "cart"), ("/till/*", "checkout"), ("/pay", "checkout"))
    )


@pytest.mark.parametrize("wrong", ["pages: {cart: korb}", "pages: {cart: {de: /korb}}", "pages: {cart: ''}"])
def test_path_that_is_none_is_left_out(wrong: str) -> None:
    assert len(problems("", wrong)) == 1
