"""A shopper in front of a rule set: real events, counted as the engine counts them, seen as its plans see them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from engine.core.cart_items import CartPart
from engine.core.conditions import EVER, AllOf, AnyOf, Comparison, Condition, Not, Reading, Step
from engine.core.event_data import read_data
from engine.core.events import NOWHERE, SIGNALS, Page
from engine.core.facts import DEVICES, FACTS, OPERATORS_OF, SEQUENCE, Fact, FactType
from engine.core.fields import ORDERED
from engine.core.operators import OPERATORS
from engine.core.plan import Plan
from engine.core.rules import Rule, Show, Site
from engine.core.ruleset import RuleSet
from engine.core.stages import Intent
from engine.core.store_model import VisitorModel
from engine.core.tracking import Tracking
from engine.core.verdicts import Fires
from engine.core.view import View, Visitor
from engine.core.where import Where

Said = tuple[str, dict[str, Any]]


@dataclass
class Shopper:
    """One document of one visitor. ``now_ms`` moves only with a ``wake``."""

    store: VisitorModel = field(default_factory=VisitorModel)
    who: Visitor = field(default_factory=Visitor)
    page: Page = NOWHERE
    now_ms: int = 1_000
    signal: str = ""
    idle_ms: int = 0
    seq: int = 0

    def does(self, name: str, data: dict[str, Any] | None = None) -> None:
        """Let something happen: it is read, counted and over with the next one."""
        self.seq += 1
        if name == "wake":
            self.now_ms += (data or {}).get("after", 0)
        event = read_data(self.seq, name, data or {}, None, None)
        self.page = event.shown or self.page
        self.signal = name if name in SIGNALS else ""
        self.idle_ms = event.ms if name == "idle" else 0
        self.store.observe("doc001", self.seq, _ALL.changes(event, self.page), self.now_ms)

    def after(self, *more: Said) -> Shopper:
        """Return the shopper after something more, the shopper of now left alone."""
        other = deepcopy(self)
        for name, data in more:
            other.does(name, data)
        return other

    def seen_by(self, plan: Plan) -> View:
        """Return what a plan reads."""
        values = self.store.look("doc001", plan.words(self.page), self.now_ms)
        return View(plan.counts(values), self.page, self.who, self.signal, self.idle_ms, self.now_ms)

    def makes_true(self, rules: RuleSet) -> set[str]:
        """Return the rules that are true, judged one by one as they were written."""
        view = self.seen_by(rules.plan_of_all())
        return {each.rule.id for each in rules.rules if isinstance(rules.explain(each.rule, view), Fires)}

    @property
    def dwell_ms(self) -> int:
        """The attention to this page that was reported."""
        (ms,) = self.seen_by(_DWELL.plan_of(_READS_DWELL)).counts.values()
        return int(ms)


_DWELL, _READS_DWELL = RuleSet(), [Reading(FACTS["page.dwell"])]

TIMES = (0, 1_000, 2_000, 3_000, 5_000)
WINDOWS = (0, 2_000, 4_000, EVER)
TEXTS = ("cup", "mug", "sale", "/a", "/b")
KINDS = ("home", "cart", "product")
_VALUES: dict[FactType, tuple[Any, ...]] = {
    FactType.COUNT: (0, 1, 2, 3),
    FactType.NUMBER: (0, 1, 2, 1_490, 1_500),
    FactType.DURATION: TIMES,
    FactType.PERCENT: (0, 25, 50, 100),
    FactType.TEXT: TEXTS,
    FactType.KIND: KINDS,
    FactType.DEVICE: DEVICES,
    FactType.SIGNAL: (True,),
    FactType.YES_NO: (True, False),
    FactType.HOUR: (8, 9),
    FactType.WEEKDAY: ("thu", "fri"),
    FactType.DATE: ("1970-01-01", "1970-01-02"),
    FactType.COUNTRY: ("TW", "HK"),
    FactType.STAGE: (0, 1, 2, 3, 4),
    FactType.TAGS: ("new", "sale"),
    FactType.FIELD: ("cup", "1"),
    FactType.CART: (CartPart("sku", "cup"), CartPart("product"), CartPart("category", "sale")),
}
_ARGUMENTS = {"": ("",), "name": ("size",), "page kind": KINDS, "event": ("login", "cart", "exit_intent", "page_view")}


def _comparisons(fact: Fact) -> list[Comparison]:
    """Compare a fact, by every operator it takes, with values that it may well have."""
    values = _VALUES[fact.type]
    lists = [*combinations(values, 2), *((each, each) for each in values)]
    return [
        Comparison(Reading(fact, argument, window_ms=window_ms), OPERATORS[symbol], expected)
        for argument in _ARGUMENTS[fact.argument]
        for window_ms in (WINDOWS if fact.windows else (0,))
        for symbol in OPERATORS_OF[fact.type] or ("is",)
        for expected in _expected(fact, symbol, lists if symbol.endswith("in") else values)
    ]


def _expected(fact: Fact, symbol: str, values: Any) -> Any:
    return (0, 1, 2) if fact.type is FactType.FIELD and symbol in ORDERED else values


_GOLD = Where("plan", OPERATORS["is"], "gold")
_PATHS = (
    (Step("login"), Step("cart")),
    (Step("page_view", kind="home"), Step("page_view", kind="cart")),
    (Step("login"), Step("login", _GOLD), Step("page_view", kind="home")),
)
_HISTORIES = [
    *(Comparison(Reading(SEQUENCE, "", None, ms, path), OPERATORS["is"], True) for path in _PATHS for ms in (0, 3_000)),
    *(Comparison(Reading(FACTS["count"], "login", _GOLD, ms), OPERATORS[">"], n) for ms in WINDOWS for n in (0, 1)),
    *(Comparison(Reading(FACTS["since"], "login", _GOLD), OPERATORS[each], 2_000) for each in (">", "<", "=")),
]
_TABLE = [_HISTORIES, *(_comparisons(fact) for fact in FACTS.values())]
SITE = Site(intent=Intent(product_views=2, product_dwell_ms=3_000))
"""Its shoppers are shoppers soon."""

_ALL = Tracking((each for table in _TABLE for each in table), SITE.intent)
_PLAINLY = st.sampled_from(_TABLE).flatmap(st.sampled_from)


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """Draw rules that have much in common: of few facts, their conditions shared, grouped, negated."""
    themes = [each for table in draw(st.lists(st.sampled_from(_TABLE), min_size=1, max_size=3)) for each in table]
    plain = st.sampled_from(themes) | _PLAINLY
    pool: list[Condition] = [*draw(st.lists(plain, min_size=4, max_size=10))]
    for group in draw(st.lists(st.sampled_from([Not, AllOf, AnyOf]), max_size=4)):
        some = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3))
        pool.append(Not(some[0]) if group is Not else AllOf(tuple(some)) if group is AllOf else AnyOf(tuple(some)))
    whens = draw(st.lists(st.lists(st.sampled_from(pool), min_size=1, max_size=3), min_size=3, max_size=10))
    show = Show("chat", {})
    rules = (Rule(f"r{n}", AllOf(tuple(when)), show, priority=n % 3) for n, when in enumerate(whens))
    return RuleSet(rules, SITE)


_CUP = {"id": "cup", "name": "Cup", "price": 1_500, "stock": 1, "category": "sale"}
_PRODUCTS: tuple[dict[str, Any], ...] = (_CUP, {"id": "Mug", "price": 1, "stock": 0}, {"id": "cup", "price": 0})
PAGES: list[Said] = [
    *(("page_view", {"url": url, "kind": kind, "title": "Sale"}) for url in ("/a", "/b?x=cup") for kind in KINDS),
    *(("page_view", {"url": "/a", "kind": "product", "product": product}) for product in _PRODUCTS),
    ("page_view", {"url": "/b", "kind": "category", "category": "Sale"}),
    ("page_view", {"url": "/b", "kind": "home", "category": "mug", "product": _CUP}),
]
DWELLS: list[Said] = [("page_dwell", {"ms": ms}) for ms in TIMES]
EVENTS: list[list[Said]] = [
    PAGES,
    DWELLS,
    [("scroll", {"percent": percent}) for percent in _VALUES[FactType.PERCENT]],
    [("idle", {"ms": ms}) for ms in TIMES],
    [("wake", {"after": ms}) for ms in TIMES],
    [("cart", {"items": [{"price": price}] * lines}) for price in (1, 1_490) for lines in (0, 1, 2)],
    [("cart", {"items": [{"item_id": sku, "item_category": "Sale", "price": 1}]}) for sku in ("Cup", "mug")],
    [("purchase", {"value": 1, "transaction_id": "A1"}), ("purchase", {"value": 1})],
    [("sign_up", {}), ("popup_submit", {"fire": "f_1", "fields": {"email": "a@b.example"}})],
    [("login", {}), ("login", {"plan": "Gold"})],
    [("popup_close", {"fire": "f_1"})],
    [(signal, {}) for signal in SIGNALS],
]
_EVENTS = st.sampled_from(EVENTS).flatmap(st.sampled_from)
_VISITORS = [
    Visitor(session_started_ms=1_000),
    Visitor(3, "CUP", "phone", "/a", "Sale", "mug", "cup", "/b", 0),
    Visitor(2, "mug", "tablet", "cup", "sale", "cup", "Mug", "/a", 0),
]


@st.composite
def visits(draw: st.DrawFn) -> tuple[Shopper, list[Said]]:
    """Draw a shopper and what happens: a page is shown first."""
    first = draw(st.sampled_from(PAGES))
    return Shopper(who=draw(st.sampled_from(_VISITORS))), [first, *draw(st.lists(_EVENTS, max_size=7))]
