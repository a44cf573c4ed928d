"""What one connection may send: its own pace, that of its site, and its session's share."""

from __future__ import annotations

from typing import Protocol

from engine.core.pace import Pace
from engine.edge.session_allowance import SessionAllowance
from engine.native import Door
from engine.tab import Tab

MOST_KEPT = 200
"""What a client kept while it had no connection it sends at once: so many events are free of the limit."""

OTHER_FRAMES_PER_S, OTHER_FRAMES_AT_ONCE = 100.0, 20_000
"""Pings, pongs and fragments. More of them at once than a message has bytes: whoever sends one too long in pieces is
told that."""

TOO_MANY, SITE_BUSY, SESSION_FULL = "too many", "site busy", "session full"


class PaceLimits(Protocol):
    """How much one connection may send, on average and at once; 0 events per second is no limit."""

    @property
    def events_per_second(self) -> float:
        """On average."""

    @property
    def events_burst(self) -> int:
        """At once."""


class Allowance:
    """
    Says of each event whether it may come.

    It gives the connection's door credit: so many of the next events may come in without asking. They are counted
    already, by every limit.
    """

    __slots__ = ("_door", "_free", "_left", "_limits", "_others", "_pace", "_reckoned_at", "_session")

    def __init__(self, door: Door, limits: PaceLimits, pace: Pace | None, session: SessionAllowance | None) -> None:
        self._door = door
        self._limits = limits
        self._pace = pace
        self._session = session
        self._others: Pace | None = None
        self._free = MOST_KEPT
        self._left = float(limits.events_burst)
        self._reckoned_at = door.heard

    def begin(self, tab: Tab) -> None:
        """The connection's document has said hello."""
        if self._session is not None:
            self._session.begin(tab)

    def end(self, tab: Tab) -> None:
        """The connection is gone."""
        self.ask_again()
        if self._session is not None:
            self._session.end(tab)

    def refuses(self, tab: Tab, now: float) -> str:
        """Count one event; return which limit it exceeds, empty if none."""
        if self._door.credit:
            self._door.credit -= 1
        elif self._limits.events_per_second and not self._is_in_pace(now):
            return TOO_MANY
        elif self._pace is not None and not self._pace.take(now):
            return SITE_BUSY
        elif self._session is not None and self._session.is_over(tab, now):
            return SESSION_FULL
        else:
            self._give_credit()
        return ""

    def refuses_other(self, now: float) -> bool:
        """Count a frame that is no message; tell whether it is one too many."""
        if self._others is None:
            self._others = Pace(OTHER_FRAMES_PER_S, OTHER_FRAMES_AT_ONCE)
        return self._limits.events_per_second > 0 and not self._others.take(now)

    def ask_again(self) -> None:
        """Have the next event asked about."""
        self._free += self._door.credit
        if self._session is not None:
            self._session.take_back(self._door.credit)
        self._door.credit = 0

    def _give_credit(self) -> None:
        """Count as many of the next events as no limit can hold up. A site's pace is shared: nothing of it is lent."""
        if self._pace is None:
            credit = self._free if self._session is None else self._session.lend(self._free)
            self._free -= credit
            self._door.credit = credit

    def _is_in_pace(self, now: float) -> bool:
        """Take one event off the connection's own allowance, which fills up with time."""
        if self._free:
            self._free -= 1
            return True
        limits = self._limits
        earned = (now - self._reckoned_at) * limits.events_per_second
        self._left = min(float(limits.events_burst), self._left + earned) - 1
        self._reckoned_at = now
        return self._left >= 0
