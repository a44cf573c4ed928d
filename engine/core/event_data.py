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
MOST_ITEM_KEYS = 40
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


_COMMON_KEYS = frozenset(
    {"item_id", "item_name", "price", "quantity", "item_category", "item_variant", "item_brand", "currency", "value"}
    | {"transaction_id", "coupon", "item_list_id", "item_list_name", "index", "discount", "affiliation", "search_term"}
)
"""Keys that need no second look."""


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
    if value.__class__ is str and len(value) <= longest and "\x00" not in value:
        return value  # what JSON gives is of the class itself
    return _odd_text(value, f"{where}.{key}", required, longest)


def _odd_text(value: Any, what: str, required: bool, longest: int) -> str:
    """Return a text that came as a number, or not at all; refuse anything else."""
    if value is None and not required:
        return ""
    if value.__class__ in _NUMBERS and not required:
        value = str(value)
    if not isinstance(value, str):
        raise BadEvent(f"{what} is {text(value)}, expected a text")
    if len(value) > longest:
        raise BadEvent(f"{what} with {len(value)} characters exceeds limit of {longest}")
    if "\x00" in value:
        raise BadEvent(f"{what} holds a NUL character")
    return value


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
    title = _text(said, "title", where) if "title" in said else ""
    category = _text(said, "category", where) if "category" in said else ""
    read = _product(product, where + ".product") if product is not None else None
    return Page(kind, url, path_of(url), title, read, category)


def path_of(url: str) -> str:
    """Return the path of a URL or of a path with query and fragment."""
    if not url.startswith("/"):
        url = _SCHEME_AND_HOST.sub("", url)
    elif "?" not in url and "#" not in url:
        return url
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
        if item.__class__ is not dict:
            raise BadEvent(f"{where}.items[{n}] is {text(item)}, expected an object")
        if len(item) > MOST_ITEM_KEYS or not _is_sound(item):
            _refuse_flat(item, f"{where}.items[{n}]", MOST_ITEM_KEYS, LONGEST_VALUE)
    return items


def _flat(data: Mapping[str, Any], where: str, most: int = MOST_KEYS, longest: int = LONGEST_VALUE) -> None:
    """Refuse anything but a flat object of texts, numbers and booleans."""
    if len(data) > most or not _is_sound(data):
        _refuse_flat(data, where, most, longest)


def _is_sound(data: Mapping[str, Any]) -> bool:
    """Tell, quickly, that nothing is wrong with a flat object; where something may be, ``_refuse_flat`` knows."""
    for key, value in data.items():
        kind = value.__class__
        if kind is str:
            if len(value) > LONGEST_VALUE or "\x00" in value:
                return False
        elif kind is int or kind is float:
            if not -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER:
                return False
        elif kind is not bool and value is not None:
            return False
        if key not in _COMMON_KEYS and not _is_key(key):
            return False
    return True


def _refuse_flat(data: Mapping[str, Any], where: str, most: int, longest: int) -> None:
    """Say what is wrong with a flat object, if anything is."""
    if len(data) > most:
        raise BadEvent(f"{where} with {len(data)} keys exceeds limit of {most}")
    for key, value in data.items():
        if not _is_key(key):
            raise BadEvent(f"{where} has the key {text(key)}, expected letters, digits and _")
        if value.__class__ is str:
            _text(data, key, where, longest=longest)
        elif value.__class__ in _NUMBERS:
            _number(data, key, where, least=-_LARGEST_NUMBER)
        elif value is not None and value.__class__ is not bool:
            raise BadEvent(f"{where}.{key} is {text(value)}, expected a text, a number or a boolean")


@lru_cache(maxsize=4096)
def _is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


Reader = Callable[[int, Mapping[str, Any], str | None, Page | None], Event]
"""Checks the data of one kind of event, and makes the event of seq, data, doc and page."""


def _ms(data: Mapping[str, Any], where: str) -> int:
    ms = data.get("ms")
    if ms.__class__ is int and 0 <= ms <= LONGEST_MS:
        return ms
    return round(_number(data, "ms", where, most=LONGEST_MS))


def _page_view(seq: int, data: Mapping[str, Any], doc: str | None, page: Page | None) -> Event:
    return Event(seq, "page_view", data, doc, page, read_page(data, "page_view"))


def _page_dwell(seq: int, data: Mapping[str, Any], doc: str | None, page: Page | None) -> Event:
    return Event(seq, "page_dwell", data, doc, page, None, None, _ms(data, "page_dwell"))


def _idle(seq: int, data: Mapping[str, Any], doc: str | None, page: Page | None) -> Event:
    return Event(seq, "idle", data, doc, page, None, None, _ms(data, "idle"))


def _scroll(seq: int, data: Mapping[str, Any], doc: str | None, page: Page | None) -> Event:
    return Event(seq, "scroll", data, doc, page, None, None, 0, _number(data, "percent", "scroll", most=100))


def _cart(seq: int, data: Mapping[str, Any], doc: str | None, page: Page | None) -> Event:
    items = _items(data, "cart")
    quantity, worth = 0.0, 0.0
    for n, item in enumerate(items):
        pieces = 1.0 if item.get("quantity") is None else _number(item, "quantity", f"cart.items[{n}]")
        quantity += pieces
        worth += pieces * (_optional_number(item, "price", f"cart.items[{n}]") or 0)
    value = _optional_number(data, "value", "cart")
    cart = Cart(round(worth, 6) if value is None else value, _currency(data, "cart"), quantity, len(items))
    return Event(seq, "cart", data, doc, page, None, cart)


def _checked(name: str, check: Callable[[Mapping[str, Any]], None]) -> Reader:
    """Return the reader of an event of which nothing but its data is of interest."""

    def read(seq: int, data: Mapping[str, Any], doc: str | None, page: Page | None) -> Event:
        check(data)
        return Event(seq, name, data, doc, page)

    return read


def _popup(name: str) -> Reader:
    def check(data: Mapping[str, Any]) -> None:
        _text(data, "fire", name, required=True, longest=64)
        fields = data.get("fields")
        if fields is not None:
            if not isinstance(fields, dict):
                raise BadEvent(f"{name}.fields is {text(fields)}, expected an object")
            _refuse_flat(fields, f"{name}.fields", MOST_KEYS, LONGEST_TEXT)

    return _checked(name, check)


def _chat_message(data: Mapping[str, Any]) -> None:
    _text(data, "text", "chat_message", required=True)
    _text(data, "fire", "chat_message", longest=64)


def _consent(data: Mapping[str, Any]) -> None:
    for key in ("analytics", "marketing"):
        if data.get(key) not in (None, "granted", "denied", "unknown"):
            raise BadEvent(f"consent.{key} is {text(data[key])}, expected one of granted, denied, unknown")


def _ecommerce(name: str) -> Reader:
    def check(data: Mapping[str, Any]) -> None:
        _items(data, name)
        _flat({key: value for key, value in data.items() if key != "items"}, name, most=MOST_ITEM_KEYS)
        if data.get("value") is not None:
            _number(data, "value", name)
        _currency(data, name)

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
    read = READERS.get(name) if name.__class__ is str else None
    if read is not None:
        return read
    if not isinstance(name, str) or not EVENT_NAME.fullmatch(name):
        raise BadEvent(f"name is {text(name)}, expected [a-z][a-z0-9_]{{0,39}}")
    return _checked(name, lambda data: _flat(data, name))


def read_data(seq: int, name: str, data: Mapping[str, Any], doc: str | None, page: Page | None) -> Event:
    """Check an event's data by its name and make the event. Raises BadEvent."""
    return reader_of(name)(seq, data, doc, page)
