"""What lies in the cart, as far as rules ask: ids and categories, and the parts that a condition can look for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.core.counters import short
from engine.core.written import quote_text, say_text

MOST_KEPT = 100
"""A session remembers so many different ids, and categories, of its cart."""

_CATEGORIES = ("item_category", "item_category2", "item_category3", "item_category4", "item_category5")


@dataclass(frozen=True, slots=True)
class CartPart:
    """
    What a condition looks for in the cart: a sku, a category, or the product of this page (empty ``name``).

    ``name`` is folded: ids and categories are compared without regard to case.
    """

    what: str
    name: str = ""

    def __str__(self) -> str:
        if self.what == "product":
            return "product"
        if self.what == "category":
            return f"category({say_text(self.name)})"
        return quote_text(self.name) if self.name in ("product", "category") else say_text(self.name)


@dataclass(frozen=True, slots=True)
class CartItems:
    """The ids and the categories in the cart, as they are kept; ``product`` is the id of this page's, or empty."""

    ids: tuple[str, ...]
    categories: tuple[str, ...]
    product: str

    def __contains__(self, part: CartPart) -> bool:
        if part.what == "product":
            return self.product != "" and _kept(self.product) in self.ids
        return _kept(part.name) in (self.categories if part.what == "category" else self.ids)

    def __str__(self) -> str:
        return "[" + ", ".join(map(say_text, self.ids)) + "]"


def _kept(name: str) -> str:
    return short(name.casefold())


def written_items(items: Iterable[Mapping[str, Any]]) -> str:
    """Write GA4's ``items`` as the session keeps them: JSON, a list of ids and a list of categories."""
    ids: dict[str, None] = {}
    categories: dict[str, None] = {}
    for item in items:
        if (sku := item.get("item_id")) not in (None, ""):
            ids[_kept(str(sku))] = None
        for key in _CATEGORIES:
            if category := item.get(key):
                categories[_kept(str(category))] = None
    return orjson.dumps([list(ids)[:MOST_KEPT], list(categories)[:MOST_KEPT]]).decode()


def read_items(kept: Any, product: str) -> CartItems:
    """Read what the session keeps, 0 where no cart was told of in it."""
    ids, categories = kept or ((), ())
    return CartItems(tuple(ids), tuple(categories), product)
