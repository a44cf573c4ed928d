"""Read what an event says, name by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.core.event_checks import (
    LONGEST_MS,
    LONGEST_TEXT,
    LONGEST_VALUE,
    MOST_ITEM_KEYS,
    MOST_ITEMS,
    MOST_KEYS,
    BadEvent,
    currency_of,
    items_of,
    number_of,
    optional_number_of,
    refuse_flat,
    refuse_odd,
    text,
    text_of,
)
from engine.core.events import POPUP_EVENTS, SIGNALS, Cart, Event, Page
from engine.core.page_data import path_of, read_page

__all__ = [
    "EVENT_NAME",
    "GA4_EVENTS",
    "LONGEST_MS",
    "LONGEST_TEXT",
    "LONGEST_VALUE",
    "MOST_ITEMS",
    "MOST_ITEM_KEYS",
    "MOST_KEYS",
    "READERS",
    "BadEvent",
    "path_of",
    "read_data",
    "read_page",
    "reader_of",
    "text",
]

_LONGEST_NAME = 40
_NAMES_FORM = f"[a-z][a-z0-9_]{{0,{_LONGEST_NAME - 1}}}"
EVENT_NAME = re.compile(_NAMES_FORM)

GA4_EVENTS = frozenset(
    [
        "view_item",
        "view_item_list",
        "select_item",
        "add_to_cart",
        "remove_from_cart",
        "add_to_wishlist",
        "view_cart",
        "begin_checkout",
        "add_shipping_info",
        "add_payment_info",
        "purchase",
        "refund",
        "search",
        "sign_up",
        "login",
        "generate_lead",
        "view_promotion",
        "select_promotion",
    ]
)
"""Events of GA4's e-commerce vocabulary: they may carry ``items``, and keep GA4's shapes."""


Reader = Callable[[int, dict[str, Any], str | None, Page | None], Event]
"""Checks the data of one kind of event, and makes the event of seq, data, doc and page."""


def _ms(data: dict[str, Any], where: str) -> int:
    ms = data.get("ms")
    if isinstance(ms, int) and not isinstance(ms, bool) and 0 <= ms <= LONGEST_MS:
        return ms
    return round(number_of(data, "ms", where, most=LONGEST_MS))


def _page_view(seq: int, data: dict[str, Any], doc: str | None, page: Page | None) -> Event:
    return Event(seq, "page_view", data, doc, page, read_page(data, "page_view"))


def _page_dwell(seq: int, data: dict[str, Any], doc: str | None, page: Page | None) -> Event:
    return Event(seq, "page_dwell", data, doc, page, None, None, _ms(data, "page_dwell"))


def _idle(seq: int, data: dict[str, Any], doc: str | None, page: Page | None) -> Event:
    return Event(seq, "idle", data, doc, page, None, None, _ms(data, "idle"))


def _scroll(seq: int, data: dict[str, Any], doc: str | None, page: Page | None) -> Event:
    return Event(seq, "scroll", data, doc, page, None, None, 0, number_of(data, "percent", "scroll", most=100))


def _cart(seq: int, data: dict[str, Any], doc: str | None, page: Page | None) -> Event:
    items = items_of(data, "cart")
    quantity, worth = 0.0, 0.0
    for n, item in enumerate(items):
        pieces = 1.0 if item.get("quantity") is None else number_of(item, "quantity", f"cart.items[{n}]")
        quantity += pieces
        worth += pieces * (optional_number_of(item, "price", f"cart.items[{n}]") or 0)
    value = optional_number_of(data, "value", "cart")
    cart = Cart(round(worth, 6) if value is None else value, currency_of(data, "cart"), quantity, len(items))
    return Event(seq, "cart", data, doc, page, None, cart)


def _checked(name: str, check: Callable[[dict[str, Any]], None]) -> Reader:
    """Return the reader of an event of which nothing but its data is of interest."""

    def read(seq: int, data: dict[str, Any], doc: str | None, page: Page | None) -> Event:
        check(data)
        return Event(seq, name, data, doc, page)

    return read


def _popup(name: str) -> Reader:
    def check(data: dict[str, Any]) -> None:
        text_of(data, "fire", name, required=True, longest=64)
        fields = data.get("fields")
        if fields is not None:
            if not isinstance(fields, dict):
                raise BadEvent(f"{name}.fields is {text(fields)}, expected an object")
            refuse_flat(fields, f"{name}.fields", MOST_KEYS, LONGEST_TEXT)

    return _checked(name, check)


def _chat_message(data: dict[str, Any]) -> None:
    text_of(data, "text", "chat_message", required=True)
    text_of(data, "fire", "chat_message", longest=64)


def _consent(data: dict[str, Any]) -> None:
    for key in ("analytics", "marketing"):
        if data.get(key) not in (None, "granted", "denied", "unknown"):
            raise BadEvent(f"consent.{key} is {text(data[key])}, expected one of granted, denied, unknown")


def _ecommerce(name: str) -> Reader:
    def check(data: dict[str, Any]) -> None:
        items_of(data, name)
        refuse_odd(data, name, MOST_ITEM_KEYS, "items")
        if data.get("value") is not None:
            number_of(data, "value", name)
        currency_of(data, name)

    return _checked(name, check)


READERS: dict[str, Reader] = {
    "page_view": _page_view,
    "page_dwell": _page_dwell,
    "scroll": _scroll,
    "idle": _idle,
    "cart": _cart,
    "chat_message": _checked("chat_message", _chat_message),
    "consent": _checked("consent", _consent),
    **{name: _popup(name) for name in POPUP_EVENTS},
    **{name: _checked(name, lambda _: None) for name in (*SIGNALS, "wake")},
    **{name: _ecommerce(name) for name in GA4_EVENTS},
}
"""The reader of each event that the protocol names."""


def reader_of(name: Any) -> Reader:
    """Return what reads events of this name: the protocol's, or the merchant's own. Raises BadEvent."""
    read = READERS.get(name) if isinstance(name, str) else None
    if read is not None:
        return read
    if isinstance(name, str) and len(name) > _LONGEST_NAME:
        raise BadEvent(f"name with {len(name)} characters exceeds limit of {_LONGEST_NAME}")
    if not isinstance(name, str) or not EVENT_NAME.fullmatch(name):
        raise BadEvent(f"name is {text(name)}, expected {_NAMES_FORM}")
    return _checked(name, lambda data: refuse_odd(data, name))


def read_data(seq: int, name: str, data: Mapping[str, Any], doc: str | None, page: Page | None) -> Event:
    """Check an event's data by its name and make the event. Raises BadEvent."""
    return reader_of(name)(seq, dict(data), doc, page)
