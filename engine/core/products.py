"""Products for cards: those that a shopper looked at in a session, and those of a shop's feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from engine.core.counters import SESSION, Counter, Op
from engine.core.events import Event, Page
from engine.core.facts import Fact, FactType
from engine.core.popup_parts import RECENTLY_VIEWED, Product, Shelf
from engine.core.rules import Show

SEEN = "seen"
"""The session's field with the cards of the products looked at, the newest first."""

MOST_SEEN = 13
"""As many as a popup can show, and the page's own, which it does not. ``observe`` in Redis uses the same number."""

RECENT = Fact("session.recent", FactType.TEXT, "the products looked at", counter=lambda _: Counter(SESSION, SEEN))
"""What a popup of products reads. Conditions cannot: it is no fact of the language."""

MOST_IN_FEED = 1_000
_LONGEST_ADDRESS, _LONGEST_TEXT = 500, 120
_LINK = re.compile(r"(https?://[^\s/\\@]+([/?#]\S*)?|/(?![/\\])\S*)", re.ASCII | re.I)
_PICTURE = re.compile(r"(https://[^\s/\\@]+/\S*|/(?![/\\])\S+)", re.ASCII | re.I)


def shelf_of(show: Show) -> Shelf | None:
    """Return where a popup's products come from; None where it shows none."""
    shelf: Shelf | None = show.content.get("products")
    return shelf


def shows_recent(shows: Iterable[Show]) -> bool:
    """Tell whether any of these popups shows what was looked at: only then it is kept."""
    shelves = (shelf_of(each) for each in shows)
    return any(shelf is not None and shelf.source == RECENTLY_VIEWED for shelf in shelves)


def seen_changes(event: Event, page: Page) -> list[Op]:
    """Return what keeps a product page's card: ``seen id card``; nothing for any other event."""
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
    return [SEEN, page.product.id, orjson.dumps(kept).decode()]


def recent_products(seen: Any, page: Page) -> tuple[Product, ...]:
    """Return the products of a session's field that can be shown, without the one that the page is about."""
    here = page.product.id if page.product is not None else None
    return tuple(each for each in read_products(seen) if each.id != here)


def read_products(said: Any) -> tuple[Product, ...]:
    """
    Read a list of products, or an object that has one under ``products`` or ``items``.

    What is no product is left out: one without an id and a name, or without an address to lead to.
    """
    if isinstance(said, Mapping):
        said = said.get("products", said.get("items"))
    if not isinstance(said, list):
        return ()
    found = (_product(each) for each in said[:MOST_IN_FEED] if isinstance(each, Mapping))
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
