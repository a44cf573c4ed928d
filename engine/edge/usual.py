"""
The usual way of an event, in C: put together of the pipeline's stations and what the pipeline stands on.

It stands in front of the pipeline. What it takes it does as the pipeline would; whatever is not of the usual form, and
everything where nothing was compiled, the pipeline takes as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from engine.core import wire
from engine.core.chances import Moment
from engine.core.compiled_rule import CompiledRule
from engine.core.events import NOWHERE, SIGNALS, Event, Page
from engine.core.judge import arm_field
from engine.core.plan import Plan
from engine.core.ruleset import RuleSet
from engine.core.usual import Hole, Part, parts_of, read_place, shape_of
from engine.core.usual_moments import moments_of
from engine.core.usual_rules import CannotTell, Teller, Told
from engine.core.usual_sieve import plan_told
from engine.core.view import View
from engine.edge.event_log import EventLog
from engine.edge.lane_port import Lane
from engine.edge.visitor_state import RedisVisitorState, head_of, tail_of
from engine.native import Recipe, Way, packed_words, read_events_by
from engine.pipeline import Pipeline
from engine.tab import Step, Tab

Take = Callable[[Tab, bytes, float], None]


def usual_way(pipeline: Pipeline, state: RedisVisitorState, log: EventLog, lane: Lane) -> Take:
    """Return what takes the frames of open tabs: the pipeline, and in front of it the usual way where it is there."""
    if Way is None:
        return pipeline.take
    read_events_by(_read_event)
    observed = pipeline.observed

    def odd(step: Step, reply: Any) -> None:
        state.counted((observed, step, step.command, step.tab.keys.slot), reply)

    way = Way(
        take=pipeline.take,
        rules=pipeline.rules,
        clock=pipeline.clock,
        maker=Maker,
        head=_head,
        sheet=log.sheet_of,
        send=lane.send,
        odd=odd,
        observed=observed,
        log_failed=pipeline.logged,
        judge=pipeline.judge,
        quiet=pipeline.arbiter.count_quiet,
        arm=pipeline.arm,
        ack=wire.ack_frame,
        counted=pipeline.telemetry.event,
        acknowledged=getattr(pipeline.telemetry, "ack_latency", pipeline.telemetry.acknowledged),
    )
    take: Take = way.take
    return take


class Maker:
    """Makes, while one set of rules is in force, what the usual way keeps: what is known of a name, a page, a plan."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules
        self._tracking = rules.tracking
        self._teller = Teller(rules.slots, rules.site)
        self.make_tail: Callable[[Plan, Page], tuple[int, bytes, bool]] = tail_of

    def shape_of(self, name: str) -> int:
        """Return which form an event of this name has."""
        return shape_of(name, self._tracking)

    def make_place(self, data: bytes) -> tuple[Page, Recipe] | None:
        """Return the page that a page_view tells, and what the event changes; None where that cannot be told ahead."""
        event = read_place(data)
        event = event and self._tracking.pages.said(event)
        if event is None or event.shown is None:
            return None
        recipe = _recipe(parts_of(event, event.shown, self._tracking))
        return None if recipe is None else (event.shown, recipe)

    def make_recipe(self, name: str, page: Page | None) -> Recipe | None:
        """Return what an event changes; ``page`` is None where that is the same on all."""
        return _recipe(parts_of(Event(1, name), page or NOWHERE, self._tracking))

    def make_judge(self, plan: Plan) -> Told | None:
        """Return what a plan judges by; None where only Python can judge by it."""
        try:
            return plan_told(plan, self._teller)
        except CannotTell:
            return None

    def make_rule(self, order: int) -> tuple[str, bool, Told]:
        """Return a rule's id, whether its popup interrupts, and what tells what it waits for."""
        compiled = self._rules.rules[order]
        return compiled.rule.id, compiled.rule.interrupts, moments_of(compiled, self._teller)

    def make_alive(self, orders: list[int]) -> tuple[CompiledRule, ...]:
        """Return the rules of these orders."""
        return tuple(self._rules.rules[each] for each in orders)

    def make_arm(self, moments: tuple[Moment, ...]) -> tuple[frozenset[Moment], bytes]:
        """Return what arming these moments is: as a tab keeps it, and as an acknowledgement has it."""
        return frozenset(moments), orjson.dumps(arm_field({0: moments}, 0))

    def make_view(self, step: Step, values: bytes, now_ms: int) -> View:
        """Return the moment of a step, as the closures of rules read it."""
        tab, name = step.tab, step.name
        signal = name if name in SIGNALS else ""
        idle_ms = step.event.ms if name == "idle" else 0
        return View(step.plan.counts(values), tab.page, tab.who, signal, idle_ms, now_ms)


def _recipe(parts: list[Part] | None) -> Recipe | None:
    if parts is None:
        return None
    packed = [
        (each.before.encode(), each.behind.encode()) if isinstance(each, Hole) else packed_words([each])
        for each in parts
    ]
    return Recipe(len(parts), _joined(packed))


def _joined(packed: list[Any]) -> list[Any]:
    """Join what stands together without a hole between."""
    joined: list[Any] = []
    for each in packed:
        if joined and isinstance(each, bytes) and isinstance(joined[-1], bytes):
            joined[-1] += each
        else:
            joined.append(each)
    return joined


def _head(tab: Tab, now_ms: int) -> tuple[int, bytes, int]:
    count, head = head_of(tab, now_ms)
    return count, head, tab.keys.slot


def _read_event(frame: bytes) -> Event:
    return wire.read_event(wire.parse(frame))
