"""What a peer in Python knows of one connection; the same as visit.js."""

from __future__ import annotations

import time
from typing import Any

_FREE_SHIPPING_FROM = 1500
_COUNTED = (
    "cart.value", "cart.quantity", "session.views", "session.dwell", "session.products", "views(cart)",
    "count(add_to_cart)", "count(begin_checkout)", "count(purchase)", "count(search)",
)  # fmt: skip

Changes = list[tuple[str, str, Any]]


class Visit:
    """The page, what the browser said, and the facts that rules read of them."""

    def __init__(self) -> None:
        self.page: dict[str, Any] = {"kind": "other", "url": "/"}
        self.context: dict[str, Any] = {}
        self.dwell = 0
        self.scroll = 0
        self.started = time.monotonic()

    def greet(self, hello: dict[str, Any]) -> None:
        """Take what the browser says of itself."""
        self.context = hello["context"]
        self.page = hello["page"] or self.page

    def changes(self, name: str, data: dict[str, Any]) -> Changes:
        """Return what an event changes: ('+', counter, amount), ('=', field, value) or ('first', name, counter)."""
        if name == "page_view":
            return self._turn(data)
        if name == "page_dwell":
            return self._attend(data["ms"])
        if name == "scroll":
            self.scroll = max(self.scroll, data["percent"])
        if name == "cart":
            quantity = sum(item["quantity"] for item in data["items"])
            return [("=", "cart.value", data["value"]), ("=", "cart.quantity", quantity)]
        return [("+", f"count({name})", 1)]

    def _turn(self, page: dict[str, Any]) -> Changes:
        self.page, self.dwell, self.scroll = page, 0, 0
        changes: Changes = [
            ("+", "session.views", 1),
            ("+", f"views({page['kind']})", 1),
            ("+", f"path:{page['url']}", 1),
        ]
        if product := page.get("product"):
            changes += [("+", f"views:{product['id']}", 1), ("first", f"seen:{product['id']}", "session.products")]
        if category := page.get("category"):
            changes.append(("+", f"views:{category}", 1))
        return changes

    def _attend(self, ms: int) -> Changes:
        self.dwell += ms
        changes: Changes = [("+", "session.dwell", ms)]
        if product := self.page.get("product"):
            changes.append(("+", f"dwell:{product['id']}", ms))
        return changes

    def counters(self) -> list[str]:
        """Return the names of the counters that the facts of this page are made of."""
        product, category = self.page.get("product"), self.page.get("category")
        names = [*_COUNTED, f"path:{self.page['url']}"]
        if product:
            names += [f"views:{product['id']}", f"dwell:{product['id']}"]
        return [*names, f"views:{category}"] if category else names

    def facts(self, counts: dict[str, float], name: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return all facts by their names."""
        page, context = self.page, self.context
        product, category = page.get("product") or {}, page.get("category")
        value = counts.get("cart.value", 0)
        return {
            **{each: counts.get(each, 0) for each in _COUNTED},
            "page": page["kind"],
            "page.path": page["url"].split("?")[0],
            "page.dwell": self.dwell,
            "page.scroll": self.scroll,
            "page.views": counts.get(f"path:{page['url']}", 0),
            "cart.missing_for_free_shipping": max(0, _FREE_SHIPPING_FROM - value),
            "product.id": product.get("id"),
            "product.category": product.get("category"),
            "product.price": product.get("price"),
            "product.stock": product.get("stock"),
            "product.views": counts.get(f"views:{product['id']}", 0) if product else None,
            "product.dwell": counts.get(f"dwell:{product['id']}", 0) if product else None,
            "category.id": category,
            "category.views": counts.get(f"views:{category}", 0) if category else None,
            "session.age": (time.monotonic() - self.started) * 1000,
            "traffic.campaign": context.get("utm", {}).get("campaign", ""),
            "visitor.sessions": 1,
            "visitor.returning": False,
            "visitor.language": context.get("language", "").lower(),
            "visitor.device": "phone" if context.get("pointer") == "coarse" else "computer",
            "exit_intent": name == "exit_intent",
            "idle": data["ms"] if name == "idle" else 0,
        }
