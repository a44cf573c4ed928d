"""
What a rule would have done: recorded visitors, judged by a draft.

What a browser reports depends on what it was asked for, so the moments that the draft waits for are put in: an
attention that was reported in one piece is cut where the draft would have asked, and the clock wakes where it would
have. Scroll depth, idleness and signals cannot be: they are known only as far as a rule asked for them then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.core.archived import EVENT
from engine.core.conditions import comparisons
from engine.core.events import PAGE_KINDS, SIGNALS, Event
from engine.core.popup import coupon_of
from engine.core.popup_wheel import seed_of
from engine.core.recorded import SHOWN, SLOTS, Record, claims_of
from engine.core.replay import Happened, Replay
from engine.core.rules import Rule
from engine.core.ruleset import RuleSet
from engine.core.variants import variant_of

SLACK_MS = 1_000
"""A report that comes so much later than its moment is that of the moment all the same."""

_MOST_BETWEEN = 50
_ASKED_FOR_ONLY = ("page.scroll", "idle", *SIGNALS)


class Reached(NamedTuple):
    """
    One session that a rule would have reached, or did: when it would have fired first, and how often.

    It goes from one process to another: a frozen class that is compiled cannot.
    """

    rule: str
    visitor: str
    session: str
    at_ms: int
    times: int = 1
    ordered: bool = False
    codes: frozenset[str] = frozenset()


@dataclass
class Found:
    """What came of a backtest so far. ``held_out`` counts sessions that only the holdout kept a rule from."""

    visitors: int = 0
    events: int = 0
    reached: list[Reached] = field(default_factory=list)
    live: set[tuple[str, str, str]] = field(default_factory=set)
    held_out: dict[str, int] = field(default_factory=dict)

    def merge(self, other: Found) -> None:
        """Add what another has found."""
        self.visitors += other.visitors
        self.events += other.events
        self.reached += other.reached
        self.live |= other.live
        for rule, sessions in other.held_out.items():
            self.held_out[rule] = self.held_out.get(rule, 0) + sessions


class Backtest:
    """Judges visitors, one after the other, by ``rules``; of interest are the ``drafts`` among them, by id."""

    def __init__(self, rules: RuleSet, drafts: Iterable[str], since_ms: int, until_ms: int) -> None:
        self.found = Found()
        self._rules = rules
        self._drafts = frozenset(drafts)
        self._since_ms = since_ms
        self._until_ms = until_ms

    def take(self, visitor: str, records: Sequence[Record]) -> None:
        """Replay one visitor."""
        claims = claims_of(records)
        replay = Replay(visitor, self._rules, claims, follow=False)
        sessions: dict[tuple[str, str], Reached] = {}
        held_out: set[tuple[str, str]] = set()
        self.found.visitors += 1
        self.found.events += len(records)
        for record in records:
            if record.at_ms >= self._until_ms:
                break
            for happened in replayed(replay, record):
                if happened.at_ms >= self._since_ms and (
                    happened.fired or happened.refused or happened.event.name == "purchase"
                ):
                    self._note(visitor, happened, sessions, held_out)
        self.found.reached += [self._reached(each, replay) for each in sessions.values()]
        for rule, _ in held_out - sessions.keys():
            self.found.held_out[rule] = self.found.held_out.get(rule, 0) + 1
        self.found.live |= {
            (rule, visitor, record.session)
            for record in records
            if (rule := self._live(record)) and self._since_ms <= record.at_ms < self._until_ms
        }

    def _reached(self, known: Reached, replay: Replay) -> Reached:
        """Name the session as it was recorded: what a wheel in it would have drawn hangs on that."""
        session, rule = replay.recorded(known.session), self._rules.by_id[known.rule].rule
        variant = variant_of(known.visitor, rule)
        show = variant.show if variant else rule.show
        coupon = show and coupon_of(show, seed_of(known.visitor, rule.id, session))
        return known._replace(session=session, codes=frozenset({coupon.code} if coupon else ()))

    def _live(self, record: Record) -> str:
        """Return the draft that a recorded claim showed live; empty where it is none."""
        rule = record.data.get("rule") if record.kind == "claim" and record.name == SHOWN else None
        return str(rule) if rule in self._drafts else ""

    def _note(
        self, visitor: str, happened: Happened, sessions: dict[tuple[str, str], Reached], held: set[tuple[str, str]]
    ) -> None:
        for fired in happened.fired:
            if fired.rule in self._drafts:
                name = (fired.rule, happened.session)
                known = sessions.get(name) or Reached(fired.rule, visitor, happened.session, happened.at_ms, 0)
                sessions[name] = known._replace(times=known.times + 1)
        held |= {
            (each.rule, happened.session)
            for each in happened.refused
            if each.reason == "held_out" and each.rule in self._drafts
        }
        if happened.event.name == "purchase":
            for name, known in sessions.items():
                if known.session == happened.session:
                    sessions[name] = known._replace(ordered=True)


def replayed(replay: Replay, record: Record) -> Iterable[Happened]:
    """Take a record, and ahead of it what a browser would have reported that had been asked by these rules."""
    event = record.event() if record.kind == EVENT else None
    if event is None or event.doc is not None:
        happened = replay.take(record)
        return () if happened is None else (happened,)
    if replay.tab(record).waits:
        return _with_moments(replay, record, event)
    return (replay.happens(record, event, record.at_ms),)


def _with_moments(replay: Replay, record: Record, event: Event) -> Iterator[Happened]:
    numbers = iter(range(event.seq - SLOTS + 1, event.seq - SLOTS + _MOST_BETWEEN))
    yield from _wakes(replay, record, numbers)
    if event.name == "page_dwell":
        before_ms = replay.page_dwell_ms(record)
        for seq, due_ms in zip(numbers, _cuts(replay, record, before_ms + event.ms), strict=False):
            part = Event(seq, "page_dwell", ms=due_ms - before_ms)
            event, before_ms = event._replace(ms=event.ms - part.ms), due_ms
            yield replay.happens(record, part, record.at_ms - event.ms)
    yield replay.happens(record, event, record.at_ms)


def _wakes(replay: Replay, record: Record, numbers: Iterator[int]) -> Iterator[Happened]:
    """Wake where the rules would have asked for it, unless the record is such a report itself."""
    while record.name != "wake":
        due = [each for each in replay.tab(record).armed("wake") if each <= record.at_ms - SLACK_MS]
        seq = next(numbers, None)
        if not due or seq is None:
            return
        yield replay.happens(record, Event(seq, "wake"), due[0])


def _cuts(replay: Replay, record: Record, until_ms: int) -> Iterator[int]:
    """Yield the moments of attention that the page would have been asked for; each may bring the next one."""
    reached_ms = replay.page_dwell_ms(record)
    while True:
        moments = replay.tab(record).armed("page_dwell")
        due = [each for each in moments if reached_ms < each <= until_ms - SLACK_MS]
        if not due:
            return
        reached_ms = due[0]
        yield reached_ms


def unknowable(rules: Iterable[Rule]) -> list[str]:
    """Return the facts of these rules that are recorded only as far as a rule asked for them."""
    read = [each.reading.fact.name for rule in rules for each in comparisons(rule.when)]
    return sorted({each for each in read if each in _ASKED_FOR_ONLY})


def kinds_of(rules: RuleSet, drafts: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of page on which a draft could hold; empty where it could on any."""
    kinds = frozenset[str]().union(*(rules.by_id[each].kinds for each in drafts))
    return () if kinds >= set(PAGE_KINDS) else tuple(sorted(kinds))
