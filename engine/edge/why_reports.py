"""Why rules fired and why not: of one visitor, or the sum over all sessions of some time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query

from engine.core.counted_since import Since
from engine.core.reach import reach_ms
from engine.core.recorded import Record
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet
from engine.core.why import Moment, answers_of
from engine.core.why_text import Sum, as_json
from engine.core.words import did_you_mean
from engine.edge.api import SiteOf
from engine.edge.archive_reading import Reader
from engine.edge.replays import Source, replay_all
from engine.refusal import Refusal


class NoAnswer(Refusal):
    """Nothing is known of what was asked for; the sentence says what, and what is known."""


@dataclass(frozen=True, slots=True)
class Question:
    """Why, of one visitor of a site: of one rule or of all, since some time."""

    site: str
    visitor: str
    rule: str = ""
    since_ms: int = 0


def why(recordings: Reader, rules: RuleSet, asked: Question, known: Mapping[str, Since] | None = None) -> list[Moment]:
    """
    Return the moments that were asked for. Raises NoAnswer for an unknown visitor or rule.

    ``known`` says since when windows count; without it they count all that is recorded.
    """
    rule, visitor = asked.rule, asked.visitor
    if rule and rule not in rules.by_id:
        raise NoAnswer(f"there is no rule '{rule}'{did_you_mean(rule, rules.by_id)}")
    records = recordings.of_visitor(asked.site, visitor)
    if not records:
        raise NoAnswer(f"nothing is recorded of a visitor '{visitor}' of the site {asked.site}")
    moments = answers_of(visitor, rules, records, [rule] if rule else [], known)
    found = [each for each in moments if each.at_ms >= asked.since_ms]
    if not found:
        raise NoAnswer(f"visitor '{visitor}' did nothing in that time, expected an event")
    return found


@dataclass(frozen=True, slots=True)
class WhyWork:
    """The sum for one rule: its files come along, as compiled rules cannot."""

    files: Mapping[str, str]
    rule: str
    since_ms: int
    known: Mapping[str, Since] | None = None
    where: str = ""

    def begin(self) -> "WhyWorker":
        """Read the rules."""
        return WhyWorker(read_rules(self.files), self)


class WhyWorker:
    """Sums up over visitors."""

    def __init__(self, rules: RuleSet, work: WhyWork) -> None:
        self._rules = rules
        self._work = work
        self._sum = Sum(work.rule)

    def take(self, visitor: str, records: Sequence[Record]) -> None:
        """Add one visitor's sessions since the time asked for."""
        if records[-1].at_ms >= self._work.since_ms:
            moments = answers_of(visitor, self._rules, records, [self._work.rule], self._work.known)
            self._sum.add([each for each in moments if each.at_ms >= self._work.since_ms])

    def result(self) -> Sum:
        """Return the sum so far."""
        return self._sum


def sum_up(
    source: Source,
    files: Mapping[str, str],
    rule: str,
    progress: Callable[[float], None],
    known: Mapping[str, Since] | None = None,
) -> Sum:
    """Return what held one rule over all sessions of a source. Raises NoAnswer for an unknown rule."""
    rules = read_rules(files)
    if rule not in rules.by_id:
        raise NoAnswer(f"there is no rule '{rule}'{did_you_mean(rule, rules.by_id)}")
    work = WhyWork(files, rule, source.span.since_ms, known)
    reach = replace(source.span, since_ms=max(0, source.span.since_ms - reach_ms(rules)))
    total = Sum(rule)
    for part in replay_all(replace(source, span=reach), work, progress=progress):
        total.merge(part)
    return total


def why_router(
    recordings: Reader,
    rules: Callable[[str], RuleSet],
    site_of: SiteOf,
    clock: Callable[[], int],
    known: Callable[[str], Awaitable[Mapping[str, Since]]],
) -> Any:
    """Return the route that a site's own programs ask; ``rules`` and ``known`` are asked by site."""
    router = APIRouter()

    @router.get("/v1/visitors/{visitor}/why")
    async def visitor_why(
        visitor: str,
        site: Annotated[str, Depends(site_of)],
        rule: Annotated[str, Query(max_length=64)] = "",
        hours: Annotated[float, Query(gt=0, le=24 * 366)] = 24,
    ) -> dict[str, Any]:
        """Tell what came of each rule at each moment of a visitor."""
        asked = Question(site, visitor, rule, clock() - round(hours * 3_600_000))
        try:
            found = await asyncio.to_thread(why, recordings, rules(site), asked, await known(site))
        except NoAnswer as error:
            raise HTTPException(404, str(error)) from None
        return {"site": site, "visitor": visitor, "sessions": as_json(found)}

    return router
