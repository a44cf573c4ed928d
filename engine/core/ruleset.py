"""
The rules in force, compiled, with an index from what an event changes to the rules it concerns.

A rule that begins with ``page is cart`` is not looked at on any other page, and
an event that changes only dwell leaves alone all rules that read none.
"""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from engine.core.arm import ARMED, OPEN, Moment, can_be_armed, compile_chance
from engine.core.compile import Slots, Test, compile_test, counters_of, getter
from engine.core.conditions import AllOf, Comparison, Condition, Reading, comparisons
from engine.core.counters import SESSION, Counter
from engine.core.events import PAGE_KINDS, Page
from engine.core.rules import Rule, Site
from engine.core.verdicts import Fires, Holds, Verdict
from engine.core.view import View

EVERYTHING = "everything"
"""The group of an event after which every rule of the page is judged: a page view, a wake, a closed popup."""

_EVERYTHING_AFTER = ("page_view", "wake", "popup_close")
_CART = "cart"
_CLOCK = "clock"


def group_of(event_name: str) -> str:
    """Return the group of facts that an event changes."""
    if event_name in _EVERYTHING_AFTER:
        return EVERYTHING
    return {"page_dwell": "dwell", "scroll": "scroll", "cart": _CART}.get(event_name, "event:" + event_name)


class CompiledRule:
    """
    A rule that can be judged.

    ``kinds`` are the kinds of page on which it could hold at all; ``checks``
    are the conditions that decide it on such a page, the cheap and common ones
    first. ``is_bounded`` tells that some measure may stop being low enough:
    such a moment is armed even while other conditions fail.
    """

    __slots__ = ("checks", "counters", "groups", "is_bounded", "kinds", "moments", "order", "rule")

    def __init__(self, rule: Rule, order: int, slots: Slots, site: Site) -> None:
        self.rule = rule
        self.order = order
        gates = [each for each in rule.when.conditions if _reads_only_kind(each)]
        self.kinds = frozenset(kind for kind in PAGE_KINDS if _opens(gates, kind, slots, site))
        self.checks = tuple(each for each in rule.when.conditions if each not in gates)
        self.is_bounded = any(_has_bound(each) for each in self.checks)
        self.groups = frozenset().union(
            *(each.reading.fact.changes(each.reading.argument) for each in comparisons(rule.when))
        )
        self.counters = tuple(dict.fromkeys(counters_of(rule.when)))
        self.moments = _moments(rule.when, slots, site)


def _reads_only_kind(condition: Condition) -> bool:
    return isinstance(condition, Comparison) and condition.reading.fact.name == "page"


def _opens(gates: list[Condition], kind: str, slots: Slots, site: Site) -> bool:
    view = View(page=Page(kind=kind, url="", path=""))
    return all(compile_test(each, slots, site)(view) for each in gates)


def _has_bound(condition: Condition) -> bool:
    return can_be_armed(condition) and not (
        isinstance(condition, Comparison) and condition.operator.symbol in (">", ">=", "is")
    )


def _moments(when: AllOf, slots: Slots, site: Site) -> Callable[[View], tuple[Moment, ...]]:
    chance = compile_chance(when, slots, site)

    def moments(view: View) -> tuple[Moment, ...]:
        state, found = chance(view)
        return found if state in (ARMED, OPEN) else ()

    return moments


@dataclass(frozen=True, slots=True)
class Branch:
    """One condition that several rules share: where to go on if it holds, and whom to ask for moments if not."""

    test: Test
    passed: Junction
    failed: tuple[CompiledRule, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """Rules whose conditions up to here hold: ``true`` have no other, ``branches`` are what the others need next."""

    branches: tuple[Branch, ...]
    true: tuple[CompiledRule, ...]


def grow(rules: Sequence[CompiledRule], test_of: Callable[[Condition], Test]) -> Junction:
    """
    Return a tree in which a condition that many rules begin with is tested once for all of them.

    A thousand rules of one shop are made of few different conditions: what an
    event costs follows from those, not from the number of rules.
    """
    shared = Counts(check for each in rules for check in each.checks)

    def ordered(rule: CompiledRule) -> list[Condition]:
        return sorted(rule.checks, key=lambda check: (can_be_armed(check), -shared[check]))

    return _junction([(each, ordered(each)) for each in rules], test_of)


def _junction(rules: list[tuple[CompiledRule, list[Condition]]], test_of: Callable[[Condition], Test]) -> Junction:
    branches: dict[Condition, list[tuple[CompiledRule, list[Condition]]]] = {}
    for rule, checks in rules:
        if checks:
            branches.setdefault(checks[0], []).append((rule, checks[1:]))
    return Junction(
        tuple(
            Branch(
                test_of(check),
                _junction(below, test_of),
                tuple(rule for rule, _ in below if rule.is_bounded or can_be_armed(check)),
            )
            for check, below in branches.items()
        ),
        tuple(rule for rule, checks in rules if not checks),
    )


class Plan:
    """
    What to read and judge after one group of events on one kind of page.

    ``slots`` are the numbers of the counters in ``counters``, in the same
    order; ``orders`` are those of the rules.
    """

    __slots__ = ("counters", "document", "names", "orders", "root", "rules", "slots")

    def __init__(
        self,
        rules: Iterable[CompiledRule],
        slots: Slots,
        test_of: Callable[[Condition], Test],
        more: Iterable[Counter] = (),
    ) -> None:
        self.rules = tuple(rules)
        self.orders = frozenset(each.order for each in self.rules)
        self.root = grow(self.rules, test_of)
        read = dict.fromkeys(counter for rule in self.rules for counter in rule.counters)
        read.update(dict.fromkeys(more))
        counters = sorted(read, key=lambda counter: counter.scope == SESSION)
        self.counters = tuple(counters)
        self.slots = tuple(slots.number(counter) for counter in counters)
        self.document = tuple(counter.name_on(_NO_PAGE) for counter in counters if counter.scope != SESSION)
        self.names = tuple(counter.field for counter in counters if counter.scope == SESSION)

    def session_names(self, page: Page) -> list[str]:
        """Return the names of the session counters to read on ``page``; an empty name stands for none."""
        return [name if isinstance(name, str) else name(page) or "" for name in self.names]

    def counts(self, values: bytes) -> dict[int, float]:
        """Return the values that Redis answered, a JSON list with document counters first, as a view holds them."""
        return dict(zip(self.slots, orjson.loads(values), strict=True))


def _counters(readings: Iterable[Reading]) -> list[Counter]:
    return [each.fact.counter(each.argument) for each in readings if each.fact.counter is not None]


_NO_PAGE = Page(kind="other", url="", path="")


class RuleSet:
    """The rules in force for a site. A new one replaces it whole when the marketer changes a file."""

    def __init__(self, rules: Iterable[Rule] = (), site: Site | None = None, warnings: tuple[str, ...] = ()) -> None:
        self.site = site or Site()
        self.warnings = warnings
        self._slots = Slots()
        self._tests: dict[Condition, Test] = {}
        self.rules = tuple(CompiledRule(rule, n, self._slots, self.site) for n, rule in enumerate(rules))
        self.by_id = {each.rule.id: each for each in self.rules}
        self._groups = frozenset().union(*(each.groups for each in self.rules))
        self._plans: dict[tuple[str, str], Plan] = {}
        self._no_plan = Plan((), self._slots, self._test_of)

    def _test_of(self, condition: Condition) -> Test:
        test = self._tests.get(condition)
        if test is None:
            test = self._tests[condition] = compile_test(condition, self._slots, self.site)
        return test

    def plan(self, kind: str, group: str) -> Plan:
        """Return what to read and judge after an event of ``group`` on a page of ``kind``."""
        plan = self._plans.get((kind, group))
        if plan is not None:
            return plan
        if group != EVERYTHING and group not in self._groups:
            # event names come from outside and have no end: those that no rule reads are not remembered
            return self._no_plan
        rules = (each for each in self.rules if kind in each.kinds and (group == EVERYTHING or group in each.groups))
        plan = self._plans[kind, group] = Plan(rules, self._slots, self._test_of)
        return plan

    def plan_of(self, readings: Iterable[Reading]) -> Plan:
        """Return what to read for these facts alone, judging nothing: a popup's placeholders, say."""
        return Plan((), self._slots, self._test_of, _counters(readings))

    def plan_of_all(self, readings: Iterable[Reading] = ()) -> Plan:
        """Return the plan that reads these facts and what any rule reads, to look at a visitor from outside."""
        return Plan(self.rules, self._slots, self._test_of, _counters(readings))

    def value(self, reading: Reading, view: View) -> Any:
        """Return what a fact is on a view: None where it is unknown."""
        return getter(reading, self._slots, self.site)(view)

    def explain(self, rule: Rule, view: View) -> Verdict:
        """Judge a rule on any page, its conditions in the order in which they were written."""
        for condition in rule.when.conditions:
            if not self._test_of(condition)(view):
                return Holds(rule, condition)
        return Fires(rule)
