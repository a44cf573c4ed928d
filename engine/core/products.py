"""Products for cards: those that a visitor looked at, and those of a shop's feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from engine.core.counters import VISITOR, Counter, Op
from engine.core.events import Event, Page
from engine.core.facts import Fact, FactType
from engine.core.popup_parts import RECENTLY_VIEWED, Product, Shelf
from engine.core.rules import Show

SEEN = "seen"
"""The visitor's field with the cards of the products looked at, the newest first."""

PRICE_LASTS_MS = 24 * 60 * 60 * 1000
"""How long a price is told that was read on a product's page: it may be another one tomorrow."""

RECENT = Fact("visitor.recent", FactType.TEXT, "the products looked at", counter=lambda _: Counter(VISITOR, SEEN))
"""What a popup of products reads. Conditions cannot: it is no fact of the language."""

MOST_IN_FEED = 1_000
_LONGEST_ADDRESS, _LONGEST_TEXT = 500, 120
_LINK = re.compile(r"(https?://[^\s/\\@]+([/?#]\S*)?|/(?![/\\])\S*)", re.ASCII | re.I)
_PICTURE = re.compile(r"(https://[^\s/\\@]+/\S*|/(?![/\\])\S+)", re.ASCII | re.I)


def shelf_of(show: Show) -> Shelf | None:
    """Return where a popup's products come from; None where it shows none."""
    shelf: Shelf | None = show.content.get("products")
    return shelf


def most_seen(shows: Iterable[Show]) -> int:
    """
    Return how many cards of what was looked at are kept for these popups, 0 where none of them shows any.

    That is what the largest of them shows, and one for the page's own product, which it leaves out.
    """
    shelves = (shelf_of(each) for each in shows)
    return max((each.most + 1 for each in shelves if each is not None and each.source == RECENTLY_VIEWED), default=0)


def seen_changes(event: Event, page: Page, most: int) -> list[Op]:
    """Return what keeps a product page's card: ``seen most card``; nothing where there is none that can be shown."""
    if event.name != "page_view" or page.product is None:
        return []
    said = event.data["product"]
    card = {
        "id": page.product.id,
        "name": page.product.name[:_LONGEST_TEXT],
        "price": page.product.price,
        "currency": page.product.currency,
        "image": said.get("image"),
        "url": said.get("url") or page.url,
    }
    kept = {key: value for key, value in card.items() if value and len(str(value)) <= _LONGEST_ADDRESS}
    return [SEEN, most, orjson.dumps(kept).decode()] if _product(kept) is not None else []


def with_card(seen: list[dict[str, Any]], card: dict[str, Any], most: int, now_ms: int) -> list[dict[str, Any]]:
    """Return the visitor's field after a product was looked at: its card stands first, with the moment as ``t``."""
    others = (each for each in seen if each["id"] != card["id"])
    return [card | {"t": now_ms}, *others][:most]


def recent_products(seen: Any, page: Page, now_ms: int) -> tuple[Product, ...]:
    """
    Return the products of a visitor's field, without the one that the page is about.

    A price that was read more than a day ago is left out.
    """
    if not isinstance(seen, list):
        return ()
    here = page.product.id if page.product is not None else None
    cards = [each if now_ms - each["t"] < PRICE_LASTS_MS else each | {"price": None} for each in seen]
    return tuple(each for each in read_products(cards) if each.id != here)


def listed_in(said: Any) -> list[Any] | None:
    """Return the list that a feed is, or has under ``products`` or ``items``; None where there is none."""
    if isinstance(said, Mapping):
        said = said.get("products", said.get("items"))
    return said if isinstance(said, list) else None


def read_products(said: Any) -> tuple[Product, ...]:
    """
    Read a list of products, or an object that has one under ``products`` or ``items``.

    What is no product is left out: one without an id and a name, or without an address to lead to.
    """
    listed = (listed_in(said) or ())[:MOST_IN_FEED]
    found = (_product(each) for each in listed if isinstance(each, Mapping))
    return tuple({each.id: each for each in found if each is not None}.values())


def _product(said: Mapping[str, Any]) -> Product | None:
    product_id, name = _text(said, "id"), _text(said, "name", "title")
    url = _address(said, _LINK, "url", "link")
    if not (product_id and name and url):
        return None
    price = said.get("price")
    is_price = isinstance(price, int | float) and not isinstance(price, bool) and 0 <= price < 1e12
    currency = said.get("currency")
    return Product(
        product_id,
        name,
        price if is_price else None,
        currency.upper() if isinstance(currency, str) and re.fullmatch("[A-Za-z]{3}", currency) else "",
        _address(said, _PICTURE, "image", "image_link"),
        url,
    )


def _text(said: Mapping[str, Any], *names: str) -> str:
    value = next((said[name] for name in names if name in said), "")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value.strip()[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _address(said: Mapping[str, Any], form: re.Pattern[str], *names: str) -> str:
    value = next((said[name] for name in names if name in said), "")
    if not isinstance(value, str) or len(value) > _LONGEST_ADDRESS:
        return ""
    return value if form.fullmatch(value) else ""
