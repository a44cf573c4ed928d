"""What each event may say, value by value: sound ones are taken as they came, others refused with a sentence."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest

from engine.core.event_data import BadEvent, path_of, read_data, read_page, text
from engine.core.events import Cart, Event, Page, Product

PAGE = {"url": "/p/mug", "kind": "product"}


def read(name: str, **data: Any) -> Event:
    return read_data(1, name, data, None, None)


def refusal_of(name: str, **data: Any) -> str:
    with pytest.raises(BadEvent) as refused:
        read(name, **data)
    return str(refused.value)


def test_page_is_read_with_its_product() -> None:
    product = {"id": "mug", "name": "Mug", "price": 620, "currency": "twd", "category": "Kitchen", "stock": 3}
    event = read("page_view", **PAGE, title="A mug", category="Kitchenware", product=product)
    assert event.shown == Page(
        "product", "/p/mug", "/p/mug", "A mug", Product("mug", "Mug", 620, "TWD", "Kitchen", 3), "Kitchenware"
    )


def test_what_a_page_leaves_out_is_empty() -> None:
    assert read("page_view", **PAGE).shown == Page("product", "/p/mug", "/p/mug")
    assert read("page_view", **PAGE, product={"id": 7}).shown == Page(
        "product", "/p/mug", "/p/mug", product=Product("7")
    )
    assert read("page_view", **PAGE, title=None, category=None, product=None).shown == Page(
        "product", "/p/mug", "/p/mug"
    )


def test_number_for_a_text_is_taken_as_its_digits() -> None:
    shown = read("page_view", **PAGE, title=404, product={"id": "a", "name": 1.5}).shown
    assert shown is not None
    assert shown.product is not None
    assert (shown.title, shown.product.name) == ("404", "1.5")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/cart", "/cart"),
        ("/cart?x=1#top", "/cart"),
        ("/cart#a?b", "/cart"),
        ("https://shop.test", "/"),
        ("https://shop.test/p/1?x=/y", "/p/1"),
        ("https://shop.test?x", "/"),
        ("HTTP://user:pw@shop.test:8080/a#b", "/a"),
        ("?x=1", "/"),
        ("", "/"),
        ("p/1", "p/1"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("//shop.test/x", "//shop.test/x"),
    ],
)
def test_path_is_the_url_without_host_query_and_fragment(url: str, path: str) -> None:
    assert path_of(url) == path


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"url": 5}, "page_view.url is 5, expected a text"),
        ({"url": "/" + "x" * 2_048}, "page_view.url with 2049 characters exceeds limit of 2048"),
        ({"kind": None}, "page_view.kind is none, expected one of home, category, product, cart, checkout, thanks, "
                         "search, other"),
        ({"title": True}, "page_view.title is true, expected a text"),
        ({"title": ["x"]}, "page_view.title is a list, expected a text"),
        ({"category": "x" * 1_025}, "page_view.category with 1025 characters exceeds limit of 1024"),
        ({"product": []}, "page_view.product is a list, expected an object"),
        ({"product": {"id": ""}}, "page_view.product.id is '', expected a text"),
        ({"product": {"id": True}}, "page_view.product.id is true, expected a text"),
        ({"product": {"id": "x" * 257}}, "page_view.product.id exceeds limit of 256 characters"),
        ({"product": {"id": "a\0"}}, "page_view.product.id exceeds limit of 256 characters"),
        ({"product": {"id": "a", "price": -1}}, "page_view.product.price is -1, expected 0 to 1e+15"),
        ({"product": {"id": "a", "price": nan}}, "page_view.product.price is nan, expected a number"),
        ({"product": {"id": "a", "stock": inf}}, "page_view.product.stock is inf, expected a number"),
        ({"product": {"id": "a", "currency": "TW"}},
         "page_view.product.currency is 'TW', expected an ISO 4217 code such as TWD"),
        ({"product": {"id": "a", "currency": "ＴＷＤ"}},
         "page_view.product.currency is 'ＴＷＤ', expected an ISO 4217 code such as TWD"),
    ],
)  # fmt: skip
def test_odd_page_is_refused(data: dict[str, Any], sentence: str) -> None:
    assert refusal_of("page_view", **{**PAGE, **data}) == sentence


def test_page_that_is_no_object_is_refused() -> None:
    with pytest.raises(BadEvent, match="page is 5, expected an object"):
        read_page(5, "page")


@pytest.mark.parametrize("name", ["page_dwell", "idle"])
@pytest.mark.parametrize(("said", "ms"), [(0, 0), (10_001, 10_001), (1.5, 2), (2.4, 2), (86_400_000, 86_400_000)])
def test_durations_are_whole_ms(name: str, said: float, ms: int) -> None:
    assert read(name, ms=said).ms == ms


@pytest.mark.parametrize("ms", [-1, 86_400_001, 1e9, -0.5])
def test_durations_have_bounds(ms: float) -> None:
    assert refusal_of("page_dwell", ms=ms) == f"page_dwell.ms is {ms:g}, expected 0 to 8.64e+07"


def test_scroll_is_a_percentage() -> None:
    assert read("scroll", percent=50.5).percent == 50.5
    assert refusal_of("scroll", percent=100.1) == "scroll.percent is 100.1, expected 0 to 100"
    assert refusal_of("scroll") == "scroll.percent is none, expected a number"


def test_cart_that_says_its_value_is_worth_that() -> None:
    items = [{"item_id": "a", "price": 10, "quantity": 2}, {"item_id": "b"}]
    assert read("cart", items=items, value=99, currency="TWD").cart == Cart(99, "TWD", 3, 2)


def test_cart_that_says_no_value_is_worth_its_items() -> None:
    items = [{"price": 0.1, "quantity": 3}, {"price": 5}, {"quantity": 0.5, "price": None}]
    assert read("cart", items=items).cart == Cart(5.3, "", 4.5, 3)
    assert read("cart").cart == Cart(0, "", 0, 0)
    assert read("cart", items=None, value=None).cart == Cart(0, "", 0, 0)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"items": [{}] * 201}, "cart.items with 201 items exceeds limit of 200"),
        ({"items": [{f"k{n}": 1 for n in range(41)}]}, "cart.items[0] with 41 keys exceeds limit of 40"),
        ({"items": [{"a": {}}]}, "cart.items[0].a is an object, expected a text, a number or a boolean"),
        ({"items": [{"item_id": "x" * 257}]}, "cart.items[0].item_id with 257 characters exceeds limit of 256"),
        ({"items": [{}, {"quantity": -1}]}, "cart.items[1].quantity is -1, expected 0 to 1e+15"),
        ({"items": [{"quantity": "2"}]}, "cart.items[0].quantity is '2', expected a number"),
        ({"items": [{"price": 1e16}]}, "cart.items[0].price is 1e+16, expected -1e+15 to 1e+15"),
        ({"value": -1}, "cart.value is -1, expected 0 to 1e+15"),
    ],
)
def test_odd_cart_is_refused(data: dict[str, Any], sentence: str) -> None:
    assert refusal_of("cart", **data) == sentence


@pytest.mark.parametrize("name", ["purchase", "add_to_cart", "view_item_list", "search"])
def test_events_of_ga4_keep_their_shapes(name: str) -> None:
    data = {
        "items": [{"item_id": "a", "price": 5, "quantity": 1, "item_category2": "x"}], "value": 5, "currency": "TWD",
        "transaction_id": "A1", "coupon": None, "search_term": "mug", "new_customer": True,
    }  # fmt: skip
    assert read(name, **data).data == data


def test_events_of_ga4_are_checked() -> None:
    assert refusal_of("purchase", value=True) == "purchase.value is true, expected a number"
    assert refusal_of("purchase", items="a") == "purchase.items is 'a', expected a list"
    assert refusal_of("purchase", currency=1) == "purchase.currency is '1', expected an ISO 4217 code such as TWD"
    assert refusal_of("purchase", a=[]) == "purchase.a is a list, expected a text, a number or a boolean"


@pytest.mark.parametrize("name", ["popup_view", "popup_click", "popup_close", "popup_copy", "popup_submit"])
def test_popup_events_name_their_firing(name: str) -> None:
    assert read(name, fire="f_1").data["fire"] == "f_1"
    assert refusal_of(name) == f"{name}.fire is none, expected a text"
    assert refusal_of(name, fire="x" * 65) == f"{name}.fire with 65 characters exceeds limit of 64"


def test_fields_of_a_form_are_flat_and_may_be_long() -> None:
    assert read(
        "popup_submit", fire="f_1", fields={"email": "a@b.c", "text": "x" * 1_024, "ok": True, "n": 1, "no": None}
    )
    long = {"text": "x" * 1_025}
    assert refusal_of("popup_submit", fire="f_1", fields=long) == (
        "popup_submit.fields.text with 1025 characters exceeds limit of 1024"
    )
    assert refusal_of("popup_submit", fire="f_1", fields="x") == "popup_submit.fields is 'x', expected an object"


def test_chat_message_has_a_text_and_may_name_its_firing() -> None:
    assert read("chat_message", text="Hello").data == {"text": "Hello"}
    assert refusal_of("chat_message", text=5) == "chat_message.text is 5, expected a text"
    assert refusal_of("chat_message", text="x", fire=[]) == "chat_message.fire is a list, expected a text"


def test_consent_is_given_refused_or_unknown() -> None:
    for word in ("granted", "denied", "unknown", None):
        assert read("consent", analytics=word)
    assert refusal_of("consent", analytics=True) == (
        "consent.analytics is true, expected one of granted, denied, unknown"
    )


@pytest.mark.parametrize("name", ["exit_intent", "tab_return", "copy", "wake"])
def test_moments_need_no_data(name: str) -> None:
    assert read(name).name == name


def test_merchants_own_events_are_flat() -> None:
    data = {"size": "M", "count": 3, "gift": True, "note": None, "ratio": -0.5, "a-b_C9": "x" * 256}
    assert read("size_chosen", **data).data == data


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({f"k{n}": 1 for n in range(26)}, "my_event with 26 keys exceeds limit of 25"),
        ({"1a": 1}, "my_event has the key '1a', expected letters, digits and _"),
        ({"": 1}, "my_event has the key '', expected letters, digits and _"),
        ({"a" * 65: 1}, f"my_event has the key '{'a' * 40}', expected letters, digits and _"),
        ({"a": "\0"}, "my_event.a holds a NUL character"),
        ({"a": 1e16}, "my_event.a is 1e+16, expected -1e+15 to 1e+15"),
        ({"a": nan}, "my_event.a is nan, expected a number"),
        ({"a": (1,)}, "my_event.a is (1,), expected a text, a number or a boolean"),
    ],
)
def test_odd_data_of_a_merchants_event_is_refused(data: dict[str, Any], sentence: str) -> None:
    assert refusal_of("my_event", **data) == sentence


@pytest.mark.parametrize("name", ["", "A", "1a", "a-b", "a" * 41, "é"])
def test_odd_name_is_refused(name: str) -> None:
    assert refusal_of(name) == f"name is '{name[:40]}', expected [a-z][a-z0-9_]{{0,39}}"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("x" * 50, f"'{'x' * 40}'"),
        ({}, "an object"),
        ([], "a list"),
        (None, "none"),
        (True, "true"),
        (10**50, "1" + "0" * 39),
    ],
)
def test_culprit_is_quoted_briefly(value: Any, said: str) -> None:
    assert text(value) == said
