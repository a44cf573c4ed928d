"""What each event of the protocol may say, and the sentence for what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.event_data import GA4_EVENTS, READERS, BadEvent, read_data, reader_of
from engine.core.events import ARMED_ONLY, NOWHERE, POPUP_EVENTS, Cart, Event

A_PAGE = {"url": "/p/cup", "kind": "product"}
NOT_AN_OBJECT: list[tuple[Any, str]] = [
    ("cup", "'cup'"), (7, "7"), (True, "true"), (["cup"], "a list"), ("x" * 60, f"'{'x' * 40}'")
]  # fmt: skip
NOT_A_NUMBER: list[tuple[Any, str]] = [
    (None, "none"), ("10", "'10'"), (True, "true"), ([], "a list"), ({}, "an object"), (float("nan"), "nan"),
    (float("inf"), "inf"),
]  # fmt: skip


def an_event(name: str, **data: Any) -> Event:
    return read_data(7, name, data, None, None)


def a_cart(**data: Any) -> Cart:
    cart = an_event("cart", **data).cart
    assert cart is not None
    return cart


def refusal(name: str, **data: Any) -> str:
    with pytest.raises(BadEvent) as refused:
        an_event(name, **data)
    return str(refused.value)


# every event


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page_view", A_PAGE),
        ("page_dwell", {"ms": 4200}),
        ("scroll", {"percent": 50}),
        ("exit_intent", {}),
        ("tab_return", {}),
        ("copy", {}),
        ("idle", {"ms": 60_000}),
        ("wake", {}),
        ("cart", {"items": [], "value": 0, "currency": "TWD"}),
        *((name, {"items": [{"item_id": "cup"}], "value": 620, "currency": "TWD"}) for name in sorted(GA4_EVENTS)),
        *((name, {"fire": "f_1"}) for name in POPUP_EVENTS),
        ("popup_submit", {"fire": "f_1", "fields": {"email": "a@shop.example", "news": True}}),
        ("chat_message", {"text": "is it warm?"}),
        ("chat_message", {"text": "is it warm?", "fire": "f_1"}),
        ("consent", {"analytics": "granted", "marketing": "denied"}),
        ("consent", {"marketing": "unknown"}),
        ("size_guide_opened", {"size": "M", "step": 2, "helped": True, "note": None}),
    ],
)
def test_event_of_the_protocol_is_read_with_its_data_as_it_came(name: str, data: dict[str, Any]) -> None:
    event = reader_of(name)(7, data, "a81kq0", NOWHERE)
    assert (event.seq, event.name, event.data, event.doc, event.page) == (7, name, data, "a81kq0", NOWHERE)


def test_each_event_of_the_protocol_has_a_reader_of_its_own() -> None:
    named = {"page_view", "page_dwell", "cart", "chat_message", "consent", *ARMED_ONLY, *POPUP_EVENTS, *GA4_EVENTS}
    assert READERS.keys() == named


# measures


@pytest.mark.parametrize("name", ["page_dwell", "idle"])
@pytest.mark.parametrize(
    ("said", "ms"), [(0, 0), (4200, 4200), (86_400_000, 86_400_000), (0.4, 0), (10.6, 11), (-0.0, 0)]
)
def test_time_is_read_in_whole_ms(name: str, said: float, ms: int) -> None:
    read = an_event(name, ms=said).ms
    assert (read, type(read)) == (ms, int)


@pytest.mark.parametrize("name", ["page_dwell", "idle"])
@pytest.mark.parametrize(
    ("ms", "wrong"),
    [
        (-1, "-1, expected 0 to 8.64e+07"),
        (-0.5, "-0.5, expected 0 to 8.64e+07"),
        (86_400_001, "8.64e+07, expected 0 to 8.64e+07"),
        (10**9, "1e+09, expected 0 to 8.64e+07"),
        (2**64, "1.84467e+19, expected 0 to 8.64e+07"),
        *((ms, f"{said}, expected a number") for ms, said in NOT_A_NUMBER),
    ],
)
def test_time_that_is_none_is_refused(name: str, ms: Any, wrong: str) -> None:
    assert refusal(name, ms=ms) == f"{name}.ms is {wrong}"


@pytest.mark.parametrize("percent", [0, 50, 99.5, 100])
def test_scroll_is_read_as_it_was_measured(percent: float) -> None:
    assert an_event("scroll", percent=percent).percent == percent


@pytest.mark.parametrize(
    ("percent", "wrong"),
    [(-1, "-1, expected 0 to 100"), (101, "101, expected 0 to 100"), (100.5, "100.5, expected 0 to 100")]
    + [(percent, f"{said}, expected a number") for percent, said in NOT_A_NUMBER],
)
def test_scroll_beyond_the_page_is_refused(percent: Any, wrong: str) -> None:
    assert refusal("scroll", percent=percent) == f"scroll.percent is {wrong}"


# carts and money


@pytest.mark.parametrize(
    ("data", "cart"),
    [
        ({}, Cart()),
        ({"items": None, "value": None, "currency": None}, Cart()),
        ({"items": [], "value": 0, "currency": "TWD"}, Cart(0, "TWD", 0, 0)),
        ({"items": [{"price": 620, "quantity": 2}, {"price": 10.1}], "currency": "twd"}, Cart(1250.1, "TWD", 3, 2)),
        ({"items": [{"price": 0.1}, {"price": 0.2}]}, Cart(0.3, "", 2, 2)),
        ({"items": [{"price": 620, "quantity": 2}], "value": 1200}, Cart(1200, "", 2, 1)),
        ({"items": [{"price": 620}], "value": 0}, Cart(0, "", 1, 1)),
        ({"items": [{"item_id": "cup"}, {"price": None, "quantity": None}]}, Cart(0, "", 2, 2)),
        ({"items": [{"price": 620, "quantity": 0}]}, Cart(0, "", 0, 1)),
    ],
)
def test_cart_is_worth_what_it_says_else_the_sum_of_its_items(data: dict[str, Any], cart: Cart) -> None:
    assert a_cart(**data) == cart


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"items": {}}, "items is an object, expected a list"),
        ({"items": "cup"}, "items is 'cup', expected a list"),
        ({"items": [{}, 1]}, "items[1] is 1, expected an object"),
        ({"items": [None]}, "items[0] is none, expected an object"),
        ({"items": [{}] * 201}, "items with 201 items exceeds limit of 200"),
        ({"items": [{f"k{n}": n for n in range(41)}]}, "items[0] with 41 keys exceeds limit of 40"),
        ({"items": [{"item_name": "x" * 257}]}, "items[0].item_name with 257 characters exceeds limit of 256"),
        ({"items": [{"item_name": "\0"}]}, "items[0].item_name holds a NUL character"),
        ({"items": [{"sizes": ["M"]}]}, "items[0].sizes is a list, expected a text, a number or a boolean"),
        ({"items": [{"a.b": 1}]}, "items[0] has the key 'a.b', expected [A-Za-z_][A-Za-z0-9_-]{0,63}"),
        ({"currency": "NT$"}, "currency is 'NT$', expected an ISO 4217 code such as TWD"),
        ({"currency": "元元元"}, "currency is '元元元', expected an ISO 4217 code such as TWD"),
        ({"currency": "EURO"}, "currency is 'EURO', expected an ISO 4217 code such as TWD"),
        ({"currency": 7}, "currency is '7', expected an ISO 4217 code such as TWD"),
        ({"value": "free"}, "value is 'free', expected a number"),
        ({"value": -1}, "value is -1, expected 0 to 1e+15"),
    ],
)
@pytest.mark.parametrize("name", ["cart", "purchase", "view_item"])
def test_odd_items_and_odd_money_are_refused(name: str, data: dict[str, Any], wrong: str) -> None:
    assert refusal(name, **data) == f"{name}.{wrong}"


@pytest.mark.parametrize(
    ("item", "wrong"),
    [
        ({"price": "620"}, "price is '620', expected a number"),
        ({"price": -1}, "price is -1, expected 0 to 1e+15"),
        ({"price": True}, "price is true, expected a number"),
        ({"quantity": "2"}, "quantity is '2', expected a number"),
        ({"quantity": -1}, "quantity is -1, expected 0 to 1e+15"),
    ],
)
def test_cart_is_not_counted_with_an_item_that_cannot_be_counted(item: dict[str, Any], wrong: str) -> None:
    assert refusal("cart", items=[{}, item]) == f"cart.items[1].{wrong}"


def test_items_and_their_keys_may_be_as_many_as_the_limits_say() -> None:
    items = [{"price": 1, **{f"k{n}": "x" * 256 for n in range(39)}}] * 200
    assert a_cart(items=items) == Cart(200, "", 200, 200)
    assert an_event("purchase", items=items).data["items"] == items


@pytest.mark.parametrize("name", sorted(GA4_EVENTS))
def test_event_of_ga4_has_up_to_forty_keys_beside_its_items(name: str) -> None:
    data = {f"k{n}": n for n in range(40)}
    assert an_event(name, **data, items=[]).data.keys() == {*data, "items"}
    assert refusal(name, **data, more=1) == f"{name} with 41 keys exceeds limit of 40"


# popups, chats, consent


@pytest.mark.parametrize("name", POPUP_EVENTS)
@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, ".fire is none, expected a text"),
        ({"fire": 7}, ".fire is 7, expected a text"),
        ({"fire": "f" * 65}, ".fire with 65 characters exceeds limit of 64"),
        ({"fire": "f_\0"}, ".fire holds a NUL character"),
        *(({"fire": "f_1", "fields": it}, f".fields is {said}, expected an object") for it, said in NOT_AN_OBJECT),
        ({"fire": "f_1", "fields": {f"k{n}": n for n in range(26)}}, ".fields with 26 keys exceeds limit of 25"),
        ({"fire": "f_1", "fields": {"a b": 1}}, ".fields has the key 'a b', expected [A-Za-z_][A-Za-z0-9_-]{0,63}"),
        ({"fire": "f_1", "fields": {"a": {}}}, ".fields.a is an object, expected a text, a number or a boolean"),
        ({"fire": "f_1", "fields": {"a": "x" * 1025}}, ".fields.a with 1025 characters exceeds limit of 1024"),
    ],
)
def test_popup_event_without_its_firing_or_with_odd_fields_is_refused(
    name: str, data: dict[str, Any], wrong: str
) -> None:
    assert refusal(name, **data) == name + wrong


def test_field_of_a_form_holds_a_longer_text_than_other_data() -> None:
    assert an_event("popup_submit", fire="f_1", fields={"note": "x" * 1024}).data["fields"]["note"] == "x" * 1024


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, "text is none, expected a text"),
        ({"text": 7}, "text is 7, expected a text"),
        ({"text": "x" * 1025}, "text with 1025 characters exceeds limit of 1024"),
        ({"text": "hi", "fire": "f" * 65}, "fire with 65 characters exceeds limit of 64"),
        ({"text": "hi", "fire": ["f_1"]}, "fire is a list, expected a text"),
    ],
)
def test_chat_message_without_a_text_is_refused(data: dict[str, Any], wrong: str) -> None:
    assert refusal("chat_message", **data) == f"chat_message.{wrong}"


@pytest.mark.parametrize("key", ["analytics", "marketing"])
@pytest.mark.parametrize(("value", "said"), [("yes", "'yes'"), (True, "true"), (["granted"], "a list"), ("", "''")])
def test_consent_is_granted_denied_or_unknown(key: str, value: Any, said: str) -> None:
    assert refusal("consent", **{key: value}) == f"consent.{key} is {said}, expected one of granted, denied, unknown"
