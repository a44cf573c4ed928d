"""Check what an event says, name by name: a wrong value is refused with a sentence, never guessed at."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

from engine.core.events import PAGE_KINDS, POPUP_EVENTS, SIGNALS, Cart, Event, Page, Product

EVENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SCHEME_AND_HOST = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.\-]*://[^/?#]*")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]{0,63}")

LONGEST_TEXT = 1024
MOST_KEYS = 25
MOST_ITEMS = 200
LONGEST_VALUE = 256
LONGEST_MS = 24 * 60 * 60 * 1000
_LARGEST_NUMBER = 1e15
_NUMBERS = (int, float)

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


class BadEvent(ValueError):
    """An event that is refused; ``seq`` and ``doc`` tell which, where they could be read."""

    seq: int | None = None
    doc: str | None = None


def text(value: Any) -> str:
    """Quote a value for a sentence, briefly."""
    if isinstance(value, str):
        return f"'{value[:40]}'"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else str(value)[:40].lower()


def _text(data: Mapping[str, Any], key: str, where: str, required: bool = False, longest: int = LONGEST_TEXT) -> str:
    value = data.get(key)
    if value.__class__ is not str:
        if value is None and not required:
            return ""
        if required or isinstance(value, bool) or not isinstance(value, int | float):
            raise BadEvent(f"{where}.{key} is {text(value)}, expected a text")
        value = str(value)
    if len(value) > longest:
        raise BadEvent(f"{where}.{key} with {len(value)} characters exceeds limit of {longest}")
    if "\x00" in value:
        raise BadEvent(f"{where}.{key} holds a NUL character")
    return str(value)


def _number(data: Mapping[str, Any], key: str, where: str, least: float = 0, most: float = _LARGEST_NUMBER) -> float:
    value: float = data.get(key)  # type: ignore[assignment]  # the next line sees to it
    if value.__class__ not in _NUMBERS or not isfinite(value):
        raise BadEvent(f"{where}.{key} is {text(value)}, expected a number")
    if not least <= value <= most:
        raise BadEvent(f"{where}.{key} is {value:g}, expected {least:g} to {most:g}")
    return value


def _optional_number(data: Mapping[str, Any], key: str, where: str) -> float | None:
    return None if data.get(key) is None else _number(data, key, where)


def _currency(data: Mapping[str, Any], where: str) -> str:
    value = _text(data, "currency", where)
    if not value or (len(value) == 3 and value.isascii() and value.isalpha()):
        return value.upper()
    raise BadEvent(f"{where}.currency is {text(value)}, expected an ISO 4217 code such as TWD")


def read_page(said: Any, where: str) -> Page:
    """Read a page as ``page_view`` describes it. Raises BadEvent."""
    if not isinstance(said, dict):
        raise BadEvent(f"{where} is {text(said)}, expected an object")
    kind = said.get("kind")
    if kind not in PAGE_KINDS:
        raise BadEvent(f"{where}.kind is {text(kind)}, expected one of {', '.join(PAGE_KINDS)}")
    url = _text(said, "url", where, required=True, longest=2048)
    product = said.get("product")
    return Page(
        kind=kind,
        url=url,
        path=path_of(url),
        title=_text(said, "title", where),
        product=_product(product, where + ".product") if product is not None else None,
        category=_text(said, "category", where),
    )


def path_of(url: str) -> str:
    """Return the path of a URL or of a path with query and fragment."""
    if not url.startswith("/"):
        url = _SCHEME_AND_HOST.sub("", url)
    return url.partition("#")[0].partition("?")[0] or "/"


def _product(said: Any, where: str) -> Product:
    if not isinstance(said, dict):
        raise BadEvent(f"{where} is {text(said)}, expected an object")
    product_id = said.get("id")
    if isinstance(product_id, int) and not isinstance(product_id, bool):
        product_id = str(product_id)
    if not isinstance(product_id, str) or not product_id:
        raise BadEvent(f"{where}.id is {text(product_id)}, expected a text")
    if len(product_id) > LONGEST_VALUE or "\x00" in product_id:
        raise BadEvent(f"{where}.id exceeds limit of {LONGEST_VALUE} characters")
    return Product(
        id=product_id,
        name=_text(said, "name", where),
        price=_optional_number(said, "price", where),
        currency=_currency(said, where),
        category=_text(said, "category", where),
        stock=_optional_number(said, "stock", where),
    )


def _items(data: Mapping[str, Any], where: str) -> list[Mapping[str, Any]]:
    items = data.get("items")
    if items is None:
        return []
    if not isinstance(items, list):
        raise BadEvent(f"{where}.items is {text(items)}, expected a list")
    if len(items) > MOST_ITEMS:
        raise BadEvent(f"{where}.items with {len(items)} items exceeds limit of {MOST_ITEMS}")
    for n, item in enumerate(items):
        if not isinstance(item, dict):
            raise BadEvent(f"{where}.items[{n}] is {text(item)}, expected an object")
        _flat(item, f"{where}.items[{n}]", most=40)
    return items


def _flat(data: Mapping[str, Any], where: str, most: int = MOST_KEYS, longest: int = LONGEST_VALUE) -> None:
    """Refuse anything but a flat object of texts, numbers and booleans."""
    if len(data) > most:
        raise BadEvent(f"{where} with {len(data)} keys exceeds limit of {most}")
    for key, value in data.items():
        if not _is_key(key):
            raise BadEvent(f"{where} has the key {text(key)}, expected letters, digits and _")
        kind = value.__class__
        if kind is str:
            if len(value) > longest or "\x00" in value:
                _text(data, key, where, longest=longest)
        elif kind is int or kind is float:
            _number(data, key, where, least=-_LARGEST_NUMBER)
        elif kind is not bool and value is not None:
            raise BadEvent(f"{where}.{key} is {text(value)}, expected a text, a number or a boolean")


@lru_cache(maxsize=4096)
def _is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


def _ms(data: Mapping[str, Any], where: str) -> int:
    return round(_number(data, "ms", where, most=LONGEST_MS))


def _page_view(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"shown": read_page(data, "page_view")}


def _page_dwell(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"ms": _ms(data, "page_dwell")}


def _idle(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"ms": _ms(data, "idle")}


def _scroll(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"percent": _number(data, "percent", "scroll", most=100)}


def _cart(data: Mapping[str, Any]) -> dict[str, Any]:
    items = _items(data, "cart")
    quantities = [
        _number(item, "quantity", f"cart.items[{n}]") if item.get("quantity") is not None else 1
        for n, item in enumerate(items)
    ]
    prices = [_optional_number(item, "price", f"cart.items[{n}]") or 0 for n, item in enumerate(items)]
    value = _optional_number(data, "value", "cart")
    if value is None:
        value = round(sum(price * quantity for price, quantity in zip(prices, quantities, strict=True)), 6)
    return {"cart": Cart(value, _currency(data, "cart"), sum(quantities), len(items))}


def _popup(name: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def read(data: Mapping[str, Any]) -> dict[str, Any]:
        _text(data, "fire", name, required=True, longest=64)
        fields = data.get("fields")
        if fields is not None:
            if not isinstance(fields, dict):
                raise BadEvent(f"{name}.fields is {text(fields)}, expected an object")
            _flat(fields, f"{name}.fields", longest=LONGEST_TEXT)
        return {}

    return read


def _chat_message(data: Mapping[str, Any]) -> dict[str, Any]:
    _text(data, "text", "chat_message", required=True)
    _text(data, "fire", "chat_message", longest=64)
    return {}


def _consent(data: Mapping[str, Any]) -> dict[str, Any]:
    for key in ("analytics", "marketing"):
        if data.get(key) not in (None, "granted", "denied", "unknown"):
            raise BadEvent(f"consent.{key} is {text(data[key])}, expected one of granted, denied, unknown")
    return {}


_READERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "page_view": _page_view,
    "page_dwell": _page_dwell,
    "scroll": _scroll,
    "idle": _idle,
    "cart": _cart,
    "chat_message": _chat_message,
    "consent": _consent,
    **{name: _popup(name) for name in POPUP_EVENTS},
    **{name: lambda _: {} for name in (*SIGNALS, "wake")},
}


def _ecommerce(name: str, data: Mapping[str, Any]) -> None:
    _items(data, name)
    _flat({key: value for key, value in data.items() if key != "items"}, name, most=40)
    if data.get("value") is not None:
        _number(data, "value", name)
    _currency(data, name)


def read_data(seq: int, name: str, data: Mapping[str, Any], doc: str | None, page: Page | None) -> Event:
    """Check an event's data by its name and make the event. Raises BadEvent."""
    read = _READERS.get(name)
    if read is not None:
        return Event(seq, name, data, doc, page, **read(data))
    if name in GA4_EVENTS:
        _ecommerce(name, data)
    else:
        _flat(data, name)
    return Event(seq, name, data, doc, page)
