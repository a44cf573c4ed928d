"""
Run golden sessions: the same judge as live, on a clock that is passed in, and the reasons where it differs.

    read_sessions   what the shopper does, and what shall come of it
    run_session     the models of browser and engine play it
    Outcome         whether it came so; as text: expected, got, and for each rule why
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.core.arbiter_model import Fired
from engine.core.conditions import AllOf, AnyOf, Comparison, Condition, say_value
from engine.core.facts import SCHEDULE, FactType
from engine.core.golden_file import REFUSALS, SCHEDULED, GoldenSession, read_sessions
from engine.core.golden_play import Play
from engine.core.ruleset import RuleSet
from engine.core.verdicts import Holds
from engine.core.view import View
from engine.core.words import did_you_mean

__all__ = ["GoldenSession", "Outcome", "read_sessions", "run_session"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a golden session. ``str()`` is one line if it passed, else expected, got and the reasons too."""

    session: GoldenSession
    fired: tuple[Fired, ...]
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.differences

    def __str__(self) -> str:
        title = f"{'ok  ' if self.passed else 'FAIL'} {self.session.name} ({self.session.where})"
        return "\n".join((title, *(f"     {each}" for each in self.differences)))


def run_session(rules: RuleSet, session: GoldenSession) -> Outcome:
    """Play a session against a rule set and compare what came of it."""
    session = session.in_zone(rules.site.timezone)
    play = Play(rules, session)
    comparison = _Comparison(rules, session, play)
    differences = [*comparison.unknown_rules(), *comparison.firings(), *comparison.holdings()]
    return Outcome(session, tuple(play.engine.fired), tuple(differences))


class _Comparison:
    """Says in what a play differs from what its session expects."""

    def __init__(self, rules: RuleSet, session: GoldenSession, play: Play) -> None:
        self._rules = rules
        self._session = session
        self._play = play
        self._fired = [each.rule for each in play.engine.fired]

    def unknown_rules(self) -> Iterator[str]:
        """Name expected rules that do not exist."""
        for each in dict.fromkeys((*self._session.fires, *self._session.holds)):
            if each not in self._rules.by_id:
                yield f"there is no rule '{each}'{did_you_mean(each, self._rules.by_id)}"

    def firings(self) -> Iterator[str]:
        """Say which rules fired, where these are not exactly the expected ones, and why."""
        expected, fired = list(self._session.fires), self._fired
        if expected == fired:
            return
        yield f"expected to fire  {', '.join(expected) or 'nothing'}"
        yield f"fired             {', '.join(fired) or 'nothing'}"
        for one in self._play.engine.fired:
            if one.rule not in expected:
                yield f"{one.rule} fired at {self._clock(one.at_ms)}"
        missing = tuple(each for each in dict.fromkeys(expected) if each in self._rules.by_id and each not in fired)
        misses = Play(self._rules, self._session, missing).misses
        for each in missing:
            refusal = self._last_refusal(each)
            if refusal is not None:
                yield refusal
            elif each in misses:
                miss = misses[each]
                yield f"{each} came nearest at {self._clock(miss.view.now_ms)}: {self._said(miss.because, miss.view)}"

    def holdings(self) -> Iterator[str]:
        """Say what holds a rule back at the end, where it is not what was expected."""
        view = self._play.look()
        for rule, expected in self._session.holds.items():
            if rule not in self._rules.by_id:
                continue
            because = self._because(rule, view)
            if expected in (because, *self._parts(because, view), *self._refusals(rule)):
                continue
            yield f"{rule} expected to be held by  {expected}"
            yield f"{rule} is held by              {self._said(because, view)}"

    def _because(self, rule: str, view: View) -> Condition | str:
        """Return what holds a rule back now: the first of its conditions that fails, else a refusal."""
        wanted = self._rules.by_id[rule].rule
        verdict = self._rules.explain(wanted, view)
        return verdict.because if isinstance(verdict, Holds) else self._play.engine.arbiter.held_by(wanted)

    def _parts(self, because: Condition | str, view: View) -> Iterator[Condition | str]:
        """Yield by what else a condition that fails may be named: what makes a group fail, and a schedule's key."""
        match because:
            case AllOf(conditions) | AnyOf(conditions):
                for each in conditions:
                    if not self._rules.is_true(each, view):
                        yield each
                        yield from self._parts(each, view)
            case Comparison() if because.reading.fact is SCHEDULE:
                yield SCHEDULED

    def _refusals(self, rule: str) -> list[str]:
        return [each.reason for each in self._play.engine.refused if each.rule == rule]

    def _last_refusal(self, rule: str) -> str | None:
        refused = [each for each in self._play.engine.refused if each.rule == rule]
        if not refused:
            return None
        last = refused[-1]
        return f"{rule} was true at {self._clock(last.at_ms)} and held back by {last.reason}: {REFUSALS[last.reason]}"

    def _said(self, because: Condition | str, view: View) -> str:
        """Say a condition with the value that its fact had."""
        if not isinstance(because, Comparison) or because.reading.fact.type is FactType.SIGNAL:
            return str(because)
        fact = because.reading.fact
        return f"{because}, it was {say_value(fact.type, self._rules.value(because.reading, view))}"

    def _clock(self, at_ms: int) -> str:
        """Write a moment as time since the session began, such as ``1:05.001``."""
        seconds, ms = divmod(at_ms - self._session.at_ms, 1000)
        text = f"{seconds // 60}:{seconds % 60:02}"
        return f"{text}.{ms:03}" if ms else text
