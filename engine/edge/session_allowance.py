"""
How many events a session may send, over all its documents and engines.

Each connection counts by itself, and tells the session's hash after every ``TOLD_EVERY`` events and at its end: that
costs nothing on the way of an event, and is exact to as many for each document that is open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from engine.edge.keys import VisitorKeys
from engine.edge.visitor_state import SESSION_ENDS_AFTER_MS
from engine.tab import Tab

TOLD_EVERY = 50


class Calls(Protocol):
    """What is needed of the shared state: :class:`engine.edge.lane.RedisLane`."""

    def call(self, reply_to: Callable[[Any], None], *words: bytes | str | int) -> None:
        """Carry out a command."""


class SessionAllowance:
    """What one connection may still send in its session. ``most`` is the session's limit."""

    __slots__ = ("_granted", "_known", "_lane", "_left", "_most", "_over_since", "_session")

    def __init__(self, lane: Calls, most: int) -> None:
        self._lane = lane
        self._most = most
        self._session = ""
        self._known = 0
        self._granted = 0
        self._left = 0
        self._over_since: float | None = None

    def begin(self, tab: Tab) -> None:
        """Ask what the session has sent so far. Until the answer is there, it is taken to be nothing."""
        self._enter(tab)
        self._tell(tab, 0)

    def is_over(self, tab: Tab, now: float) -> bool:
        """Count one event; tell whether it is one too many."""
        self._left -= 1
        return self._left < 0 and self._look(tab, now)

    def lend(self, most: int) -> int:
        """Return how many of the next events, at most so many, need not be counted one by one: they are already."""
        lent = max(0, min(most, self._left))
        self._left -= lent
        return lent

    def take_back(self, unused: int) -> None:
        """Take back what was lent for events that did not come."""
        self._left += unused

    def end(self, tab: Tab) -> None:
        """The connection has ended: tell what was not told yet."""
        if used := self._granted - max(self._left, 0):
            self._tell(tab, used)

    def _look(self, tab: Tab, now: float) -> bool:
        if self._granted:
            self._known += self._granted
            self._tell(tab, self._granted)
        if tab.session != self._session or self._has_ended(now):
            self._enter(tab)
        self._granted = max(0, min(TOLD_EVERY, self._most - self._known))
        self._left = self._granted - 1
        if self._granted:
            self._over_since = None
            return False
        self._over_since = self._over_since or now
        return True

    def _enter(self, tab: Tab) -> None:
        self._session = tab.session
        self._known = 0

    def _has_ended(self, now: float) -> bool:
        """Tell whether nothing has been taken for so long that the session is over in Redis too."""
        return self._over_since is not None and now - self._over_since > SESSION_ENDS_AFTER_MS / 1000

    def _tell(self, tab: Tab, events: int) -> None:
        keys: VisitorKeys = tab.keys
        session = self._session

        def learn(total: Any) -> None:
            if isinstance(total, int) and session == self._session:
                self._known = max(self._known, total)

        self._lane.call(learn, "FCALL", "shopbell_tally", 1, keys.session, events)
