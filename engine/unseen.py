"""Popups that were sent and that nobody has seen: when they are taken back, and who may show them then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from engine.claims import Telemetry, VisitorFirings
from engine.core import wire
from engine.core.compiled_rule import CompiledRule
from engine.core.firings import UNSEEN_AFTER_MS, Firing
from engine.tab import Tab

Arm = Callable[[Tab], dict[str, Any] | None]


class Unseen:
    """
    Takes popups back: after a minute, or as soon as their page has been left.

    ``others`` returns the visitor's open pages but this one, as far as they are known here; ``arm`` what to arm on a
    page, None where the browser knows it. ``note`` takes note of a rule and its firing that nobody saw.

    A page that is waited for stays in memory for that minute, its connection gone or not.
    """

    def __init__(self, state: VisitorFirings, telemetry: Telemetry, clock: Callable[[], int]) -> None:
        self._state = state
        self._telemetry = telemetry
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._due: dict[str, asyncio.TimerHandle] = {}
        self.others: Callable[[Tab], Iterable[Tab]] = _nobody
        self.arm: Arm = _unchanged
        self.note: Callable[[Tab, str, str, int], None] = _unnoted

    def release_later(self, tab: Tab, compiled: CompiledRule, fire: str) -> None:
        """Take a popup back when its time to be viewed is over."""
        self._due[fire] = self._loop.call_later(UNSEEN_AFTER_MS / 1000, self._release, tab, compiled, fire)

    def await_view(self, tab: Tab, rule: str, firing: Firing, now_ms: int) -> None:
        """
        A document says hello while a popup waits to be viewed: to its own one it was sent again.

        Whichever connection or process sent it first, the document is told when it is taken back. Any other document
        may fire its rule then.
        """
        compiled = tab.watch.rules.by_id.get(rule)
        if compiled is None:
            return
        fire, rest_s = firing["f"], (UNSEEN_AFTER_MS - (now_ms - firing["t"])) / 1000
        if firing["d"] != tab.doc:
            self._loop.call_later(rest_s, tab.wake_up, compiled)
            return
        self.settled(fire)
        self._due[fire] = self._loop.call_later(rest_s, self._release, tab, compiled, fire)

    def now_open(self, tab: Tab) -> Tab:
        """Return where a tab's document is now: it may have connected again while its popup was being made."""
        again = (each for each in self.others(tab) if each.doc == tab.doc) if tab.closed else ()
        return next(iter(again), tab)

    def settled(self, fire: str) -> None:
        """Wait no longer for a popup to be viewed: it was, or it has been taken back already."""
        due = self._due.pop(fire, None)
        if due is not None:
            due.cancel()

    def _release(self, tab: Tab, compiled: CompiledRule, fire: str) -> None:
        """If nobody viewed it, its rule may fire again."""
        self._due.pop(fire, None)

        def reply_to(reply: Any) -> None:
            if isinstance(reply, bytes) and reply:
                self._telemetry.unseen(tab.watch.rules.label_of(compiled.rule.id))
                self.note(tab, compiled.rule.id, fire, self._clock())
                tab.wake_up(compiled)
                # a page in the back may still have it waiting: the shopper would see it twice
                tab.send(wire.hide_frame(fire))

        self._state.settle(tab, fire, "unseen", reply_to)

    def leave(self, tab: Tab) -> None:
        """The page of a document has been left: nobody will see there what was sent to it, or is under way."""
        if tab.may_have_unseen:
            self._state.leave(tab, self._clock(), partial(self._left, tab))

    def _left(self, tab: Tab, reply: Any) -> None:
        if isinstance(reply, Exception):
            return  # a minute later it is taken back all the same
        now_ms = self._clock()
        for rule, fire in zip(reply[::2], reply[1::2], strict=True):
            name = rule.decode()
            self.settled(fire.decode())
            self._telemetry.unseen(tab.watch.rules.label_of(name))
            self.note(tab, name, fire.decode(), now_ms)
            for other in self.others(tab):  # to find them takes a look at all open pages: only here, where it is rare
                self._offer(other, name, now_ms)

    def _offer(self, tab: Tab, rule: str, now_ms: int) -> None:
        """Have a page that may have been refused the rule ask once more, if the rule could be true there."""
        compiled = tab.watch.rules.by_id.get(rule)
        if compiled is None:
            return
        tab.wake_up(compiled)
        if compiled not in (tab.watch.alive or ()):
            return
        tab.watch.armed[compiled.order] = (*tab.watch.armed.get(compiled.order, ()), ("wake", now_ms))
        tab.arm_is_stale = True
        if (arm := self.arm(tab)) is not None:
            tab.owed = 0
            tab.send(wire.ack_frame(tab.done, arm=arm))


def _nobody(_tab: Tab) -> tuple[Tab, ...]:
    """No other page is known of."""
    return ()


def _unchanged(_tab: Tab) -> None:
    """No page is told what is armed."""


def _unnoted(_tab: Tab, _rule: str, _fire: str, _now_ms: int) -> None:
    """Nobody takes note."""
