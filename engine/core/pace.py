"""
How often something may happen: so often for long, and so many at once.

The generic cell rate algorithm (GCRA). It keeps one number, the moment at which all that has happened would be
paid for, and needs neither a timer nor a counter that is emptied.
"""

from __future__ import annotations

from collections.abc import Hashable

_ROUNDING_S = 1e-6
"""Sums of floats are not quite what they should be: whoever comes so much too early is in time."""


def _room_s(rate: float, burst: int) -> float:
    """Return how far ahead may be what is not paid for yet."""
    return (burst - 1) / rate + _ROUNDING_S


class Pace:
    """One thing's pace: ``rate`` a second for long, ``burst`` at once. ``now`` is any clock in seconds that rises."""

    __slots__ = ("_each_s", "_paid_at", "_room_s")

    def __init__(self, rate: float, burst: int) -> None:
        self._each_s = 1 / rate
        self._room_s = _room_s(rate, burst)
        self._paid_at = float("-inf")

    def take(self, now: float) -> bool:
        """Take one if it may happen now; what may not happen costs nothing."""
        paid_at = self._paid_at
        if paid_at - now > self._room_s:
            return False
        self._paid_at = (paid_at if paid_at > now else now) + self._each_s
        return True


class Paces:
    """
    The paces of many things of one kind, by name.

    Those that have paid are forgotten when there are ``most``. Where all of so many still owe something, the one that
    has been known for longest is forgotten: an attacker with as many addresses is not held by limits for each.
    """

    __slots__ = ("_burst", "_most", "_paid_at", "_rate")

    def __init__(self, rate: float, burst: int, most: int = 20_000) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._paid_at: dict[Hashable, float] = {}

    def __len__(self) -> int:
        return len(self._paid_at)

    def take(self, name: Hashable, now: float) -> bool:
        """Take one of this name if it may happen now. A rate of 0 is no limit."""
        if not self._rate:
            return True
        paid_at = self._paid_at.get(name, now)
        if paid_at - now > _room_s(self._rate, self._burst):
            return False
        if name not in self._paid_at and len(self._paid_at) >= self._most:
            self._forget(now)
        self._paid_at[name] = max(paid_at, now) + 1 / self._rate
        return True

    def _forget(self, now: float) -> None:
        self._paid_at = {name: paid_at for name, paid_at in self._paid_at.items() if paid_at > now}
        if len(self._paid_at) >= self._most:
            del self._paid_at[next(iter(self._paid_at))]
