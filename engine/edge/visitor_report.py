"""What the engine sees of one visitor, for the demo's home page: counters, armed moments, and each rule's reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from engine.core import tokens
from engine.core.conditions import Comparison, Reading, comparisons, say_value
from engine.core.counted_since import Since, said, since_of
from engine.core.events import NOWHERE
from engine.core.facts import FACTS, FactType
from engine.core.firings import counts
from engine.core.judge import arm_field
from engine.core.languages import best_language
from engine.core.ruleset import RuleSet
from engine.core.verdicts import Holds
from engine.core.view import View
from engine.edge.counting import Counting
from engine.edge.greeting import Greeting
from engine.edge.keys import VisitorKeys
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Tab

_ALWAYS_TOLD = (
    Reading(FACTS["session.views"]),
    Reading(FACTS["session.dwell"]),
    Reading(FACTS["views"], "cart"),
    Reading(FACTS["cart.value"]),
)


class OpenTabs(Protocol):
    """The tabs that are connected here."""

    def tab_of(self, site: str, visitor: str) -> Tab | None:
        """Return one of a visitor's; None where there is none."""


@dataclass(frozen=True, slots=True)
class VisitorReports:
    """Reads, and changes nothing. ``site`` is the demo's."""

    site: str
    streams: OpenTabs
    state: RedisVisitorState
    rules: Callable[[str], RuleSet]
    token_keys: Sequence[tokens.Secret]
    clock: Callable[[], int]
    counting: Counting

    async def of(self, token: str, language: str) -> dict[str, Any] | None:
        """Return what is known of the visitor whom the token names, as JSON; None if it names nobody."""
        now = self.clock()
        named = tokens.read(self.token_keys, self.site, token, now)
        if named is None:
            return None
        rules = self.rules(self.site)
        known = await self.counting.refreshed(self.site)
        tab = self.streams.tab_of(self.site, named.visitor)
        seen = tab or Tab(self.site, named.visitor, "none00", VisitorKeys(self.site, named.visitor), rules)
        plan = rules.plan_of_all(_ALWAYS_TOLD)
        where = await self.state.peek(seen, plan, seen.page, now)
        if where is None:
            return None
        view = View(plan.counts(where.values), seen.page, seen.who, now_ms=now)
        return {
            "visitor": named.visitor,
            "session": {"id": where.session, "started_s_ago": (now - where.session_started_ms) // 1000},
            "page": {"kind": seen.page.kind, "path": seen.page.path} if seen.page is not NOWHERE else None,
            "counters": [self._counter(reading, rules, view, known) for reading in _counters_of(rules)],
            "armed": arm_field(seen.watch.armed, now),
            "rules": [self._rule(compiled.rule.id, rules, view, where, language) for compiled in rules.rules],
        }

    def _counter(self, reading: Reading, rules: RuleSet, view: View, known: Mapping[str, Since]) -> dict[str, Any]:
        value = rules.value(reading, view)
        since_ms = since_of(reading, known, view.now_ms)
        since = "" if since_ms is None else f", counts since {said(since_ms)}"
        plain = value if isinstance(value, int | float) else str(value) if value else 0
        return {"name": str(reading), "value": plain, "text": _said(reading, value) + since}

    def _rule(self, rule_id: str, rules: RuleSet, view: View, where: Greeting, language: str) -> dict[str, Any]:
        rule = rules.by_id[rule_id].rule
        fired = [each for each in where.firings.get(rule_id, ()) if each["s"] == where.session]
        tag = best_language(language, rule.name, rules.site.languages) if rule.name else None
        told: dict[str, Any] = {"rule": rule_id, "name": rule.name[tag] if tag is not None else rule_id}
        verdict = rules.explain(rule, view)
        if any(counts(each, view.now_ms) for each in fired):
            return {**told, "state": "fired"}
        if not isinstance(verdict, Holds):
            return {**told, "state": "fires"}
        told |= {"state": "holds", "because": str(verdict.because)}
        if isinstance(verdict.because, Comparison):
            reading = verdict.because.reading
            told["had"] = _said(reading, rules.value(reading, view))
        return told


def report_router(reports: Callable[[], VisitorReports]) -> APIRouter:
    """Return the route at which a visitor of the demo is told what the engine sees of them; the token is theirs."""
    router = APIRouter()

    @router.get("/demo/state", include_in_schema=False)
    async def demo_state(request: Request) -> JSONResponse:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return JSONResponse({"error": "no token"}, status_code=401)
        language = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
        try:
            report = await reports().of(token, language)
        except ConnectionError:
            return JSONResponse({"error": "redis is not reachable"}, status_code=503)
        status = 404 if report is None else 200
        return JSONResponse(
            report or {"error": "no such visitor"}, status_code=status, headers={"Cache-Control": "no-store"}
        )

    return router


def _counters_of(rules: RuleSet) -> Iterable[Reading]:
    read = (each.reading for compiled in rules.rules for each in comparisons(compiled.rule.when))
    return dict.fromkeys((*_ALWAYS_TOLD, *(each for each in read if each.counter is not None)))


def _said(reading: Reading, value: Any) -> str:
    """Write a value for people to watch: durations in tenths of a second, whatever they are."""
    if reading.fact.type is FactType.DURATION and value is not None:
        return f"{value / 1000:.1f}s"
    return say_value(reading.fact.type, value)
