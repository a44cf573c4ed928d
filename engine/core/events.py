"""The vocabulary of the stream: what happened in the page, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

PAGE_KINDS = ("home", "category", "product", "cart", "checkout", "thanks", "search", "other")
"""The kinds of page that a shop has, as the wire and the rules name them."""

SIGNALS = ("exit_intent", "tab_return", "copy")
"""Moments without a measure. The browser reports them only while they are armed."""

ARMED_ONLY = (*SIGNALS, "scroll", "idle", "wake")
"""Events that exist only because the engine asked for them."""

POPUP_EVENTS = ("popup_view", "popup_click", "popup_close", "popup_copy", "popup_submit")
"""What a shopper did with one firing, named by its ``fire``."""


_NOTHING: dict[str, Any] = {}


class Value:
    """
    A value that is frozen once it is made: no more than its fields, equal to another that has the same.

    Events are made by the thousand. A frozen dataclass takes three times as long to make, and a compiled class has
    its fields at hand where a named tuple looks them up.
    """

    __slots__ = ()

    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields, in the order in which the class takes them."""
        raise NotImplementedError

    def _asdict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.fields()}

    def _replace(self, **changed: Any) -> Self:
        return self.__class__(**{**self._asdict(), **changed})

    def __deepcopy__(self, _memo: Any) -> Self:
        """Return the value: nothing of it changes."""
        return self

    def __eq__(self, other: object) -> bool:
        return other.__class__ is self.__class__ and self._asdict() == other._asdict()

    def __hash__(self) -> int:
        return hash(tuple(self._asdict().values()))

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{self.__class__.__name__}({said})"


class Product(Value):
    """The product of a page. ``price`` is in major units of ``currency`` (ISO 4217)."""

    __slots__ = ("category", "currency", "id", "name", "price", "stock")

    def __init__(  # noqa: PLR0913
        self,
        id: str,
        name: str = "",
        price: float | None = None,
        currency: str = "",
        category: str = "",
        stock: float | None = None,
    ) -> None:
        self.id = id
        self.name = name
        self.price = price
        self.currency = currency
        self.category = category
        self.stock = stock

    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields."""
        return ("id", "name", "price", "currency", "category", "stock")


class Page(Value):
    """
    The page (or route of a single-page shop) that is shown. ``path`` is ``url`` without query and fragment.

    ``category_id`` is the page's category, else that of its product, else empty.
    """

    __slots__ = ("category", "category_id", "kind", "path", "product", "title", "url")

    def __init__(  # noqa: PLR0913
        self, kind: str, url: str, path: str, title: str = "", product: Product | None = None, category: str = ""
    ) -> None:
        self.kind = kind
        self.url = url
        self.path = path
        self.title = title
        self.product = product
        self.category = category
        self.category_id: str = category or (product.category if product is not None else "")

    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields."""
        return ("kind", "url", "path", "title", "product", "category")


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
    """What the browser says of itself in ``hello``, and a proxy of its ``country``; it holds for the connection."""

    language: str = ""
    utc_offset_min: int = 0
    device: str = "desktop"
    referrer: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Hello:
    """
    A client's first frame. ``token`` is whatever it sent: it is proof of nothing until it is read.

    ``is_last`` where the page has been left: what follows is all that it has to say.
    """

    doc: str
    token: str | None
    page: Page | None
    context: Context
    is_last: bool = False


class Event(Value):
    """
    One thing that happened in a page.

    ``doc`` and ``page`` are set only on what an earlier document left behind.
    ``ms`` measures page_dwell and idle, ``percent`` scroll; ``shown`` is the
    page of a page_view and ``cart`` the cart of a cart event. Everything else
    that the event said stays in ``data``, as it came.
    """

    __slots__ = ("cart", "data", "doc", "ms", "name", "page", "percent", "seq", "shown")

    def __init__(  # noqa: PLR0913
        self,
        seq: int,
        name: str,
        data: dict[str, Any] = _NOTHING,
        doc: str | None = None,
        page: Page | None = None,
        shown: Page | None = None,
        cart: Cart | None = None,
        ms: int = 0,
        percent: float = 0,
    ) -> None:
        self.seq = seq
        self.name = name
        self.data = data
        self.doc = doc
        self.page = page
        self.shown = shown
        self.cart = cart
        self.ms = ms
        self.percent = percent

    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields."""
        return ("seq", "name", "data", "doc", "page", "shown", "cart", "ms", "percent")
