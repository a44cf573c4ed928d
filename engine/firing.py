"""From a rule that is true to a popup on its way: render, claim, show, and what becomes of it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

from engine.core import wire
from engine.core.compiled_rule import CompiledRule
from engine.core.events import Event, Page
from engine.core.firings import HOLDS_ALL, OUTCOME_OF, UNSEEN_AFTER_MS
from engine.core.holdout import is_held_out
from engine.core.plan import Plan
from engine.core.popup import placeholder_readings, render
from engine.core.rules import Rule, Site
from engine.core.view import View
from engine.tab import Step, Tab


@dataclass(frozen=True, slots=True)
class Claim:
    """One wish to show: ``frame`` is what would be sent, empty for a visitor who is held out."""

    rule: Rule
    fire: str
    frame: bytes
    now_ms: int


Note = Callable[[Step, Claim, str], None]
"""Takes note of what came of a claim: ``shown``, or what held it back."""


class VisitorFirings(Protocol):
    """What firing needs of the shared state."""

    async def look(self, tab: Tab, plan: Plan, page: Page, now_ms: int) -> dict[int, float]:
        """Read the plan's counters."""

    async def claim(self, tab: Tab, site: Site, claim: Claim) -> tuple[str, int]:
        """Claim a firing; ('', 0) if it may show, else what holds it back and the ms until that is over."""

    def settle(self, tab: Tab, fire: str, outcome: str, reply_to: Callable[[Any], None] | None = None) -> None:
        """Write down what became of a firing: view, close or unseen; the reply is the rule's id where that is news."""

    def write_origin(self, tab: Tab) -> None:
        """Keep what the session comes from."""


class Telemetry(Protocol):
    """What is counted of firings."""

    def fired(self, rule: str) -> None:
        """A rule's popup went out."""

    def held(self, rule: str, reason: str) -> None:
        """A rule was true and did not show."""

    def unseen(self, rule: str) -> None:
        """Nobody viewed a popup within its time."""

    def shown(self, seconds: float) -> None:
        """A popup went out, so long after the frame that made its rule true."""


class Arbiter:
    """Decides which of the rules that are true shows, and keeps track of its popup."""

    def __init__(
        self, state: VisitorFirings, telemetry: Telemetry, clock: Callable[[], int], note: Note | None = None
    ) -> None:
        self._note = note or _forget
        self._state = state
        self._telemetry = telemetry
        self._clock = clock
        self._loop = asyncio.get_running_loop()

    def may_fire(self, tab: Tab, true: list[CompiledRule], now_ms: int) -> bool:
        """Tell whether asking Redis is of use: within the quiet time that it told last it is not."""
        if now_ms >= tab.quiet_until_ms:
            return True
        for compiled in true:
            self._hold(tab, compiled, "quiet")
        return False

    async def fire(self, step: Step, true: list[CompiledRule], view: View) -> None:
        """Show the first rule of ``true`` whose claim succeeds; write down what held the others."""
        for n, compiled in enumerate(true):
            if step.view != step.tab.view:
                return
            reason = await self._try(step, compiled, view)
            if reason == "" or reason in HOLDS_ALL:
                for other in true[n + 1 :]:
                    self._hold(step.tab, other, reason or "outranked")
                return

    async def _try(self, step: Step, compiled: CompiledRule, view: View) -> str:
        """Show a rule's popup; return '' or what held it back."""
        tab, rule = step.tab, compiled.rule
        site = tab.watch.rules.site
        now = self._clock()
        if view.page.kind in site.never_on:
            self._hold(tab, compiled, "never_on")
            return "never_on"
        fire = "f_" + secrets.token_hex(10)
        held_out = is_held_out(tab.visitor, rule, site)
        frame = b"" if held_out else wire.show_frame(fire, rule.id, await self._popup(tab, rule, view))
        claim = Claim(rule, fire, frame, now)
        reason, rest_ms = await self._state.claim(tab, site, claim)
        self._note(step, claim, reason or ("held_out" if held_out else "shown"))
        if reason == "quiet":
            tab.quiet_until_ms = now + rest_ms
        if reason or held_out:
            self._hold(tab, compiled, reason or "held_out")
            return reason or "held_out"
        tab.send(frame)
        self._telemetry.fired(rule.id)
        self._telemetry.shown(perf_counter() - step.received)
        tab.rest(compiled, for_session=rule.limit.times == 1 and rule.limit.per != "days")
        tab.quiet_until_ms = now + site.quiet_ms
        self._loop.call_later(UNSEEN_AFTER_MS / 1000, self._release, tab, compiled, fire)
        return ""

    async def _popup(self, tab: Tab, rule: Rule, view: View) -> dict[str, Any]:
        """Render a rule's popup; what its placeholders read is fetched only now, when it is needed."""
        rules, readings = tab.watch.rules, placeholder_readings(rule.show)
        plan = rules.plan_of(readings)
        if not plan.is_answered_by(view.counts):
            view.counts = {**view.counts, **await self._state.look(tab, plan, view.page, view.now_ms)}
        currency = view.page.product.currency if view.page.product else ""
        return render(rule.show, lambda fact: rules.value(fact, view), tab.who.language, rules.site, currency)

    def _hold(self, tab: Tab, compiled: CompiledRule, reason: str) -> None:
        """Write down why a rule that is true does not show, and see to it that it is asked again when it may."""
        self._telemetry.held(compiled.rule.id, reason)
        if reason == "popups_per_session":
            tab.exhaust()
        elif reason in ("limit", "page_view", "held_out"):
            tab.rest(compiled, for_session=reason == "limit")
        elif tab.quiet_until_ms > self._clock():
            tab.watch.armed[compiled.order] = (*tab.watch.armed.get(compiled.order, ()), ("wake", tab.quiet_until_ms))

    def settle(self, tab: Tab, event: Event) -> None:
        """Write down that a popup was viewed or closed."""
        outcome = OUTCOME_OF.get(event.name)
        if outcome is not None:
            self._state.settle(tab, event.data["fire"], outcome)

    def _release(self, tab: Tab, compiled: CompiledRule, fire: str) -> None:
        """A popup's time to be viewed is over: if nobody did, its rule may fire again."""

        def reply_to(reply: Any) -> None:
            if isinstance(reply, bytes) and reply:
                self._telemetry.unseen(compiled.rule.id)
                tab.wake_up(compiled)
                # a page in the back may still have it waiting: the shopper would see it twice
                tab.send(wire.hide_frame(fire))

        self._state.settle(tab, fire, "unseen", reply_to)


def _forget(_step: Step, _claim: Claim, _reason: str) -> None:
    """Nobody takes note of claims."""
