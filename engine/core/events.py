"""The vocabulary of the stream: what happened in the page, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

PAGE_KINDS = ("home", "category", "product", "cart", "checkout", "thanks", "search", "other")
"""The kinds of page that a shop has, as the wire and the rules name them."""

SIGNALS = ("exit_intent", "tab_return", "copy")
"""Moments without a measure. The browser reports them only while they are armed."""

ARMED_ONLY = (*SIGNALS, "scroll", "idle", "wake")
"""Events that exist only because the engine asked for them."""

POPUP_EVENTS = ("popup_view", "popup_click", "popup_close", "popup_copy", "popup_submit")
"""What a shopper did with one firing, named by its ``fire``."""


class Product(NamedTuple):
    """The product of a page. ``price`` is in major units of ``currency`` (ISO 4217)."""

    id: str
    name: str = ""
    price: float | None = None
    currency: str = ""
    category: str = ""
    stock: float | None = None


class Page(NamedTuple):
    """The page (or route of a single-page shop) that is shown. ``path`` is ``url`` without query and fragment."""

    kind: str
    url: str
    path: str
    title: str = ""
    product: Product | None = None
    category: str = ""

    @property
    def category_id(self) -> str:
        """The page's category, else that of its product, else empty."""
        return self.category or (self.product.category if self.product else "")


NOWHERE = Page(kind="other", url="", path="")
"""The page of a client that has not said yet where the shopper is."""


class Cart(NamedTuple):
    """The whole cart as it is now. ``value`` in major units; ``quantity`` counts pieces, ``lines`` counts items."""

    value: float = 0.0
    currency: str = ""
    quantity: float = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """What the browser says of itself in ``hello``; it holds for the connection."""

    language: str = ""
    utc_offset_min: int = 0
    device: str = "desktop"
    referrer: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Hello:
    """A client's first frame. ``token`` is whatever it sent: it is proof of nothing until it is read."""

    doc: str
    token: str | None
    page: Page | None
    context: Context


class Event(NamedTuple):
    """
    One thing that happened in a page.

    ``doc`` and ``page`` are set only on what an earlier document left behind.
    ``ms`` measures page_dwell and idle, ``percent`` scroll; ``shown`` is the
    page of a page_view and ``cart`` the cart of a cart event. Everything else
    that the event said stays in ``data``, as it came.
    """

    seq: int
    name: str
    data: Mapping[str, Any] = {}
    doc: str | None = None
    page: Page | None = None
    shown: Page | None = None
    cart: Cart | None = None
    ms: int = 0
    percent: float = 0
