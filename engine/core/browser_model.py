"""
A shopper's browser, as the snippet behaves in it, on a clock of its own.

It measures attention, reports the armed moments when they come and nothing
that is not armed, tells dwell when a page is left, and shows popups one at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from engine.core.event_checks import LONGEST_MS
from engine.core.golden_steps import ATTENTIVE, AWAY, CLOSED, ELSEWHERE, UNSEEN
from engine.core.store_model import SESSION_ENDS_AFTER_MS

INPUT_LASTS_MS = 30_000
"""Without input for so long, the shopper's time is no attention any more."""
CONNECTED_IN_BACK_MS = 60_000
"""A tab in the back for so long closes its connection; what it has to say then waits until it is back."""
POPUP_WAITS_MS = 55_000
"""A popup that came while the tab was in the back is not shown later than this."""
SIGNAL_PAUSE_MS = 1_000


class Listener(Protocol):
    """The engine, as a browser knows it."""

    def open(self, doc: str, page: Mapping[str, Any] | None, now_ms: int) -> dict[str, Any]:
        """Greet a document, on a page or on none yet; a document that was greeted before has reconnected."""

    def take(self, seq: int, name: str, data: Mapping[str, Any], now_ms: int) -> dict[str, Any] | None:
        """Take an event of the open document; returns what is armed now, or None where that is unchanged."""

    def attended(self, ms: int, now_ms: int) -> None:
        """Count attention to the open document's page, of a session that has ended meanwhile."""


class Browser:
    """One tab. ``now_ms`` is the moment; only :meth:`pass_time` moves it."""

    def __init__(self, engine: Listener, now_ms: int) -> None:
        self.now_ms = now_ms
        self._engine = engine
        self._documents = 0
        self._seq = 0
        self._page: Mapping[str, Any] | None = None
        self._visible = True
        self._meanwhile = ATTENTIVE
        self._total_ms = self._reported_ms = 0
        self._input_ms = self._hidden_ms = self._told_ms = now_ms
        self._depth = self._reported_depth = 0.0
        self._reported_idle_ms = 0
        self._arm: dict[str, Any] = {}
        self._wakes_ms: list[int] = []
        self._signalled_ms: dict[str, int] = {}
        self._waiting: list[tuple[str, int]] = []
        self._popup = ""
        self.popups = CLOSED

    # what the shopper does

    def view_page(self, page: Mapping[str, Any]) -> None:
        """Leave the page, and load another."""
        if self.now_ms - self._told_ms > SESSION_ENDS_AFTER_MS:
            # nobody stays for so long without a word: who comes now begins a session of their own
            self._engine.attended(self.unreported_ms, self.now_ms)
        else:
            self._tell_dwell()
        self._waiting.clear()
        self._popup = ""
        self._documents += 1
        self._seq = 0
        self._page = page
        self._total_ms = self._reported_ms = 0
        self._depth = self._reported_depth = 0.0
        self._reported_idle_ms = 0
        self._input_ms = self.now_ms
        self._hello()
        self.tell("page_view", page)

    def signal(self, name: str) -> None:
        """Do what is a signal; it is told only while it is armed, and once in a second."""
        last_ms = self._signalled_ms.get(name)
        if not self._arm.get(name) or (last_ms is not None and self.now_ms - last_ms < SIGNAL_PAUSE_MS):
            return
        self._signalled_ms[name] = self.now_ms
        self.tell(name, {})

    def scroll(self, percent: float) -> None:
        """Scroll down to a depth."""
        self._depth = max(self._depth, percent)
        self._check()

    def close_popup(self) -> None:
        """Close the popup that is open; the next one that waits opens."""
        fire, self._popup = self._popup, ""
        self.tell("popup_close", {"fire": fire})

    def pass_time(self, ms: int, meanwhile: str) -> None:
        """Let time pass: attentive, idle (in front, without input), elsewhere (without focus) or away (in the back)."""
        self._meanwhile = meanwhile
        if meanwhile == AWAY and self._visible:
            self._visible, self._hidden_ms = False, self.now_ms
            self._tell_dwell()
        end_ms = self.now_ms + ms
        while (due_ms := self._next_moment()) <= end_ms:
            self._advance(int(due_ms))
            self._check()
        self._advance(end_ms)
        if not self._visible:
            self._come_back()
        self._input_ms = self.now_ms
        self._reported_idle_ms = 0

    def tell(self, name: str, data: Mapping[str, Any]) -> None:
        """Send an event, and take what comes back."""
        if not self._documents:
            self._documents = 1
            self._hello()
        self._seq += 1
        self._told_ms = self.now_ms
        arm = self._engine.take(self._seq, name, data, self.now_ms)
        if arm is not None:
            self._take_arm(arm)
            self._check()
        self._open_next()

    @property
    def unreported_ms(self) -> int:
        """Attention to this page that the engine has not heard of yet."""
        return self._total_ms - self._reported_ms

    @property
    def popup(self) -> str:
        """The popup that is open, by its fire; empty if none is."""
        return self._popup

    # what the engine does

    def show(self, fire: str) -> None:
        """Take a popup; it opens when the events on their way have been answered, if the tab is in front."""
        if self.popups != UNSEEN:
            self._waiting.append((fire, self.now_ms))

    # what the snippet does

    def _open_next(self) -> None:
        while self._waiting and not self._popup and self._visible:
            fire, came_ms = self._waiting.pop(0)
            if self.now_ms - came_ms <= POPUP_WAITS_MS:
                self._popup = fire
                self.tell("popup_view", {"fire": fire})

    def _hello(self) -> None:
        self._take_arm(self._engine.open(f"doc{self._documents:05}", self._page, self.now_ms))

    def _take_arm(self, arm: dict[str, Any]) -> None:
        self._arm = arm
        self._wakes_ms = [self.now_ms + each for each in arm.get("wake", ())]

    def _come_back(self) -> None:
        """The tab is in front again: what came meanwhile is told, after a new hello if the connection was closed."""
        self._visible = True
        self._meanwhile = ATTENTIVE
        self._input_ms = self.now_ms
        came = [("wake", any(each <= self.now_ms for each in self._wakes_ms))]
        came += [("tab_return", bool(self._arm.get("tab_return")))]
        self._wakes_ms = [each for each in self._wakes_ms if each > self.now_ms]
        if self.now_ms - self._hidden_ms > CONNECTED_IN_BACK_MS:
            self._hello()
        for name, has_come in came:
            if has_come:
                self.tell(name, {})
        self._open_next()

    def _advance(self, to_ms: int) -> None:
        self._total_ms += max(0, int(min(to_ms, self._attentive_until())) - self.now_ms)
        self.now_ms = to_ms
        if self._meanwhile == ATTENTIVE:
            self._input_ms = to_ms

    def _attentive_until(self) -> float:
        if not self._visible or self._page is None or self._meanwhile == ELSEWHERE:
            return self.now_ms
        return float("inf") if self._meanwhile == ATTENTIVE else self._input_ms + INPUT_LASTS_MS

    def _next_moment(self) -> float:
        """Return when the next armed moment comes, if the shopper goes on as now."""
        until_ms = self._attentive_until()
        dwell = [self.now_ms + each - self._total_ms for each in self._open_dwell()]
        wakes = [each for each in self._wakes_ms if self._visible or each - self._hidden_ms <= CONNECTED_IN_BACK_MS]
        moments = [each for each in dwell if each <= until_ms] + [max(each, self.now_ms) for each in wakes]
        if self._visible and self._meanwhile != ATTENTIVE:
            moments += [self._input_ms + each for each in self._open_idle()]
        return min(moments, default=float("inf"))

    def _open_dwell(self) -> list[int]:
        return [each for each in self._arm.get("page_dwell", ()) if each > self._reported_ms]

    def _open_idle(self) -> list[int]:
        return [each for each in self._arm.get("idle", ()) if each > self._reported_idle_ms]

    def _check(self) -> None:
        """Report every armed moment that has come."""
        if any(each <= self._total_ms for each in self._open_dwell()):
            self._tell_dwell()
        quiet_ms = self.now_ms - self._input_ms
        if self._visible and any(each <= quiet_ms for each in self._open_idle()):
            self._reported_idle_ms = quiet_ms
            self.tell("idle", {"ms": min(quiet_ms, LONGEST_MS)})
        if any(each <= self.now_ms for each in self._wakes_ms):
            self._wakes_ms = [each for each in self._wakes_ms if each > self.now_ms]
            self.tell("wake", {})
        if any(self._reported_depth < each <= self._depth for each in self._arm.get("scroll", ())):
            self._reported_depth = self._depth
            self.tell("scroll", {"percent": self._depth})

    def _tell_dwell(self) -> None:
        while (ms := min(self.unreported_ms, LONGEST_MS)) > 0:
            self._reported_ms += ms
            self.tell("page_dwell", {"ms": ms})
