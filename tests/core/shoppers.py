"""A shopper in front of a rule set: real events, counted as the engine counts them, seen as its plans see them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from engine.core.conditions import AllOf, AnyOf, Comparison, Condition, Not, Reading
from engine.core.counters import deltas
from engine.core.event_data import read_data
from engine.core.events import NOWHERE, PAGE_KINDS, SIGNALS, Page
from engine.core.facts import DEVICES, FACTS, OPERATORS_OF, FactType
from engine.core.operators import OPERATORS
from engine.core.plan import Plan
from engine.core.rules import Rule, Show
from engine.core.ruleset import RuleSet
from engine.core.store_model import VisitorModel
from engine.core.verdicts import Fires
from engine.core.view import View, Visitor

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
        self.store.observe("doc001", self.seq, deltas(event, self.page), self.now_ms)

    def after(self, *more: Said) -> Shopper:
        """Return the shopper after something more, the shopper of now left alone."""
        other = deepcopy(self)
        for name, data in more:
            other.does(name, data)
        return other

    def seen_by(self, plan: Plan) -> View:
        """Return what a plan reads."""
        values = self.store.look("doc001", plan.document, plan.session_names(self.page), self.now_ms)
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

TIMES = st.sampled_from([0, 1_000, 2_000, 3_000, 5_000])
TEXTS = st.sampled_from(["cup", "mug", "sale", "/a", "/b"])
_VALUES: dict[FactType, st.SearchStrategy[Any]] = {
    FactType.COUNT: st.integers(0, 3),
    FactType.NUMBER: st.sampled_from([0, 1, 2, 1_490, 1_500]),
    FactType.DURATION: TIMES,
    FactType.PERCENT: st.sampled_from([0, 25, 50, 100]),
    FactType.TEXT: TEXTS,
    FactType.KIND: st.sampled_from(["home", "cart", "product"]),
    FactType.DEVICE: st.sampled_from(DEVICES),
    FactType.SIGNAL: st.just(True),
    FactType.YES_NO: st.booleans(),
}


@st.composite
def a_comparison(draw: st.DrawFn) -> Comparison:
    """Compare any fact of the language, by any operator it takes, with a value that it may well have."""
    fact = draw(st.sampled_from([each for each in FACTS.values() if each.built]))
    arguments = {"page kind": st.sampled_from(["home", "cart", "product"]), "": st.just("")}
    argument = draw(arguments.get(fact.argument, st.sampled_from(["login", "cart", "exit_intent", "page_view"])))
    symbol = draw(st.sampled_from(OPERATORS_OF[fact.type] or ("is",)))
    values = _VALUES[fact.type]
    expected = draw(st.lists(values, min_size=1, max_size=3).map(tuple) if symbol.endswith("in") else values)
    return Comparison(Reading(fact, argument), OPERATORS[symbol], expected)


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    a_comparison(),
    lambda inner: (
        inner.map(Not)
        | st.lists(inner, min_size=1, max_size=3).map(tuple).map(AllOf)
        | st.lists(inner, min_size=1, max_size=3).map(tuple).map(AnyOf)
    ),
    max_leaves=4,
)


def rule_sets(conditions: st.SearchStrategy[Any] = CONDITIONS) -> st.SearchStrategy[RuleSet]:
    """Return rule sets of rules of one to four conditions, some of them shared, with priorities."""
    some = st.lists(conditions, min_size=1, max_size=6)
    whens = some.flatmap(lambda pool: st.lists(st.lists(st.sampled_from(pool), min_size=1, max_size=4), max_size=8))
    return st.builds(_rule_set, whens, st.lists(st.integers(0, 2), min_size=8, max_size=8))


def _rule_set(whens: list[list[Condition]], priorities: list[int]) -> RuleSet:
    show = Show("chat", {})
    pairs = enumerate(zip(whens, priorities, strict=False))
    return RuleSet(Rule(f"r{n}", AllOf(tuple(when)), show, priority=priority) for n, (when, priority) in pairs)


_PRODUCTS = st.fixed_dictionaries(
    {"id": st.sampled_from(["cup", "Mug"])},
    optional={
        "price": st.sampled_from([0, 1, 1_500]),
        "stock": st.integers(0, 2),
        "category": TEXTS,
        "name": st.sampled_from(["Cup", "mug"]),
    },
)
PAGES = st.fixed_dictionaries(
    {"kind": st.sampled_from(["home", "cart", "product", *PAGE_KINDS]), "url": st.sampled_from(["/a", "/b?x=cup"])},
    optional={"title": TEXTS, "product": _PRODUCTS, "category": TEXTS},
)
VISITORS = st.builds(
    Visitor,
    sessions=st.integers(1, 3),
    language=TEXTS,
    device=st.sampled_from(DEVICES),
    referrer=TEXTS,
    source=TEXTS.map(str.upper),
    landing=st.sampled_from(["/a", "/b"]),
    session_started_ms=st.sampled_from([0, 1_000]),
)
DWELLS = st.tuples(st.just("page_dwell"), st.fixed_dictionaries({"ms": TIMES}))
EVENTS: st.SearchStrategy[Said] = st.one_of(
    DWELLS,
    st.tuples(st.just("page_view"), PAGES),
    st.tuples(st.just("scroll"), st.fixed_dictionaries({"percent": _VALUES[FactType.PERCENT]})),
    st.tuples(st.just("idle"), st.fixed_dictionaries({"ms": TIMES})),
    st.tuples(st.just("wake"), st.fixed_dictionaries({"after": TIMES})),
    st.tuples(
        st.just("cart"),
        st.fixed_dictionaries(
            {"items": st.lists(st.fixed_dictionaries({"price": st.sampled_from([1, 1_490])}), max_size=2)}
        ),
    ),
    st.tuples(st.sampled_from(["login", "popup_close", *SIGNALS]), st.just({"fire": "f_1"})),
)


@st.composite
def visits(draw: st.DrawFn) -> tuple[Shopper, list[Said]]:
    """A shopper, and what happens: a page is shown first."""
    first = ("page_view", draw(PAGES))
    return Shopper(who=draw(VISITORS)), [first, *draw(st.lists(EVENTS, max_size=6))]
