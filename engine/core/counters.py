"""
The counters of a session: what they are called in Redis, and what an event adds to them.

Names are short because every session carries them. Free text (paths, product
ids) that would make a name long is shortened to a digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.core.events import Event, Page, Product

SESSION, DOCUMENT, VISITOR, TRAIL = "session", "document", "visitor", "trail"
"""Where a counter is kept. A trail is no number, but when it was counted: see :mod:`engine.core.trails`."""

_LONGEST_NAME = 64


def short(text: str) -> str:
    """Return ``text``, or a digest of it that no other text of a shop will have where it is long."""
    return text if len(text) <= _LONGEST_NAME else _digest(text)


@lru_cache(maxsize=4096)
def _digest(text: str) -> str:
    return "~" + hashlib.blake2b(text.encode(errors="replace"), digest_size=12).hexdigest()


def name_of(prefix: str, text: str) -> str:
    """Return a short name for what a rule says in many words."""
    return prefix + hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Counter:
    """
    A counter that rules can read.

    ``field`` is its name in the hash of its scope; a callable makes the name
    from the page and returns None where the page has no such thing (no product,
    no category): the counter is then 0.
    """

    scope: str
    field: str | Callable[[Page], str | None]

    def name_on(self, page: Page) -> str | None:
        """Return the counter's name in the hash while ``page`` is shown."""
        return self.field if isinstance(self.field, str) else self.field(page)


def path_views(page: Page) -> str:
    """Name the counter of views of this path."""
    return "p:" + short(page.path)


def product_views(page: Page) -> str | None:
    """Name the counter of views of this page's product."""
    return "i:" + short(page.product.id) if page.product else None


def product_dwell(page: Page) -> str | None:
    """Name the counter of attentive ms on this page's product."""
    return "I:" + short(page.product.id) if page.product else None


def category_views(page: Page) -> str | None:
    """Name the counter of views of this page's category."""
    return "c:" + short(page.category_id) if page.category_id else None


def category_dwell(page: Page) -> str | None:
    """Name the counter of attentive ms on this page's category."""
    return "C:" + short(page.category_id) if page.category_id else None


def event_count(name: str) -> str:
    """Name the counter of events called ``name``."""
    return "views" if name == "page_view" else "e:" + name


FAMILIES: dict[Callable[[Page], str | None], str] = {
    path_views: "p:",
    product_views: "i:",
    product_dwell: "I:",
    category_views: "c:",
    category_dwell: "C:",
}
"""How the names begin that each of these makes."""

LAST = "@"
"""Begins the name under which the session keeps when something was counted last."""

CART_VALUE, CART_QUANTITY, CART_LINES, CART_ITEMS = "cart:v", "cart:q", "cart:l", "cart:i"

Op = str | int | float
"""One word of the list of changes that the Redis function ``observe`` carries out."""


def deltas(event: Event, page: Page) -> list[Op]:
    """
    Return what ``event``, which belongs to ``page``, adds to the counters.

    The list is what ``observe`` takes: triples of a verb and two operands.
    ``+ field n`` adds to the session, ``= field value`` sets in the session,
    ``1 field total`` adds one to field and, where it was new, one to total;
    ``page text -`` begins a new page view of the document, ``dwell ms -`` and
    ``scroll percent -`` belong to it; ``once id -`` stops here if the
    transaction id was seen before; ``order value -`` adds an order. What rules
    read of the past adds the verbs of :mod:`engine.core.tracking`.
    """
    if event.name == "page_dwell":
        return _dwell(event, page)
    if event.name == "page_view":
        return _view(event.seq, page)
    ops: list[Op] = []
    if event.name == "purchase":
        ops += _purchase(event)
    ops += ("+", "e:" + event.name, 1)
    if event.cart is not None:
        cart = event.cart
        ops += ("=", CART_VALUE, cart.value, "=", CART_QUANTITY, cart.quantity, "=", CART_LINES, cart.lines)
    elif event.name == "scroll":
        ops += ("scroll", event.percent, "-")
    return ops


def _view(seq: int, page: Page) -> list[Op]:
    ops: list[Op] = ["page", page_record(seq, page), "-"]
    ops += ("+", "views", 1, "+", "views:" + page.kind, 1, "+", path_views(page), 1)
    if (product := product_views(page)) is not None:
        ops += ("1", product, "products")
    if (category := category_views(page)) is not None:
        ops += ("+", category, 1)
    return ops


def _dwell(event: Event, page: Page) -> list[Op]:
    ms = event.ms
    ops: list[Op] = ["+", "dwell", ms, "+", "dwell:" + page.kind, ms]
    if event.doc is None:
        ops += ("dwell", ms, "-")
    if (product := product_dwell(page)) is not None:
        ops += ("+", product, ms)
    if (category := category_dwell(page)) is not None:
        ops += ("+", category, ms)
    return ops


def _purchase(event: Event) -> list[Op]:
    transaction: Any = event.data.get("transaction_id")
    value = event.data.get("value")
    ops: list[Op] = ["once", short(str(transaction)), "-"] if transaction else []
    ops += ("order", value if isinstance(value, int | float) else 0, "-")
    return ops


_SEPARATOR = "\x1f"


def page_record(seq: int, page: Page) -> str:
    """Write which page view (the event ``seq``) later events of the document are counted under."""
    product = page.product.id if page.product is not None else ""
    parts = (str(seq), page.kind, _part(page.path), _part(product), _part(page.category_id))
    return _SEPARATOR.join(parts)


def _part(text: str) -> str:
    return short(text).replace(_SEPARATOR, " ")


def read_page_record(record: str) -> tuple[int, Page]:
    """Read a record back. The page has what counting needs; title, price and stock are not in it."""
    seq, kind, path, product, category = record.split(_SEPARATOR)
    page = Page(kind=kind, url=path, path=path, category=category, product=Product(id=product) if product else None)
    return int(seq), page


def same_page(record: str, page: Page) -> bool:
    """Tell whether ``record`` was written of this page, whichever view of it."""
    return record.partition(_SEPARATOR)[2] == page_record(0, page).partition(_SEPARATOR)[2]
