"""
The facts that rules can read, each with its type, its source and what changes it.

One table feeds the rule reader, judging, arming and the reference page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from engine.core import counters
from engine.core.counters import DOCUMENT, SESSION, VISITOR, Counter
from engine.core.stages import STAGE_GROUPS
from engine.core.view import View
from engine.core.wall_clock import WEEKDAYS


class FactType(Enum):
    """What kind of value a fact has; the reader checks operators, units and words by it."""

    COUNT = "count"
    NUMBER = "number"
    DURATION = "duration"
    PERCENT = "percent"
    TEXT = "text"
    KIND = "page kind"
    DEVICE = "device"
    SIGNAL = "signal"
    YES_NO = "yes or no"
    HOUR = "hour"
    WEEKDAY = "weekday"
    DATE = "date"
    COUNTRY = "country"
    STAGE = "stage"
    TAGS = "tags"
    FIELD = "field"
    CART = "cart"


OPERATORS_OF = {
    FactType.COUNT: ("=", "is", "is not", ">", ">=", "<", "<=", "in", "not in"),
    FactType.NUMBER: ("=", "is", "is not", ">", ">=", "<", "<=", "in", "not in"),
    FactType.DURATION: (">", ">=", "<", "<=", "="),
    FactType.PERCENT: (">", ">=", "<", "<=", "="),
    FactType.TEXT: ("is", "is not", "=", "in", "not in", "contains", "starts with", "matches"),
    FactType.KIND: ("is", "is not", "=", "in", "not in"),
    FactType.DEVICE: ("is", "is not", "=", "in", "not in"),
    FactType.SIGNAL: (),
    FactType.YES_NO: ("is", "is not", "="),
    FactType.HOUR: ("=", "is", "is not", ">", ">=", "<", "<=", "in", "not in"),
    FactType.WEEKDAY: ("is", "is not", "=", "in", "not in"),
    FactType.DATE: ("is", "is not", "=", ">", ">=", "<", "<=", "in", "not in"),
    FactType.COUNTRY: ("is", "is not", "=", "in", "not in"),
    FactType.STAGE: ("is", "is not", "=", "at least", "at most", "in", "not in"),
    FactType.TAGS: ("has",),
    FactType.FIELD: ("is", "is not", "=", ">", ">=", "<", "<=", "in", "not in", "contains", "starts with", "matches"),
    FactType.CART: ("has",),
}
"""The operators that each type of fact takes; a signal (and a yes/no fact) also stands alone."""

TEXTUAL = (FactType.TEXT, FactType.DEVICE)
"""Types that are compared without regard to case."""

DEVICES = ("phone", "tablet", "desktop")


@dataclass(frozen=True, slots=True)
class Fact:
    """
    One fact of the language.

    ``argument`` names what stands in its brackets (empty: none). ``counter``
    builds the counter it reads from the argument, ``read`` takes it from the
    view instead, ``wall`` from the time on the wall in the site's zone.
    ``changes`` builds the groups of events that can change it.
    ``fixed`` facts change only with a page view. ``moment`` is the field of
    ``arm`` by which the browser reports it. ``windows`` tells whether it can
    look back over sessions. ``money`` facts are written with their currency.
    """

    name: str
    type: FactType
    about: str
    argument: str = ""
    counter: Callable[[str], Counter] | None = None
    read: Callable[[View], Any] | None = None
    wall: Callable[[datetime], Any] | None = None
    changes: Callable[[str], frozenset[str]] = lambda _: frozenset()
    fixed: bool = False
    moment: str = ""
    windows: bool = False
    money: bool = False

    @property
    def is_plain_counter(self) -> bool:
        """Whether its value is that of its counter, with nothing added."""
        return self.counter is not None and self.name not in (FREE_SHIPPING, SINCE) and self.type not in _KEPT_AS_LISTS


_KEPT_AS_LISTS = (FactType.TAGS, FactType.FIELD, FactType.CART)

SINCE = "since"

FREE_SHIPPING = "cart.missing_for_free_shipping"
"""The one fact that a counter and a setting of the site make together."""


def _session(field: str) -> Callable[[str], Counter]:
    return lambda argument: Counter(SESSION, field.format(argument))


def _of_visitor(field: str) -> Callable[[str], Counter]:
    return lambda argument: Counter(VISITOR, field.format(argument))


def _document(field: str) -> Callable[[str], Counter]:
    return lambda _: Counter(DOCUMENT, field)


def _on_page(field: Callable[..., str | None]) -> Callable[[str], Counter]:
    return lambda _: Counter(SESSION, field)


def _group(name: str) -> Callable[[str], frozenset[str]]:
    group = frozenset({name})
    return lambda _: group


def _product(attribute: str) -> Callable[[View], Any]:
    def read(view: View) -> Any:
        product = view.page.product
        return None if product is None else getattr(product, attribute) or None

    return read


def _price(view: View) -> Any:
    return None if view.page.product is None else view.page.product.price


def _stock(view: View) -> Any:
    return None if view.page.product is None else view.page.product.stock


def _visitor(attribute: str) -> Callable[[View], Any]:
    return lambda view: getattr(view.visitor, attribute)


_dwell = _group("dwell")
_cart = _group("cart")
_clock = _group("clock")

CHANGED = "visitor"
"""The group of what a rule's ``do`` changes."""

_changed = _group(CHANGED)
_order = _group("event:purchase")


def _counted(event: str) -> frozenset[str]:
    """Return the group of an event that is counted: a cart event is in the group of what it changes."""
    return _cart(event) if event == "cart" else frozenset({"event:" + event})


_TABLE = (
    Fact("page", FactType.KIND, "the kind of the page shown now", read=lambda v: v.page.kind, fixed=True),
    Fact("page.path", FactType.TEXT, "its path, without query", read=lambda v: v.page.path, fixed=True),
    Fact("page.url", FactType.TEXT, "its address as pages tell it: the path, and of a query `utm_...`",
         read=lambda v: v.page.url, fixed=True),
    Fact("page.title", FactType.TEXT, "its title", read=lambda v: v.page.title, fixed=True),
    Fact("page.views", FactType.COUNT, "views of this path in this session",
         counter=_on_page(counters.path_views), fixed=True, windows=True),
    Fact("page.dwell", FactType.DURATION, "attentive time on this page view",
         counter=_document("d"), changes=_dwell, moment="page_dwell"),
    Fact("page.scroll", FactType.PERCENT, "deepest scroll of this page view",
         counter=_document("s"), changes=_group("scroll"), moment="scroll"),
    Fact("views", FactType.COUNT, "views of pages of a kind", argument="page kind",
         counter=_session("views:{}"), fixed=True, windows=True),
    Fact("dwell", FactType.DURATION, "attentive time on pages of a kind", argument="page kind",
         counter=_session("dwell:{}"), changes=_dwell, moment="page_dwell", windows=True),
    Fact("product.id", FactType.TEXT, "the id of this page's product", read=_product("id"), fixed=True),
    Fact("product.name", FactType.TEXT, "its name", read=_product("name"), fixed=True),
    Fact("product.price", FactType.NUMBER, "its price", read=_price, fixed=True, money=True),
    Fact("product.category", FactType.TEXT, "its category", read=_product("category"), fixed=True),
    Fact("product.stock", FactType.NUMBER, "how many are left, if the shop says so", read=_stock, fixed=True),
    Fact("product.views", FactType.COUNT, "views of this product in this session",
         counter=_on_page(counters.product_views), fixed=True, windows=True),
    Fact("product.dwell", FactType.DURATION, "attentive time on this product",
         counter=_on_page(counters.product_dwell), changes=_dwell, moment="page_dwell", windows=True),
    Fact("category.id", FactType.TEXT, "the category of this page, or of its product",
         read=lambda v: v.page.category_id or None, fixed=True),
    Fact("category.views", FactType.COUNT, "views of pages of this category",
         counter=_on_page(counters.category_views), fixed=True, windows=True),
    Fact("category.dwell", FactType.DURATION, "attentive time on pages of this category",
         counter=_on_page(counters.category_dwell), changes=_dwell, moment="page_dwell", windows=True),
    Fact("cart.value", FactType.NUMBER, "what the cart is worth", counter=_session(counters.CART_VALUE), changes=_cart,
         money=True),
    Fact("cart.quantity", FactType.NUMBER, "pieces in the cart",
         counter=_session(counters.CART_QUANTITY), changes=_cart),
    Fact("cart.lines", FactType.COUNT, "different items in the cart",
         counter=_session(counters.CART_LINES), changes=_cart),
    Fact("cart.missing_for_free_shipping", FactType.NUMBER, "what is missing to `free_shipping_from`, 0 if nothing",
         counter=_session(counters.CART_VALUE), changes=_cart, money=True),
    Fact("cart", FactType.CART, "what lies in the cart: an item by its id, this page's product, or a category",
         counter=_session(counters.CART_ITEMS), changes=_cart),
    Fact("session.views", FactType.COUNT, "page views of this session", counter=_session("views"), fixed=True),
    Fact("session.dwell", FactType.DURATION, "attentive time in this session",
         counter=_session("dwell"), changes=_dwell, moment="page_dwell"),
    Fact("session.age", FactType.DURATION, "time since the session began", changes=_group("clock"), moment="wake",
         read=lambda v: v.now_ms - v.visitor.session_started_ms),
    Fact("session.products", FactType.COUNT, "distinct products seen in this session",
         counter=_session("products"), fixed=True),
    Fact("visitor.sessions", FactType.COUNT, "sessions of this visitor, this one included",
         read=_visitor("sessions"), fixed=True),
    Fact("visitor.returning", FactType.YES_NO, "the visitor had a session before",
         read=lambda v: v.visitor.sessions > 1, fixed=True),
    Fact("visitor.language", FactType.TEXT, "the browser's language, such as zh-TW",
         read=_visitor("language"), fixed=True),
    Fact("visitor.device", FactType.DEVICE, "phone, tablet or desktop", read=_visitor("device"), fixed=True),
    Fact("visitor.stage", FactType.STAGE, "visitor, subscriber, shopper, buyer or repeat buyer: the furthest reached",
         counter=_of_visitor("stage"), changes=lambda _: STAGE_GROUPS, moment="page_dwell"),
    Fact("visitor.orders", FactType.COUNT, "orders of this visitor", counter=_of_visitor("orders"), changes=_order),
    Fact("visitor.spent", FactType.NUMBER, "what this visitor has spent", counter=_of_visitor("spent"), changes=_order,
         money=True),
    Fact("visitor.tags", FactType.TAGS, "tags that rules have given the visitor",
         counter=_of_visitor("tags"), changes=_changed),
    Fact("visitor.country", FactType.COUNTRY, "the country the visitor comes from, if the proxy in front of the engine"
         " tells it", read=lambda v: v.visitor.country or None, fixed=True),
    Fact("visitor.field", FactType.FIELD, "a field of the shop's own, a number or a text", argument="name",
         counter=_of_visitor("f:{}"), changes=_changed),
    Fact("traffic.referrer", FactType.TEXT, "the page the session came from", read=_visitor("referrer"), fixed=True),
    Fact("traffic.source", FactType.TEXT, "utm_source of the session", read=_visitor("source"), fixed=True),
    Fact("traffic.medium", FactType.TEXT, "utm_medium of the session", read=_visitor("medium"), fixed=True),
    Fact("traffic.campaign", FactType.TEXT, "utm_campaign of the session", read=_visitor("campaign"), fixed=True),
    Fact("traffic.landing", FactType.TEXT, "path of the session's first page", read=_visitor("landing"), fixed=True),
    Fact("count", FactType.COUNT, "events of a name in this session", argument="event",
         counter=lambda name: Counter(SESSION, counters.event_count(name)),
         changes=_counted, windows=True),
    Fact(SINCE, FactType.DURATION, "time since the last event of a name in this session", argument="event",
         counter=lambda name: Counter(SESSION, counters.event_count(name)), changes=_counted, moment="wake"),
    Fact("exit_intent", FactType.SIGNAL, "the shopper is about to leave the page",
         read=lambda v: v.signal == "exit_intent", changes=_group("event:exit_intent"), moment="exit_intent"),
    Fact("tab_return", FactType.SIGNAL, "the shopper came back to this tab",
         read=lambda v: v.signal == "tab_return", changes=_group("event:tab_return"), moment="tab_return"),
    Fact("copy", FactType.SIGNAL, "the shopper copied text of the page",
         read=lambda v: v.signal == "copy", changes=_group("event:copy"), moment="copy"),
    Fact("idle", FactType.DURATION, "no input for so long", read=lambda v: v.idle_ms,
         changes=_group("event:idle"), moment="idle"),
    Fact("clock.hour", FactType.HOUR, "hour of the day, 0 to 23, in the site's time zone",
         wall=lambda local: local.hour, changes=_clock, moment="wake"),
    Fact("clock.weekday", FactType.WEEKDAY, "mon to sun in the site's time zone",
         wall=lambda local: WEEKDAYS[local.weekday()], changes=_clock, moment="wake"),
    Fact("clock.date", FactType.DATE, "the date in the site's time zone",
         wall=lambda local: local.date().isoformat(), changes=_clock, moment="wake"),
    Fact("agents.online", FactType.YES_NO, "somebody can answer a chat; no until there is an inbox",
         read=lambda _: False, changes=_group("agents")),
)  # fmt: skip

FACTS = {fact.name: fact for fact in _TABLE}
"""Every fact of the language by its name, in the order of the reference page."""

SCHEDULE = Fact(
    "schedule", FactType.DATE, "the time on the wall", wall=lambda local: local, changes=_clock, moment="wake"
)
"""What a rule's ``schedule`` reads; no condition can name it."""

SEQUENCE = Fact("sequence", FactType.YES_NO, "events happened in this order")
"""What a ``sequence:`` reads. It stands in no line, and so not among the facts."""

ALIASES = {"scroll": "page.scroll", "tags": "visitor.tags"}
"""Second names that are read as the first."""
