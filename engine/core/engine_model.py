"""
The engine as one visitor meets it, without a network and without Redis.

Events go the same way as live, through the very functions that serve shops:
decode, deltas, counters, plan, judge, claim, arm. Only what Redis keeps is a model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from engine.core.arbiter_model import ArbiterModel, Chances, Fired, Refused
from engine.core.chains import tagged_by
from engine.core.doing import SET, Change
from engine.core.event_data import read_data, read_page
from engine.core.events import NOWHERE, SIGNALS, Event, Page
from engine.core.facts import CHANGED
from engine.core.firings import OUTCOME_OF
from engine.core.judge import Watch, arm_field
from engine.core.plan import Plan
from engine.core.ruleset import RuleSet
from engine.core.store_model import VisitorModel
from engine.core.submissions import Answer, read_submission
from engine.core.view import View, Visitor
from engine.core.words import read_number

_AFTER_ALL = 2**53


class EngineModel:
    """
    Serves one visitor's browser; what is chance elsewhere is laid down in ``chances``.

    ``arrives`` tells who comes with a session that begins on a page; as long as it is None, who came before.
    """

    def __init__(self, rules: RuleSet, store: VisitorModel, who: Visitor, chances: Chances | None = None) -> None:
        self.rules = rules
        self.who = who
        self.arrives: Callable[[Page], Visitor] | None = None
        self.page: Page = NOWHERE
        self.doc = ""
        self._store = store
        self._view = 0
        self._watch = Watch(rules)
        self.arbiter = ArbiterModel(rules, store, self._watch, chances or Chances())
        self._told: frozenset[tuple[str, int]] = frozenset()

    @property
    def fired(self) -> list[Fired]:
        """What fired, in order."""
        return self.arbiter.fired

    @property
    def refused(self) -> list[Refused]:
        """What was true and did not fire, in order."""
        return self.arbiter.refused

    def open(self, doc: str, page: Mapping[str, Any] | None, now_ms: int) -> dict[str, Any]:
        """Greet a document: find its session, what has nothing left to show in it, and what it should report."""
        self._view = self._view if doc == self.doc else 0
        self.doc = doc
        self.page = NOWHERE if page is None else self.rules.site.pages.of(read_page(page, "page"))
        if self._store.greet(now_ms):
            self._begin_session(now_ms)
        self.arbiter.open(doc, self._view, self.page, now_ms)
        self._rearm(Event(0, ""), now_ms)
        self._told = self._waits_for()
        return arm_field(self._watch.armed, now_ms)

    def take(self, seq: int, name: str, data: Mapping[str, Any], now_ms: int) -> dict[str, Any] | None:
        """Take an event of the open document; returns what is armed, or None where that is unchanged."""
        return self.apply(read_data(seq, name, data, None, None), now_ms)

    def attended(self, ms: int, now_ms: int) -> None:
        """Count attention that a session had left untold when it ended: it begins no other, and nothing is judged."""
        untold = Event(_AFTER_ALL, "page_dwell", ms=ms)
        self._store.count_late(self.doc, self.rules.tracking.changes(untold, self.page), now_ms)

    def apply(self, event: Event, now_ms: int) -> dict[str, Any] | None:
        """As ``take``, for an event that has been read: it may be one that an earlier document left behind."""
        event = self.rules.site.pages.said(event)
        page = self._turn(event)
        self.arbiter.release(now_ms)
        if event.name in OUTCOME_OF:
            self._store.settle(event.data["fire"], OUTCOME_OF[event.name])
        plan = self._watch.plan(self.page.kind, event.name)
        _, begun = self._store.observe(
            event.doc or self.doc, event.seq, self.rules.tracking.changes(event, page), now_ms
        )
        if begun:
            self._begin_session(now_ms)
        if event.name == "popup_submit":
            self.arbiter.start(event, now_ms)
        self._judge(plan, event, now_ms)
        if event.name == "popup_submit" and self._keep_answer(event, now_ms):
            self._judge(self._watch.plan_of(CHANGED), event, now_ms)
        if begun:
            self._rearm(event, now_ms)
        return self._arm(now_ms)

    def _judge(self, plan: Plan, event: Event, now_ms: int) -> None:
        """Fire what is true, and what becomes true by what a rule does to the visitor."""
        if not plan.rules or self.arbiter.is_done:
            return
        view = self._view_of(plan, event, now_ms)
        while self.arbiter.fire(self._watch.judge(plan, view, self.arbiter.held), now_ms):
            plan = self._watch.plan_of(CHANGED)
            view = self._view_of(plan, event, now_ms)

    def _keep_answer(self, event: Event, now_ms: int) -> bool:
        """Keep what a popup's form or click says of the visitor; tell whether there was such a thing."""
        show = self.arbiter.shown(event.data["fire"])
        if show is None:
            return False
        changes = tagged_by(show, event)
        said = read_submission(show, event.data.get("fields") or {}, self.rules.site.languages)
        if isinstance(said, Answer) and said.field:
            number = read_number(said.value)
            changes.append(Change(SET, said.field, said.value if number is None else number))
        self._store.change(changes, now_ms)
        return bool(changes)

    def _turn(self, event: Event) -> Page:
        """Return the page that an event belongs to; a page view of this document turns to its page."""
        if event.doc is not None:
            return event.shown or event.page or NOWHERE
        if event.shown is not None:
            self.page, self._view = event.shown, event.seq
            self._watch.turn(self.rules)
            self.arbiter.turn(event.seq, self.page)
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

    def _begin_session(self, now_ms: int) -> None:
        who = self.who if self.arrives is None else self.arrives(self.page)
        self.who = replace(who, sessions=self._store.sessions, session_started_ms=now_ms, landing=self.page.path)
        self.arbiter.begin_session()

    def _rearm(self, event: Event, now_ms: int) -> None:
        """Judge the page anew for what it waits for: a session has begun under it, or it has connected anew."""
        self._watch.turn(self.rules)
        if self.arbiter.is_done:
            return
        plan = self._watch.plan(self.page.kind, "page_view")
        view = self._view_of(plan, event._replace(name=""), now_ms)
        self._watch.judge(plan, view, self.arbiter.held)

    def _view_of(self, plan: Plan, event: Event, now_ms: int) -> View:
        counts = self._store.counts(self.doc, plan, self.page, now_ms)
        # a moment of an earlier document's page is none of this one's
        moment = event.name if event.doc is None else ""
        signal = moment if moment in SIGNALS else ""
        idle_ms = event.ms if moment == "idle" else 0
        return View(counts, self.page, self.who, signal, idle_ms, now_ms)

    def _waits_for(self) -> frozenset[tuple[str, int]]:
        return frozenset(moment for moments in self._watch.armed.values() for moment in moments)

    def _arm(self, now_ms: int) -> dict[str, Any] | None:
        waits_for = self._waits_for()
        if waits_for == self._told:
            return None
        self._told = waits_for
        return arm_field(self._watch.armed, now_ms)
