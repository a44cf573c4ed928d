"""Judge the rules that an event concerns, and find what the browser should report next."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from engine.core.chances import Moment
from engine.core.compiled_rule import CompiledRule
from engine.core.plan import Plan
from engine.core.ruleset import RuleSet, group_of
from engine.core.sieve import Sifted
from engine.core.view import View

Armed = dict[int, tuple[Moment, ...]]
"""The moments that each rule, by its order, waits for on the page shown now."""


class Watch:
    """
    The rules that could still fire on the page shown now, and the moments they wait for.

    ``alive`` is None from a page view until its counters have come.
    """

    __slots__ = ("alive", "armed", "rules")

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.alive: tuple[CompiledRule, ...] | None = None
        self.armed: Armed = {}

    def turn(self, rules: RuleSet) -> None:
        """Another page is shown, or other rules are in force: what was armed is void."""
        self.rules = rules
        self.alive = None
        self.armed.clear()

    def plan(self, kind: str, event_name: str) -> Plan:
        """Return what to read and judge after an event, on a page of ``kind``."""
        if self.alive is None:
            return self.rules.page_plan(kind)
        if not self.alive:
            return self.rules.nothing
        return self.rules.event_plan(self.alive, group_of(event_name))

    def plan_of(self, group: str) -> Plan:
        """Return what to read and judge where what ``group`` names has changed, without an event."""
        return self.rules.event_plan(self.alive, group) if self.alive else self.rules.nothing

    def judge(self, plan: Plan, view: View, held: Collection[str]) -> list[CompiledRule]:
        """
        Return the rules that are true, best first: by priority, then in the order of the files.

        ``armed`` is brought up to date for every rule judged. Rules in ``held``
        cannot fire here: they arm nothing.
        """
        true, waiting = self._sift(plan, view) if plan.sieve else self._test(plan, view)
        if held:
            true = [each for each in true if each.rule.id not in held]
            waiting = [each for each in waiting if each.rule.id not in held]
        # a rule that is true may be held back now; what could make it true once more is armed all the same
        for each in waiting + true:
            if moments := each.moments(view):
                self.armed[each.order] = moments
        if len(true) > 1:
            true.sort(key=lambda each: (-each.rule.priority, each.order))
        return true

    def _sift(self, plan: Plan, view: View) -> tuple[list[CompiledRule], list[CompiledRule]]:
        """Judge all rules of a kind of page, and find those that stay alive on it."""
        assert plan.sieve is not None  # noqa: S101
        out = Sifted()
        plan.sieve.sift(view, out)
        self.alive = tuple(out.alive)
        self.armed.clear()
        return out.true, out.waiting

    def _test(self, plan: Plan, view: View) -> tuple[list[CompiledRule], list[CompiledRule]]:
        """Judge rules that are alive."""
        true: list[CompiledRule] = []
        waiting: list[CompiledRule] = []
        for each in plan.rules:
            if self.armed:
                self.armed.pop(each.order, None)
            for test, may_arm in each.live:
                if not test(view):
                    if may_arm:
                        waiting.append(each)
                    break
            else:
                true.append(each)
        return true, waiting


def arm_field(armed: Armed, now_ms: int) -> dict[str, Any]:
    """Return ``arm`` as the protocol writes it: lists in rising order, signals as true, ``wake`` from now."""
    merged: dict[str, set[int]] = {}
    for moments in armed.values():
        for name, value in moments:
            merged.setdefault(name, set()).add(value)
    field: dict[str, Any] = {}
    for name in sorted(merged):
        if name in ("page_dwell", "scroll", "idle"):
            field[name] = sorted(merged[name])
        elif name == "wake":
            field[name] = sorted({max(1, due - now_ms) for due in merged[name]})
        else:
            field[name] = True
    return field
