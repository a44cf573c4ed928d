"""
Why a rule fired, and why not: for each moment of a recorded visitor, each rule's answer.

    answers_of   replays the records and tells, event by event, what came of each rule
    nearest      of a session, the moment at which a rule came nearest
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.core import page_holds
from engine.core.conditions import Comparison, Condition, Reading, comparisons, say_value
from engine.core.counted_since import Since, said, since_of
from engine.core.facts import FactType
from engine.core.firings import LEFT
from engine.core.golden_file import REFUSALS
from engine.core.recorded import SHOWN, Claimed, Record, claims_of
from engine.core.replay import Happened, Replay
from engine.core.rules import Rule
from engine.core.ruleset import RuleSet
from engine.core.verdicts import Fires
from engine.core.view import View

FIRED, HELD, REFUSED = "fired", "held", "refused"

NOTHING = "nothing"

WORDS = (
    REFUSALS
    | page_holds.WORDS
    | {
        LEFT: "the page was left before it could show, or other rules were in force",
        NOTHING: "it was true before, and nothing that it reads has changed",
    }
)
"""What can hold back a rule that is true, in words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What came of one rule at one moment.

    ``held``: ``because`` is the first condition that failed, as written, ``had`` the value of its fact then; where it
    is made of several, ``several`` has their facts and values. ``refused``: it was true, ``reason`` held it back.
    ``met`` is how many of its conditions were true, ``near`` how near the one that failed was, 0 to 1. ``since``
    has the rule's facts that look back further than was counted then, with the moment (ms) since which they count.
    """

    rule: str
    verdict: str
    because: Condition | None = None
    had: Any = None
    several: tuple[tuple[Reading, Any], ...] = ()
    reason: str = ""
    fire: str = ""
    met: int = 0
    near: float = 0.0
    since: tuple[tuple[Reading, int], ...] = ()

    def __str__(self) -> str:
        if self.verdict == FIRED:
            return "fired"
        if self.verdict == REFUSED:
            return f"held back by {self.reason}: {WORDS.get(self.reason, self.reason)}"
        return f"{self.because}{self.said_had}"

    @property
    def said_had(self) -> str:
        """Say the value that a failed condition found."""
        because = self.because
        if not isinstance(because, Comparison):
            return "".join(f", {each} was {say_value(each.fact.type, had)}" for each, had in self.several)
        if because.reading.fact.type is FactType.SIGNAL:
            return ""
        since_ms = dict(self.since).get(because.reading)
        counts = "" if since_ms is None else f", counts since {said(since_ms)}"
        return f", it was {say_value(because.reading.fact.type, self.had)}{counts}"

    @property
    def nearness(self) -> tuple[int, int, float]:
        """Order answers by how near they are to firing."""
        return ((HELD, REFUSED, FIRED).index(self.verdict), self.met, self.near)


@dataclass(frozen=True, slots=True)
class Moment:
    """One event, and what came of each rule at it. ``session`` is the recorded id."""

    at_ms: int
    session: str
    record: Record
    kind: str
    path: str
    answers: tuple[Answer, ...]


def answers_of(
    visitor: str,
    rules: RuleSet,
    records: Sequence[Record],
    wanted: Iterable[str] = (),
    known: Mapping[str, Since] | None = None,
) -> list[Moment]:
    """
    Replay a visitor's records and answer for the wanted rules, or for all.

    What was recorded of claims holds: what the rules in force now would have done otherwise shows as ``left``.
    ``known`` says since when windows count; without it they count all that is recorded.
    """
    claims = claims_of(records)
    replay = Replay(visitor, rules, claims, follow=True, known=known)
    names = set(wanted)
    asked = [each.rule for each in rules.rules if not names or each.rule.id in names]
    fires = {each.fire: rule for found in claims.values() for rule, each in found.items()}
    moments = []
    for record in records:
        happened = replay.take(record)
        if happened is not None:
            came_of = claims.get((record.tab, record.doc, record.seq)) or _held_by_page(record, fires)
            moments.append(_moment(happened, rules, asked, came_of, replay.known_at(happened.at_ms)))
    return [replace(each, session=replay.recorded(each.session)) for each in moments]


def _held_by_page(record: Record, fires: Mapping[str, str]) -> Mapping[str, Claimed]:
    """Return what a page says that it holds back, as if a claim had come to it."""
    fire = str(record.data.get("fire"))
    if record.name != page_holds.EVENT or fire not in fires:
        return {}
    word = f"page_{page_holds.reason_of(record.data)}"
    return {fires[fire]: Claimed(fires[fire], fire, word, record.at_ms)}


def _moment(
    happened: Happened,
    rules: RuleSet,
    asked: list[Rule],
    came_of: Mapping[str, Claimed],
    known: Mapping[str, Since],
) -> Moment:
    view = happened.tab.seen(happened.event, happened.at_ms)
    answers = tuple(
        replace(_answer(happened, rules, rule, view, came_of.get(rule.id)), since=_since(rule, known, happened.at_ms))
        for rule in asked
    )
    return Moment(happened.at_ms, happened.session, happened.record, view.page.kind, view.page.path, answers)


def _since(rule: Rule, known: Mapping[str, Since], now_ms: int) -> tuple[tuple[Reading, int], ...]:
    """Return what of a rule looks back further than was counted then, each with since when it counts."""
    if not known:
        return ()
    readings = dict.fromkeys(each.reading for each in comparisons(rule.when))
    found = ((each, since_of(each, known, now_ms)) for each in readings)
    return tuple((each, since_ms) for each, since_ms in found if since_ms is not None)


def _answer(happened: Happened, rules: RuleSet, rule: Rule, view: View, known: Claimed | None) -> Answer:
    if known is not None and known.came_of_it == SHOWN:
        return Answer(rule.id, FIRED, fire=known.fire)
    verdict = rules.explain(rule, view)
    refused = [each.reason for each in happened.refused if each.rule == rule.id]
    if known is not None or refused or isinstance(verdict, Fires):
        reasons = [known.came_of_it] if known is not None else refused or [happened.tab.arbiter.held_by(rule)]
        return Answer(rule.id, REFUSED, reason=reasons[-1], met=len(rule.when.conditions))
    because = verdict.because
    met = sum(rules.is_true(each, view) for each in rule.when.conditions)
    if not isinstance(because, Comparison):
        read = dict.fromkeys(each.reading for each in comparisons(because))
        several = tuple((each, rules.value(each, view)) for each in read if each.fact.type is not FactType.SIGNAL)
        return Answer(rule.id, HELD, because, several=several, met=met)
    had = rules.value(because.reading, view)
    return Answer(rule.id, HELD, because, had, met=met, near=_near(because, had))


def _near(because: Comparison, had: Any) -> float:
    """Return how near a measure is to what is expected of it, 0 to 1; 0 where there is no nearer."""
    expected = because.expected
    if isinstance(had, bool) or not isinstance(had, int | float) or not isinstance(expected, int | float):
        return 0.0
    if because.operator.symbol in (">", ">=") and expected > 0:
        return min(1.0, max(0.0, had / expected))
    if because.operator.symbol in ("<", "<=") and had > 0:
        return min(1.0, max(0.0, expected / had))
    return 0.0


def nearest(moments: Iterable[Moment], rule: str) -> tuple[Moment, Answer] | None:
    """Return the moment at which a rule came nearest, the last of these; None where it was never asked."""
    best: tuple[Moment, Answer] | None = None
    for moment in moments:
        for answer in moment.answers:
            if answer.rule == rule and (best is None or answer.nearness >= best[1].nearness):
                best = moment, answer
    return best


def sessions_of(moments: Iterable[Moment]) -> dict[str, list[Moment]]:
    """Return the moments by session, in order."""
    found: dict[str, list[Moment]] = {}
    for each in moments:
        found.setdefault(each.session, []).append(each)
    return found
