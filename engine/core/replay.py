"""
Recorded visitors, through the very functions that serve shops: decode, deltas, counters, plan, judge, claim, arm.

A replay takes one visitor's records in their order. What Redis kept is the model of golden sessions; the clock is
in the records. ``Answers`` say where the arbiter's answers come from: from the record (what happened), or from
the model (what would have).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from engine.core.arbiter_model import Chances, Fired, Refused
from engine.core.archived import CLAIM, FILL, HELLO, UNSEEN, page_json
from engine.core.counted_since import Since
from engine.core.counters import Op, page_record, same_page
from engine.core.engine_model import EngineModel
from engine.core.event_data import BadEvent, read_page
from engine.core.events import NOWHERE, Event, Page
from engine.core.firings import LEFT
from engine.core.holdout import is_held_out
from engine.core.known_past import KnownPast
from engine.core.plan import Plan
from engine.core.recorded import HELD_OUT, Claimed, Claims, Record
from engine.core.rules import Rule, Site
from engine.core.ruleset import RuleSet
from engine.core.store_model import Claim, VisitorModel
from engine.core.store_verbs import Document
from engine.core.view import View, Visitor

_NOTHING: Mapping[str, Claimed] = {}


@dataclass
class Answers(Chances):
    """
    How claims are answered.

    Where ``follow`` is set, as recorded in ``here`` for the event under way. Else the model decides, and a popup
    that goes out is seen and closed at once, unless ``here`` knows it: then the visitor's own reports tell.
    """

    follow: bool = False
    here: Mapping[str, Claimed] = field(default_factory=dict)

    def holds_out(self, rule: Rule, site: Site) -> bool:
        """Tell whether the visitor is in a rule's holdout, as it was then."""
        if self.follow and rule.id in self.here:
            return self.here[rule.id].came_of_it == HELD_OUT
        return is_held_out(self.visitor, rule, site)

    def asked_ms(self, rule: Rule, now_ms: int) -> int:
        """Return when a rule asked whether it may fire: its quiet time was measured from then, not from the event."""
        return self.here[rule.id].at_ms if rule.id in self.here else now_ms


class ReplayedStore(VisitorModel):
    """What Redis kept of a recorded visitor; with a ``past``, no more of it than was kept then."""

    def __init__(self, sessions: int, answers: Answers, past: KnownPast | None = None) -> None:
        super().__init__(sessions)
        self._answers = answers
        self._past = past

    def observe(self, doc: str, seq: int, ops: Iterable[Op], now_ms: int) -> tuple[bool, bool]:
        """Count one event, once."""
        return super().observe(doc, seq, ops if self._past is None else self._past.counted(ops, now_ms), now_ms)

    def page_dwell_ms(self, doc: str) -> int:
        """Return the attention to the page that a document shows."""
        return int(self._documents.get(doc, Document()).measures.get("d", 0))

    def claim(self, claim: Claim, now_ms: int) -> tuple[str, int]:
        """Claim as it came, or as the model decides."""
        known = self._answers.here.get(claim.rule.id)
        if not self._answers.follow:
            return self._decide(claim, known, now_ms)
        if known is None or known.reason:
            return (LEFT if known is None else known.reason), 0
        self.write(replace(claim, fire=known.fire), now_ms)
        return "", 0

    def _decide(self, claim: Claim, known: Claimed | None, now_ms: int) -> tuple[str, int]:
        was_sent = known is not None and not known.reason
        fire = known.fire if known is not None and was_sent else f"r_{now_ms}_{claim.rule.id}"
        reason, rest_ms = super().claim(replace(claim, fire=fire), now_ms)
        if not (reason or was_sent):
            self.settle(fire, "close")
        return reason, rest_ms


class ReplayedTab(EngineModel):
    """A document of a recorded visitor."""

    def __init__(self, rules: RuleSet, store: ReplayedStore, who: Visitor, answers: Answers) -> None:
        super().__init__(rules, store, who, answers)
        self._everything: Plan | None = None

    def connect(self, doc: str, page: Page | None, now_ms: int) -> None:
        """Say hello: on the page that the document showed last, unless it says more of that very page."""
        if self._view and not (page is not None and same_page(page_record(0, self.page), page)):
            page = self.page
        self.open(doc, page_json(page), now_ms)

    def seen(self, last: Event, now_ms: int) -> View:
        """Return the visitor as all rules see it just after ``last``."""
        if self._everything is None:
            self._everything = self.rules.plan_of_all()
        return self._view_of(self._everything, last, now_ms)

    def _arm(self, _now_ms: int) -> None:
        """Tell nobody what is armed: there is no browser to be told."""

    @property
    def waits(self) -> bool:
        """Whether any moment is armed."""
        return bool(self._watch.armed)

    def armed(self, name: str) -> list[int]:
        """Return the armed moments of one kind, in order: ms of attention to the page, or on the clock."""
        return sorted({ms for moments in self._watch.armed.values() for each, ms in moments if each == name})


class Happened(NamedTuple):
    """
    One replayed event: where it leaves the visitor, and what fired or was refused at it.

    ``session`` is the model's name of the session: see :meth:`Replay.recorded`.
    """

    record: Record
    event: Event
    at_ms: int
    tab: ReplayedTab
    session: str
    fired: tuple[Fired, ...]
    refused: tuple[Refused, ...]


class Replay:
    """
    One visitor, from the first record on.

    With ``known`` windows count only what they did then; without, all that is recorded.
    """

    def __init__(
        self, visitor: str, rules: RuleSet, claims: Claims, follow: bool, known: Mapping[str, Since] | None = None
    ) -> None:
        self._rules = rules
        self._claims = claims
        self._answers = Answers(visitor=visitor, follow=follow)
        self._past = None if known is None else KnownPast(known)
        self._store = ReplayedStore(0, self._answers, self._past)
        self._tabs: dict[str, ReplayedTab] = {}
        self._origin = Visitor()
        self._is_known = False
        self._names: dict[str, str] = {}
        self.began_ms: dict[str, int] = {}

    def known_at(self, now_ms: int) -> Mapping[str, Since]:
        """Return since when windows counted at this moment; empty where they count all that is recorded."""
        return {} if self._past is None else self._past.known_at(now_ms)

    def recorded(self, session: str) -> str:
        """Return the recorded id of a session. The first event of a session may still bear that of the one before."""
        return self._names[session]

    def take(self, record: Record) -> Happened | None:
        """Take the next record; returns what happened at an event, None for anything else."""
        if record.kind == HELLO:
            self._hello(record)
            return None
        if record.kind == CLAIM:
            self._names[self._store.session] = record.session
            if record.name == UNSEEN:
                self._release(record.data["rule"], record.data["fire"])
            return None
        if record.kind == FILL:
            if self._past is not None:
                self._past.fill(record.data["names"], record.data["back_to_ms"], self._store.hashes)
            return None
        event = record.event()
        return None if event is None else self.happens(record, event, record.at_ms)

    def tab(self, record: Record) -> ReplayedTab:
        """Return the document that an event came over, connected as little as is known where its hello is not kept."""
        if record.tab not in self._tabs:
            self._hello(record._replace(kind=HELLO, doc=record.tab, data={}, page=None))
        return self._tabs[record.tab]

    def page_dwell_ms(self, record: Record) -> int:
        """Return the attention so far to the page that a record's document shows."""
        return self._store.page_dwell_ms(record.tab)

    def happens(self, record: Record, event: Event, at_ms: int) -> Happened:
        """Let an event happen: that of the record, or one that a browser would have sent ahead of it."""
        tab, store = self._tabs.get(record.tab) or self.tab(record), self._store
        arbiter = tab.arbiter
        before, fired, refused = store.session, len(arbiter.fired), len(arbiter.refused)
        if self._claims:
            self._answers.here = self._claims.get((record.tab, record.doc, record.seq), _NOTHING)
        tab.apply(event, at_ms)
        session = store.session
        if session != before:
            self.began_ms[session] = at_ms
            self._origin = tab.who
        self._names[session] = record.session
        return Happened(
            record, event, at_ms, tab, session,
            tuple(arbiter.fired[fired:]) if len(arbiter.fired) > fired else (),
            tuple(arbiter.refused[refused:]) if len(arbiter.refused) > refused else (),
        )  # fmt: skip

    def _release(self, rule: str, fire: str) -> None:
        """Nobody saw a popup, in its minute or until its page was left: its rule may fire again, on any page."""
        self._store.release(fire)
        for tab in self._tabs.values():
            tab.arbiter.wake_up(rule)

    def _hello(self, record: Record) -> None:
        said = _page_of(record)
        page = said and self._rules.site.pages.of(said)
        who = self._greet(record, page)
        if record.tab not in self._tabs:
            self._tabs[record.tab] = ReplayedTab(self._rules, self._store, who, self._answers)
        self._tabs[record.tab].who = who
        self._tabs[record.tab].arbiter.is_left = "left" in record.data
        self._tabs[record.tab].connect(record.tab, page, record.at_ms)

    def _greet(self, record: Record, page: Page | None) -> Visitor:
        """Begin a session if none goes on, and return who comes: where from is said by the session's first hello."""
        said, store = record.data, self._store
        begun = store.greet(record.at_ms)
        if "sessions" in said and not self._is_known:
            # what was before the records begin, the first hello among them tells
            self._is_known = True
            store.sessions = said["sessions"]
            store.hashes.visitor = {**said.get("had", {}), **store.hashes.visitor}
        if begun:
            # the first session that is known may have begun before
            began_ms = record.at_ms if self._tabs else said.get("started_ms", record.at_ms)
            store.session_started_ms = self.began_ms[store.session] = began_ms
            self._origin = Visitor(
                referrer=said.get("referrer", ""),
                source=said.get("source", ""),
                medium=said.get("medium", ""),
                campaign=said.get("campaign", ""),
                landing=(page or NOWHERE).path,
            )
        self._names[store.session] = record.session
        origin = self._origin
        return Visitor(
            sessions=store.sessions,
            language=said.get("language", ""),
            device=said.get("device", "desktop"),
            referrer=origin.referrer,
            source=origin.source,
            medium=origin.medium,
            campaign=origin.campaign,
            landing=origin.landing,
            session_started_ms=store.session_started_ms,
            country=said.get("country", ""),
        )


def _page_of(record: Record) -> Page | None:
    try:
        return read_page(record.page, "page") if record.page is not None else None
    except BadEvent:
        return None
