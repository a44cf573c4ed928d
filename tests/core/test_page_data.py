"""What a page view may say of its page and its product, and the sentence for what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.event_data import BadEvent, path_of, read_data, read_page
from engine.core.events import PAGE_KINDS, Page, Product

A_PAGE = {"url": "/p/cup", "kind": "product"}
KINDS = ", ".join(PAGE_KINDS)
NOT_AN_OBJECT: list[tuple[Any, str]] = [
    ("cup", "'cup'"), (7, "7"), (True, "true"), (["cup"], "a list"), ("x" * 60, f"'{'x' * 40}'")
]  # fmt: skip
NO_IDS: list[tuple[Any, str]] = [(None, "none"), ("", "''"), (True, "true"), (1.5, "1.5"), ([], "a list")]


def a_page(**more: Any) -> Page:
    return read_page(A_PAGE | more, "page")


@pytest.mark.parametrize("kind", PAGE_KINDS)
def test_page_has_one_of_the_kinds(kind: str) -> None:
    event = read_data(1, "page_view", {"url": "/a", "kind": kind}, None, None)
    assert event.shown == Page(kind, "/a", "/a")


def test_page_is_read_with_its_product() -> None:
    product = {
        "id": "cup", "name": "Cup", "price": 620, "currency": "twd", "category": "Kitchen", "stock": 3,
        "image": "https://shop.example/cup.jpg", "availability": "InStock", "url": "/p/cup",
    }  # fmt: skip
    page = a_page(title="Cup", category="Gifts", product=product)
    assert page == Page(
        "product", "/p/cup", "/p/cup", "Cup", Product("cup", "Cup", 620, "TWD", "Kitchen", 3), category="Gifts"
    )


@pytest.mark.parametrize(
    ("said", "product"),
    [
        ({"id": "cup"}, Product("cup")),
        ({"id": 4711}, Product("4711")),
        ({"id": "c" * 256}, Product("c" * 256)),
        ({"id": "cup", "name": 7, "category": None, "price": None, "currency": "", "stock": None}, Product("cup", "7")),
        ({"id": "cup", "stock": 0, "price": 0}, Product("cup", price=0, stock=0)),
    ],
)
def test_product_needs_no_more_than_its_id(said: dict[str, Any], product: Product) -> None:
    assert a_page(product=said).product == product


def test_page_without_a_product_says_null_or_nothing() -> None:
    assert a_page(product=None) == a_page() == Page("product", "/p/cup", "/p/cup")


@pytest.mark.parametrize(
    ("page", "category"),
    [
        (a_page(category="Gifts", product={"id": "cup", "category": "Kitchen"}), "Gifts"),
        (a_page(product={"id": "cup", "category": "Kitchen"}), "Kitchen"),
        (a_page(product={"id": "cup"}), ""),
        (a_page(), ""),
    ],
)
def test_category_of_a_page_is_its_own_else_that_of_its_product(page: Page, category: str) -> None:
    assert page.category_id == category


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/p/cup", "/p/cup"),
        ("/p/cup?from=ad#reviews", "/p/cup"),
        ("/p/cup#reviews?no-query", "/p/cup"),
        ("https://shop.example/p/cup?x=1", "/p/cup"),
        ("https://shop.example:8080/p/cup", "/p/cup"),
        ("https://shop.example", "/"),
        ("https://shop.example?x=1", "/"),
        ("app+shop://screen/p/cup", "/p/cup"),
        ("//shop.example/p", "//shop.example/p"),
        ("/redirect?to=https://shop.example/p", "/redirect"),
        ("?page=cup", "/"),
        ("", "/"),
    ],
)
def test_path_is_the_url_without_host_query_and_fragment(url: str, path: str) -> None:
    assert path_of(url) == path
    assert read_page({"url": url, "kind": "other"}, "page") == Page("other", url, path)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, f"page_view.kind is none, expected one of {KINDS}"),
        ({"kind": "basket"}, f"page_view.kind is 'basket', expected one of {KINDS}"),
        ({"kind": ["cart"]}, f"page_view.kind is a list, expected one of {KINDS}"),
        ({"kind": "cart"}, "page_view.url is none, expected a text"),
        ({"kind": "cart", "url": 7}, "page_view.url is 7, expected a text"),
        ({"kind": "cart", "url": "/" * 2049}, "page_view.url with 2049 characters exceeds limit of 2048"),
        ({"kind": "cart", "url": "/\0"}, "page_view.url holds a NUL character"),
        ({**A_PAGE, "title": "x" * 1025}, "page_view.title with 1025 characters exceeds limit of 1024"),
        ({**A_PAGE, "title": ["Cup"]}, "page_view.title is a list, expected a text"),
        ({**A_PAGE, "category": {}}, "page_view.category is an object, expected a text"),
        ({**A_PAGE, "category": True}, "page_view.category is true, expected a text"),
        *(
            ({**A_PAGE, "product": it}, f"page_view.product is {said}, expected an object")
            for it, said in NOT_AN_OBJECT
        ),
        *(
            ({**A_PAGE, "product": {"id": it}}, f"page_view.product.id is {said}, expected a text")
            for it, said in NO_IDS
        ),
        ({**A_PAGE, "product": {"id": "x" * 257}}, "page_view.product.id with 257 characters exceeds limit of 256"),
        ({**A_PAGE, "product": {"id": "\0"}}, "page_view.product.id holds a NUL character"),
        ({**A_PAGE, "product": {"id": "a", "name": "\0"}}, "page_view.product.name holds a NUL character"),
        ({**A_PAGE, "product": {"id": "a", "price": "620"}}, "page_view.product.price is '620', expected a number"),
        ({**A_PAGE, "product": {"id": "a", "price": -1}}, "page_view.product.price is -1, expected 0 to 1e+15"),
        ({**A_PAGE, "product": {"id": "a", "stock": 1e16}}, "page_view.product.stock is 1e+16, expected 0 to 1e+15"),
        (
            {**A_PAGE, "product": {"id": "a", "currency": "NT$"}},
            "page_view.product.currency is 'NT$', expected an ISO 4217 code such as TWD",
        ),
    ],
)
def test_page_that_says_something_odd_is_refused(data: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadEvent) as refused:
        read_data(1, "page_view", data, None, None)
    assert str(refused.value) == sentence
