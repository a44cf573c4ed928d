"""
The rules in force, compiled, with an index from what an event changes to the rules it concerns.

A rule that begins with ``page is cart`` is not looked at on any other page, and
an event that changes only dwell leaves alone all rules that read none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.core.compile import Getter, Slots, Test, compile_test, getter
from engine.core.compiled_rule import CompiledRule
from engine.core.conditions import Comparison, Condition, Reading, comparisons
from engine.core.counters import Counter
from engine.core.facts import FactType
from engine.core.fields import as_text
from engine.core.plan import Plan
from engine.core.products import most_seen
from engine.core.rules import Rule, Show, Site
from engine.core.sieve import SieveMaker
from engine.core.tracking import Tracking
from engine.core.verdicts import Fires, Holds, Verdict
from engine.core.view import View

EVERYTHING = "everything"
"""The group of events after which every rule alive on the page is judged: a wake, a closed popup."""

_GROUPS = {
    "wake": EVERYTHING,
    "popup_close": EVERYTHING,
    "popup_click": EVERYTHING,
    "page_dwell": "dwell",
    "scroll": "scroll",
    "cart": "cart",
}
_MOST_PLANS = 10_000


def group_of(event_name: str) -> str:
    """Return the group of facts that an event changes."""
    return _GROUPS.get(event_name) or "event:" + event_name


class RuleSet:
    """
    The rules in force for a site. A new one replaces it whole when the marketer changes a file.

    ``folder`` names the site's own folder that they are of; empty for those of all sites.
    """

    def __init__(self, rules: Iterable[Rule] = (), site: Site | None = None, warnings: tuple[str, ...] = ()) -> None:
        self.site = site or Site()
        self.warnings = warnings
        self.folder = ""
        self.slots = Slots()
        self._tests: dict[Condition, Test] = {}
        self.rules = tuple(CompiledRule(rule, n, self.slots, self.site) for n, rule in enumerate(rules))
        read = (each for compiled in self.rules for each in comparisons(compiled.rule.when))
        shows = (show for compiled in self.rules for show in compiled.rule.shows)
        self.tracking = Tracking(read, self.site.intent, most_seen(shows), self.site.pages)
        self.by_id = {each.rule.id: each for each in self.rules}
        self.field_words = _field_words(each.rule for each in self.rules)
        self.interrupting = frozenset(each.rule.id for each in self.rules if each.rule.interrupts)
        self.unobtrusive = frozenset(self.by_id) - self.interrupting
        self.nothing = Plan((), self.slots)
        self._page_plans: dict[str, Plan] = {}
        self._groups = frozenset((EVERYTHING,)).union(*(each.groups for each in self.rules))
        self._event_plans: dict[tuple[tuple[CompiledRule, ...], str], Plan] = {}
        self._show_plans: dict[int, tuple[Show, Plan]] = {}

    def label_of(self, rule: str) -> str:
        """Return how a rule is called beside those of other sites, which may have one of the same id."""
        return f"{self.folder}/{rule}" if self.folder else rule

    def page_plan(self, kind: str) -> Plan:
        """Return what to read and judge when a page of ``kind`` is shown: every rule that could hold on it."""
        plan = self._page_plans.get(kind)
        if plan is None:
            rules = tuple(each for each in self.rules if kind in each.kinds)
            maker = SieveMaker(self._test_of, self._getter_of, self._slot_of)
            counters = (counter for each in rules for counter in each.counters)
            plan = self._page_plans[kind] = Plan(counters, self.slots, rules, maker.make(rules))
        return plan

    def event_plan(self, alive: tuple[CompiledRule, ...], group: str) -> Plan:
        """Return what to read and judge after an event of ``group``, of the rules alive on the page."""
        if group not in self._groups:
            return self.nothing
        plan = self._event_plans.get((alive, group))
        if plan is None:
            if len(self._event_plans) >= _MOST_PLANS:
                self._event_plans.clear()
            plan = self._event_plans[alive, group] = self._event_plan(alive, group)
        return plan

    def _event_plan(self, alive: tuple[CompiledRule, ...], group: str) -> Plan:
        rules = alive if group == EVERYTHING else tuple(each for each in alive if group in each.groups)
        counters = (counter for each in rules for counter in each.live_counters)
        return Plan(counters, self.slots, rules) if rules else self.nothing

    def plan_of(self, readings: Iterable[Reading]) -> Plan:
        """Return what to read for these facts alone, judging nothing: a popup's placeholders, say."""
        return Plan(_counters(readings), self.slots)

    def plan_to_show(self, show: Show, readings_of: Callable[[Show], Iterable[Reading]]) -> Plan:
        """Return what to read for a popup; which facts it needs ``readings_of`` is asked once."""
        known = self._show_plans.get(id(show))
        if known is None or known[0] is not show:
            known = self._show_plans[id(show)] = (show, self.plan_of(readings_of(show)))
        return known[1]

    def plan_of_all(self, readings: Iterable[Reading] = ()) -> Plan:
        """Return the plan that reads these facts and what any rule reads, to look at a visitor from outside."""
        read = [counter for each in self.rules for counter in each.counters]
        return Plan([*read, *_counters(readings)], self.slots)

    def value(self, reading: Reading, view: View) -> Any:
        """Return what a fact is on a view: None where it is unknown."""
        return getter(reading, self.slots, self.site)(view)

    def is_true(self, condition: Condition, view: View) -> bool:
        """Judge one condition."""
        return self._test_of(condition)(view)

    def explain(self, rule: Rule, view: View) -> Verdict:
        """Judge a rule on any page, its conditions in the order in which they were written."""
        for condition in rule.when.conditions:
            if not self._test_of(condition)(view):
                return Holds(rule, condition)
        return Fires(rule)

    def _test_of(self, condition: Condition) -> Test:
        test = self._tests.get(condition)
        if test is None:
            test = self._tests[condition] = compile_test(condition, self.slots, self.site)
        return test

    def _getter_of(self, comparison: Comparison) -> Getter:
        return getter(comparison.reading, self.slots, self.site)

    def _slot_of(self, comparison: Comparison) -> int:
        return self.slots.number(_counters([comparison.reading])[0])


def _field_words(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the texts that rules give to fields of visitors, or look for in them."""
    words: set[str] = set()
    for rule in rules:
        words.update(as_text(each.value) for each in rule.do)
        for each in comparisons(rule.when):
            if each.reading.fact.type is FactType.FIELD:
                words.update(each.expected if isinstance(each.expected, tuple) else (str(each.expected),))
    return frozenset(words)


def _counters(readings: Iterable[Reading]) -> list[Counter]:
    return [counter for each in readings if (counter := each.counter) is not None]
