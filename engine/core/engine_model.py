"""
The engine as one visitor meets it, without a network and without Redis.

Events go the same way as live, through the very functions that serve shops:
decode, deltas, counters, plan, judge, claim, arm. Only what Redis keeps is a model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from engine.core.compiled_rule import CompiledRule
from engine.core.event_data import read_data, read_page
from engine.core.events import NOWHERE, SIGNALS, Event, Page
from engine.core.firings import HOLDS_ALL, OUTCOME_OF, UNSEEN_AFTER_MS, is_exhausted, is_spent
from engine.core.judge import Watch, arm_field
from engine.core.plan import Plan
from engine.core.rules import Rule
from engine.core.ruleset import RuleSet
from engine.core.store_model import Claim, VisitorModel
from engine.core.view import View, Visitor

_AFTER_ALL = 2**53


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule's popup went out."""

    rule: str
    fire: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule was true, and the arbiter held it back."""

    rule: str
    reason: str
    at_ms: int


class EngineModel:
    """Serves one visitor's browser. ``held_out`` puts the visitor in the holdout of every rule that has one."""

    def __init__(self, rules: RuleSet, store: VisitorModel, who: Visitor, held_out: bool = False) -> None:
        self.rules = rules
        self.who = who
        self.page: Page = NOWHERE
        self.fired: list[Fired] = []
        self.refused: list[Refused] = []
        self.show: Callable[[str], None] = lambda _fire: None
        self.doc = ""
        self._store = store
        self._held_out = held_out
        self._view = 0
        self._watch = Watch(rules)
        self._told: frozenset[tuple[str, int]] = frozenset()
        self._spent: set[str] = set()
        self._spent_here: set[str] = set()
        self._exhausted = False
        self._quiet_until_ms = 0
        self._unviewed: list[Fired] = []

    def open(self, doc: str, page: Mapping[str, Any] | None, now_ms: int) -> dict[str, Any]:
        """Greet a document: find its session, what has nothing left to show in it, and what it should report."""
        self._view = self._view if doc == self.doc else 0
        self.doc, self.page = doc, NOWHERE if page is None else read_page(page, "page")
        if self._store.greet(now_ms):
            self._begin_session(now_ms)
        self._quiet_until_ms = 0
        firings, most = self._store.firings, self.rules.site.popups_per_session
        self._exhausted = is_exhausted(chain.from_iterable(firings.values()), self._store.session, most, now_ms)
        self._spent = {
            each.rule.id
            for each in self.rules.rules
            if is_spent(each.rule, firings.get(each.rule.id, ()), self._store.session, now_ms)
        }
        self._spent_here = {
            rule for rule, past in firings.items() if any((each["d"], each["v"]) == (doc, self._view) for each in past)
        }
        self._rearm(Event(0, ""), now_ms)
        self._told = self._waits_for()
        return arm_field(self._watch.armed, now_ms)

    def take(self, seq: int, name: str, data: Mapping[str, Any], now_ms: int) -> dict[str, Any] | None:
        """Take an event of the open document; returns what is armed, or None where that is unchanged."""
        return self.apply(read_data(seq, name, data, None, None), now_ms)

    def apply(self, event: Event, now_ms: int) -> dict[str, Any] | None:
        """As ``take``, for an event that has been read: it may be one that an earlier document left behind."""
        page = self._turn(event)
        self._release(now_ms)
        if event.name in OUTCOME_OF:
            self._store.settle(event.data["fire"], OUTCOME_OF[event.name])
        plan = self._watch.plan(self.page.kind, event.name)
        _, begun = self._store.observe(
            event.doc or self.doc, event.seq, self.rules.tracking.changes(event, page), now_ms
        )
        if begun:
            self._begin_session(now_ms)
        if plan.rules and not self._exhausted:
            view = self._view_of(plan, event, now_ms)
            self._fire(self._watch.judge(plan, view, self._spent | self._spent_here), now_ms)
        if begun:
            self._rearm(event, now_ms)
        return self._arm(now_ms)

    def _release(self, now_ms: int) -> None:
        """Let rules fire again whose popups nobody viewed in time."""
        while self._unviewed and now_ms - self._unviewed[0].at_ms >= UNSEEN_AFTER_MS:
            old = self._unviewed.pop(0)
            if not any(each["w"] for each in self._store.firings.get(old.rule, ()) if each["t"] == old.at_ms):
                self._spent.discard(old.rule)
                self._spent_here.discard(old.rule)

    def _turn(self, event: Event) -> Page:
        """Return the page that an event belongs to; a page view of this document turns to its page."""
        if event.doc is not None:
            return event.shown or event.page or NOWHERE
        if event.shown is not None:
            self.page, self._view = event.shown, event.seq
            self._watch.turn(self.rules)
        return self.page

    def seen(self, last: Event, now_ms: int) -> View:
        """Return the visitor as all rules see it just after ``last``, which has been taken."""
        return self._view_of(self.rules.plan_of_all(), last, now_ms)

    def look(self, unreported_ms: int, last: Event, now_ms: int) -> View:
        """
        Return the visitor as all rules would see it now, and change nothing.

        ``unreported_ms`` is the attention that the browser has not told yet;
        ``last`` is what the shopper did just now.
        """
        store, self._store = self._store, deepcopy(self._store)
        try:
            untold = Event(_AFTER_ALL, "page_dwell", ms=unreported_ms)
            self._store.observe(self.doc, untold.seq, self.rules.tracking.changes(untold, self.page), now_ms)
            return self.seen(last, now_ms)
        finally:
            self._store = store

    def held_by(self, rule: Rule) -> str:
        """Return what holds back a rule whose conditions are true: a refusal, or 'nothing'."""
        if self._exhausted:
            return "popups_per_session"
        if rule.id in self._spent:
            return "limit"
        refusals = [each.reason for each in self.refused if each.rule == rule.id]
        if rule.id in self._spent_here and "held_out" not in refusals[-1:]:
            return "page_view"
        return refusals[-1] if refusals else "nothing"

    def _begin_session(self, now_ms: int) -> None:
        self.who = replace(self.who, sessions=self._store.sessions, session_started_ms=now_ms, landing=self.page.path)
        self._exhausted = False
        self._spent.clear()

    def _rearm(self, event: Event, now_ms: int) -> None:
        """Judge the page anew for what it waits for: a session has begun under it, or it has connected anew."""
        self._watch.turn(self.rules)
        if self._exhausted:
            return
        plan = self._watch.plan(self.page.kind, "page_view")
        view = self._view_of(plan, event._replace(name=""), now_ms)
        self._watch.judge(plan, view, self._spent | self._spent_here)

    def _view_of(self, plan: Plan, event: Event, now_ms: int) -> View:
        values = self._store.look(self.doc, plan.words(self.page), now_ms)
        # a moment of an earlier document's page is none of this one's
        moment = event.name if event.doc is None else ""
        signal = moment if moment in SIGNALS else ""
        idle_ms = event.ms if moment == "idle" else 0
        return View(plan.counts(values), self.page, self.who, signal, idle_ms, now_ms)

    def _fire(self, true: list[CompiledRule], now_ms: int) -> None:
        """Show the first rule whose claim succeeds; what holds back any popup ends the asking."""
        if now_ms < self._quiet_until_ms:
            self._hold_all(true, "quiet", now_ms)
            return
        for n, each in enumerate(true):
            reason = self._try(each, now_ms)
            if reason == "" or reason in HOLDS_ALL:
                self._hold_all(true[n + 1 :], reason or "outranked", now_ms)
                return

    def _try(self, compiled: CompiledRule, now_ms: int) -> str:
        """Show a rule's popup; return '' or what held it back."""
        rule, site = compiled.rule, self.rules.site
        fire = f"f_{len(self.fired) + 1}"
        held_out = self.holds_out(rule)
        reason, rest_ms = "never_on", 0
        if self.page.kind not in site.never_on:
            claim = Claim(fire, rule, site, self._store.session, self.doc, self._view, held_out)
            reason, rest_ms = self._store.claim(claim, now_ms)
        if reason == "quiet":
            self._quiet_until_ms = now_ms + rest_ms
        if reason or held_out:
            self._hold(compiled, reason or "held_out", now_ms)
            return reason or "held_out"
        self.fired.append(Fired(rule.id, fire, now_ms))
        self._unviewed.append(self.fired[-1])
        self._rest(compiled, for_session=rule.limit.times == 1 and rule.limit.per != "days")
        self._quiet_until_ms = now_ms + site.quiet_ms
        self.show(fire)
        return ""

    def holds_out(self, rule: Rule) -> bool:
        """Tell whether the visitor is in a rule's holdout."""
        return self._held_out and bool(self.rules.site.holdout if rule.holdout is None else rule.holdout)

    def _hold_all(self, rules: list[CompiledRule], reason: str, now_ms: int) -> None:
        for each in rules:
            self._hold(each, reason, now_ms)

    def _hold(self, compiled: CompiledRule, reason: str, now_ms: int) -> None:
        """Write down why a rule that is true does not show, and see to it that it is asked again when it may."""
        self.refused.append(Refused(compiled.rule.id, reason, now_ms))
        if reason == "popups_per_session":
            self._exhausted = True
            self._watch.armed.clear()
        elif reason in ("limit", "page_view", "held_out"):
            self._rest(compiled, for_session=reason == "limit")
        elif self._quiet_until_ms > now_ms:
            wake = ("wake", self._quiet_until_ms)
            self._watch.armed[compiled.order] = (*self._watch.armed.get(compiled.order, ()), wake)

    def _rest(self, compiled: CompiledRule, for_session: bool) -> None:
        """Leave a rule alone on this page view, or for the whole session."""
        (self._spent if for_session else self._spent_here).add(compiled.rule.id)
        self._watch.armed.pop(compiled.order, None)

    def _waits_for(self) -> frozenset[tuple[str, int]]:
        return frozenset(moment for moments in self._watch.armed.values() for moment in moments)

    def _arm(self, now_ms: int) -> dict[str, Any] | None:
        waits_for = self._waits_for()
        if waits_for == self._told:
            return None
        self._told = waits_for
        return arm_field(self._watch.armed, now_ms)
