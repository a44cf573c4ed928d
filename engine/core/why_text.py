"""What came of the rules, for people and for programs: one visitor's moments, or the sum over many sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.conditions import Comparison, say_value
from engine.core.counted_since import said
from engine.core.facts import FactType
from engine.core.why import FIRED, HELD, REFUSED, WORDS, Answer, Moment, nearest, sessions_of

_MOST_NAMED = 10


def as_json(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    """Return sessions, each with all moments and the answer of each rule, and per rule where it came nearest."""
    return [
        {
            "session": session,
            "moments": [_moment_json(each) for each in found],
            "rules": [_rule_json(found, rule) for rule in _rules(found)],
        }
        for session, found in sessions_of(moments).items()
    ]


def _moment_json(moment: Moment) -> dict[str, Any]:
    return {
        "at_ms": moment.at_ms,
        "event": moment.record.name,
        "doc": moment.record.doc,
        "seq": moment.record.seq,
        "page": {"kind": moment.kind, "path": moment.path},
        "rules": [_answer_json(each) for each in moment.answers],
    }


def _answer_json(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"rule": answer.rule, "verdict": answer.verdict}
    if answer.since:
        told["counts_since"] = [{"fact": str(reading), "since_ms": since_ms} for reading, since_ms in answer.since]
    if answer.verdict == FIRED:
        return told | {"fire": answer.fire}
    if answer.verdict == REFUSED:
        return told | {"reason": answer.reason, "said": WORDS.get(answer.reason, answer.reason)}
    told["because"] = str(answer.because)
    if isinstance(answer.because, Comparison):
        return told | {"had": answer.had, "expected": _plain(answer.because.expected)}
    several = [{"fact": str(reading), "had": had} for reading, had in answer.several]
    return told | ({"several": several} if several else {})


def _plain(expected: Any) -> Any:
    return expected if isinstance(expected, bool | int | float | str | tuple) or expected is None else str(expected)


def _rule_json(moments: Sequence[Moment], rule: str) -> dict[str, Any]:
    best = nearest(moments, rule)
    assert best is not None  # noqa: S101 - every moment answers for every rule that is asked for
    fired = sum(each.rule == rule and each.verdict == FIRED for moment in moments for each in moment.answers)
    return {"rule": rule, "fired": fired, "nearest": {"at_ms": best[0].at_ms, **_answer_json(best[1])}}


def _rules(moments: Sequence[Moment]) -> list[str]:
    return [each.rule for each in moments[0].answers]


def as_text(moments: Sequence[Moment], zone: str) -> str:
    """
    Tell a visitor's sessions: each event, and under it the rules of which something else came than before.

    When they began is told in the time zone ``zone``.
    """
    return "\n\n".join(
        "\n".join([*_told_session(session, found, zone)]) for session, found in sessions_of(moments).items()
    )  # fmt: skip


def _told_session(session: str, moments: Sequence[Moment], zone: str) -> Iterable[str]:
    began = datetime.fromtimestamp(moments[0].at_ms / 1000, ZoneInfo(zone))
    yield f"session {session}, {began:%Y-%m-%d %H:%M:%S} ({zone})"
    width = max((len(rule) for rule in _rules(moments)), default=0)
    last: dict[str, str] = {}
    for moment in moments:
        yield f"  {_clock(moment, moments[0])}  {_said_event(moment)}"
        for answer in moment.answers:
            if last.get(answer.rule) != str(answer):
                last[answer.rule] = str(answer)
                yield f"      {answer.rule:<{width}}  {answer}"
    yield "  in all"
    for rule in _rules(moments):
        yield f"      {rule:<{width}}  {_in_all(moments, rule)}"
        for note in _counts_since(moments[-1], rule):
            yield f"      {'':<{width}}  {note}"


def _in_all(moments: Sequence[Moment], rule: str) -> str:
    fired = [moment for moment in moments for each in moment.answers if each.rule == rule and each.verdict == FIRED]
    if fired:
        return "fired at " + ", ".join(_clock(each, moments[0]) for each in fired)
    best = nearest(moments, rule)
    return f"came nearest at {_clock(best[0], moments[0])}: {best[1]}" if best else "was not asked"


def _counts_since(moment: Moment, rule: str) -> list[str]:
    """Say what of a rule looks back further than was counted at a moment."""
    since = next(each.since for each in moment.answers if each.rule == rule)
    return [f"{reading} counts since {said(since_ms)}" for reading, since_ms in since]


def _clock(moment: Moment, first: Moment) -> str:
    seconds, ms = divmod(moment.at_ms - first.at_ms, 1000)
    return f"{seconds // 60}:{seconds % 60:02}.{ms:03}"


def _said_event(moment: Moment) -> str:
    record = moment.record
    measure = record.data.get("ms") if record.name in ("page_dwell", "idle") else record.data.get("percent")
    said = f" {measure}{'%' if record.name == 'scroll' else ' ms'}" if isinstance(measure, int | float) else ""
    return f"{record.name}{said} on {moment.kind} {moment.path}".rstrip()


@dataclass
class Sum:
    """What held one rule over many sessions: in each what it came nearest to."""

    rule: str
    sessions: int = 0
    fired: int = 0
    held: dict[str, list[Any]] = field(default_factory=dict)
    kinds: dict[str, FactType] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)

    def add(self, moments: Sequence[Moment]) -> None:
        """Add one visitor's sessions."""
        for found in sessions_of(moments).values():
            best = nearest(found, self.rule)
            if best is not None:
                self._add(best[1])

    def _add(self, answer: Answer) -> None:
        self.sessions += 1
        self.since |= {str(reading): since_ms for reading, since_ms in answer.since}
        if answer.verdict == FIRED:
            self.fired += 1
            return
        what = str(answer.because) if answer.verdict == HELD else answer.reason
        self.held.setdefault(what, []).append(answer.had)
        if isinstance(answer.because, Comparison):
            self.kinds[what] = answer.because.reading.fact.type

    def merge(self, other: Sum) -> None:
        """Add what another has counted."""
        self.sessions += other.sessions
        self.fired += other.fired
        self.kinds |= other.kinds
        self.since |= other.since
        for what, values in other.held.items():
            self.held.setdefault(what, []).extend(values)

    def as_json(self) -> dict[str, Any]:
        """Return the sum for programs."""
        by = [{"by": what, "sessions": len(values), "median": _median(values)} for what, values in self._most()]
        told = {"rule": self.rule, "sessions": self.sessions, "fired": self.fired, "held": by}
        since = [{"fact": fact, "since_ms": since_ms} for fact, since_ms in self.since.items()]
        return told | ({"counts_since": since} if since else {})

    def __str__(self) -> str:
        if not self.sessions:
            return f"{self.rule}: no session was recorded in that time"
        held = sum(map(len, self.held.values()))
        lines = [f"{self.rule}: fired in {self.fired:,} of {self.sessions:,} sessions, held {held:,} times:"]
        most = list(self._most())
        lines += [f"  {len(values):>7,}  by {self._said(what, values)}" for what, values in most[:_MOST_NAMED]]
        rest = sum(len(values) for _, values in most[_MOST_NAMED:])
        lines += [f"  {rest:>7,}  by other conditions"] if rest else []
        return "\n".join([*lines, *(f"  {fact} counts since {said(ms)}" for fact, ms in self.since.items())])

    def _said(self, what: str, values: Sequence[Any]) -> str:
        if what in WORDS:
            return f"{what}: {WORDS[what]}"
        middle = _median(values)
        return f"`{what}`" if middle is None else f"`{what}` (median {_said_measure(self.kinds[what], middle)})"

    def _most(self) -> Iterable[tuple[str, list[Any]]]:
        return sorted(self.held.items(), key=lambda each: -len(each[1]))


def _median(values: Sequence[Any]) -> float | None:
    numbers = [each for each in values if isinstance(each, int | float) and not isinstance(each, bool)]
    return median(numbers) if len(numbers) == len(values) and numbers else None


def _said_measure(kind: FactType, value: float) -> str:
    return f"{value / 1000:.1f} s" if kind is FactType.DURATION else say_value(kind, value)
