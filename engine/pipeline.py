"""
The way of one event, on one screen.

    take       a frame of one document becomes an event, or is refused with a sentence
    observe    Redis counts it once and answers the counters that the rules read; the log takes it in the same write
    judge      the rules it concerns are judged, and what the browser should report next is found
    fire       the best rule that is true claims its popup, and the popup goes out
    finish     the event is acknowledged, with what is armed now

Replies arrive by callback: an awaited reply would cost a task for each event. Only firing, which is rare, awaits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from engine.core import wire
from engine.core.bounds import refuse_boundless
from engine.core.chains import click_of
from engine.core.compiled_rule import CompiledRule
from engine.core.consent import takes_back
from engine.core.event_data import BadEvent
from engine.core.events import NOWHERE, SIGNALS, Event, Page
from engine.core.facts import CHANGED
from engine.core.judge import arm_field
from engine.core.private_words import clean_frame
from engine.core.redaction import PERSONAL, masked_frame
from engine.core.ruleset import RuleSet
from engine.core.view import View
from engine.firing import Arbiter
from engine.ports import EventLog, StepReply, Submissions, Telemetry, VisitorState, Withdrawals
from engine.tab import Step, Tab

_ACK_AT_LATEST_AFTER = 16
_BEGAN = 2

_log = logging.getLogger("shopbell.pipeline")


@dataclass(slots=True)
class Pipeline:
    """Takes events of all tabs through all stations. ``rules`` returns those in force for a site, ``clock`` ms."""

    state: VisitorState
    log: EventLog
    arbiter: Arbiter
    rules: Callable[[str], RuleSet]
    telemetry: Telemetry
    clock: Callable[[], int]
    submissions: Submissions | None = None
    withdrawals: Withdrawals | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _on_logged: StepReply = field(init=False)
    _on_observed: StepReply = field(init=False)

    def __post_init__(self) -> None:
        """Make the callbacks once: a method that is handed over is an object each time."""
        self._on_logged, self._on_observed = self.logged, self.observed

    def take(self, tab: Tab, frame: bytes, received: float) -> None:
        """Take one frame of a document that has said hello. Raises BadFrame where the connection must end."""
        message = wire.parse_of(tab.doc, frame)
        frame = clean_frame(message, frame)
        try:
            event = wire.read_event(message)
            refuse_boundless(event, frame, message)
        except BadEvent as error:
            self._refuse(tab, error, received)
            return
        event = self.rules(tab.site).site.pages.said(event)
        page = self._turn(tab, event)
        step = Step(tab, event, tab.watch.plan(tab.page.kind, event.name), received)
        tab.under_way.append(step)
        if event.name == "consent" and takes_back(event) and self.withdrawals is not None:
            return self._spawn(self._withdraw(step, self.withdrawals))
        now = step.now_ms = self.clock()
        if event.name.startswith(("popup_", "purchase")):
            self.arbiter.settle(tab, event)
        if event.name in PERSONAL:
            frame = masked_frame(message)
            if event.name == "popup_submit":
                self._take_submission(step, now)
        self.log.append(step, frame, now, self._on_logged)
        self.state.observe(step, tab.watch.rules.tracking.changes(event, page), now, self._on_observed)

    def _take_submission(self, step: Step, now_ms: int) -> None:
        """Keep what a popup's form says, and show what a click in it asks for."""
        if self.submissions is not None:
            step.left += 1
            self._spawn(self._submit(step, self.submissions, now_ms))
        click = click_of(step.event)
        if click is not None and step.event.doc is None:
            step.left += 1
            self._spawn(self._showing(step, self.arbiter.start(step, click)))

    def turn_away(self, tab: Tab, frame: bytes) -> None:
        """Refuse an event as one too many of its session: it is not counted, and does not come again."""
        refused = wire.one_too_many(wire.parse_of(tab.doc, frame))
        if refused is None:
            self.take(tab, frame, perf_counter())
        else:
            self._refuse(tab, refused, perf_counter())

    def _refuse(self, tab: Tab, error: BadEvent, received: float) -> None:
        """Tell the client why, and let the next acknowledgement cover the event: it must not come again."""
        self.telemetry.refused_event(tab.site, error)
        tab.send(wire.error_frame(error))
        if error.seq is not None:
            step = Step(tab, Event(error.seq, "", doc=error.doc), tab.watch.rules.nothing, received)
            step.left = 0
            tab.under_way.append(step)
            self._finish(tab)

    def observed(self, step: Step, reply: Any) -> None:
        """Judge the rules that the event concerns."""
        tab = step.tab
        if isinstance(reply, Exception):
            tab.hang_up(wire.CLOSE_BUSY, "the shared state is not reachable")
            return
        if reply[0]:
            self.telemetry.event()
        if reply[1]:
            session, started_ms = reply[1].decode().split()
            self._enter_session(tab, session, int(started_ms), reply[0] == _BEGAN)
        step.left -= 1
        # an event of a page that has gone meanwhile counts, but can no longer make a rule true
        if step.plan.rules and step.view == tab.view and not (tab.is_done or tab.closed):
            self.judge(step, reply)
        if not step.left:
            self._finish(tab)

    def judge(self, step: Step, reply: list[Any]) -> None:
        tab = step.tab
        # a moment of an earlier document's page is none of this one's
        moment = step.name if step.doc is None else ""
        view = View(
            step.plan.counts(reply[2]),
            tab.page,
            tab.who,
            moment if moment in SIGNALS else "",
            step.event.ms if moment == "idle" else 0,
            step.now_ms,
        )
        true = tab.watch.judge(step.plan, view, tab.held)
        tab.arm_is_stale = True
        if true and (asked := self.arbiter.worth_asking(tab, true, view.now_ms)):
            step.left += 1
            self._spawn(self._showing(step, self._fire_true(step, asked, view)))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _showing(self, step: Step, work: Coroutine[Any, Any, None]) -> None:
        """Show the popup that may show, then let the event be acknowledged."""
        try:
            await work
        except ConnectionError:
            step.tab.hang_up(wire.CLOSE_BUSY, "the shared state is not reachable")
            return
        except Exception:  # noqa: BLE001 - what one popup lacks must not hold up the events behind it
            _log.exception("a popup could not be shown")
        step.left -= 1
        if not step.left:
            self._finish(step.tab)

    async def _fire_true(self, step: Step, true: list[CompiledRule], view: View) -> None:
        """Fire what is true, and what becomes true by what a rule has done to the visitor."""
        while true and await self.arbiter.fire(step, true, view):
            true = await self._judge_again(step, view)

    async def _judge_again(self, step: Step, view: View) -> list[CompiledRule]:
        """Judge the rules that read what has just been done to the visitor, at the same moment."""
        tab = step.tab
        plan = tab.watch.plan_of(CHANGED)
        if not plan.rules or step.view != tab.view or tab.is_done:
            return []
        view.counts = await self.state.look(tab, plan, view.page, view.now_ms)
        if step.view != tab.view:
            return []
        true = tab.watch.judge(plan, view, tab.held)
        tab.arm_is_stale = True
        return self.arbiter.worth_asking(tab, true, view.now_ms)

    async def _submit(self, step: Step, submissions: Submissions, now_ms: int) -> None:
        """Keep what a shopper sent off; the event is acknowledged when that is done, and else comes again."""
        try:
            await submissions.take(step.tab, step.event, now_ms)
            # an answer may be a field of the visitor's, which rules read
            view = View({}, step.tab.page, step.tab.who, now_ms=now_ms)
            await self._fire_true(step, await self._judge_again(step, view), view)
        except Exception as error:  # noqa: BLE001 - whatever it is, the words must not be lost, nor stand in the log
            _log.error("what a shopper sent off could not be kept: %s", type(error).__name__)
            step.tab.hang_up(wire.CLOSE_BUSY, "the database is not reachable")
            return
        step.left -= 1
        if not step.left:
            self._finish(step.tab)

    async def _withdraw(self, step: Step, withdrawals: Withdrawals) -> None:
        """The shopper takes their consent back: it is on record before it is acknowledged."""
        try:
            await withdrawals.record(step.tab)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page has to say it again
            _log.error("a withdrawal could not be recorded: %s", type(error).__name__)
            step.tab.hang_up(wire.CLOSE_BUSY, "the database is not reachable")
            return
        step.left = 0
        self._finish(step.tab)
        withdrawals.part(step.tab)

    def logged(self, step: Step, reply: Any) -> None:
        if isinstance(reply, Exception):
            step.tab.hang_up(wire.CLOSE_BUSY, "the event log is not reachable")
            return
        step.left -= 1
        if not step.left:
            self._finish(step.tab)

    def _finish(self, tab: Tab) -> None:
        """Acknowledge, in order, what is done; events that arrived together share one frame."""
        queue, time = tab.under_way, perf_counter()
        while queue and not queue[0].left:
            step = queue.pop(0)
            self.telemetry.acknowledged(time - step.received)
            if step.doc is None:
                if step.seq > tab.done:
                    tab.done = step.seq
                tab.owed += 1
            elif not queue or queue[0].doc != step.doc or queue[0].left:
                tab.send(wire.ack_frame(step.seq, step.doc))
        arm = self.arm(tab)
        if arm is None and queue and tab.owed < _ACK_AT_LATEST_AFTER:
            return
        if tab.owed or arm is not None:
            tab.owed = 0
            tab.send(wire.ack_frame(tab.done, arm=arm))

    def arm(self, tab: Tab) -> dict[str, Any] | None:
        """Return what to arm, or None where the browser knows it."""
        if not tab.arm_is_stale:
            return None
        tab.arm_is_stale = False
        waits_for = tab.waits_for()
        if waits_for == tab.sent_arm:
            return None
        tab.sent_arm = waits_for
        return arm_field(tab.watch.armed, self.clock())

    def _enter_session(self, tab: Tab, session: str, started_ms: int, is_new: bool) -> None:
        """The last session had ended: this event began another, or an event of another tab did."""
        tab.begin_session(session)
        tab.who = replace(tab.who, sessions=tab.who.sessions + 1, session_started_ms=started_ms)
        if is_new:
            tab.who = replace(tab.who, landing=tab.page.path)
            self.state.write_origin(tab)
        self._spawn(self.rearm(tab))

    async def rearm(self, tab: Tab) -> None:
        """
        Judge and arm an open page anew: the rules in force or the session have changed under it.

        Where the state cannot be read now, the page's next event does it.
        """
        page, now = tab.page, self.clock()
        tab.watch.turn(self.rules(tab.site))
        tab.hold_again()
        plan = tab.watch.plan(page.kind, "page_view")
        try:
            counts = await self.state.look(tab, plan, page, now)
        except ConnectionError:
            return
        if page is not tab.page or tab.is_done:
            return
        tab.watch.judge(plan, View(counts, page, tab.who, now_ms=now), tab.held)
        tab.arm_is_stale = True
        self._finish(tab)

    def _turn(self, tab: Tab, event: Event) -> Page:
        """
        Return the page that an event belongs to; a page view of this document turns the tab to its page.

        One that is older than the page shown now has come again: it turns nothing back.
        """
        if event.shown is not None:
            if event.doc is None and event.seq >= tab.view:
                tab.turn_to(event.shown, event.seq, self.rules(tab.site))
            return event.shown
        if event.doc is not None:
            return event.page or NOWHERE
        return tab.page
