"""
Trails: when something was counted, as far back as a window of any rule reaches.

A trail of moments is ``[t, t, ...]``, one of dwell ``[t, ms, t, ms, ...]``, both in ms since the epoch,
the oldest first. What happened at t is inside a window W at the time x while ``x - t < W``: it leaves at
exactly t + W.

What no comparison can need is dropped. Against a number n, only the newest n + 1 moments matter: where all
of these are inside, the count is more than n whatever came before them. Likewise of dwell only the newest
parts matter that together are more than n ms.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

MOST_PARTS = 512
"""Parts of dwell that are kept at most, whatever their lengths."""

Trail = list[int]


def with_moment(trail: Trail, now_ms: int, most: int) -> Trail:
    """Return a trail of moments with one more, the newest ``most`` of all."""
    return [*trail, now_ms][-most:]


def with_part(trail: Trail, now_ms: int, ms: int, most_ms: int, longest_ms: int) -> Trail:
    """Return a trail of dwell with one more part, less what has left every window or is not needed."""
    parts = [*trail, now_ms, ms]
    total, first = sum(parts[1::2]), 0
    while first < len(parts) - 2 and (
        now_ms - parts[first] >= longest_ms or total - parts[first + 1] > most_ms or len(parts) - first > 2 * MOST_PARTS
    ):
        total -= parts[first + 1]
        first += 2
    return parts[first:]


def moments_within(trail: Trail, window_ms: int, now_ms: int) -> int:
    """Return how many moments are inside the window."""
    return len(trail) - bisect_right(trail, now_ms - window_ms)


def dwell_within(trail: Trail, window_ms: int, now_ms: int) -> int:
    """Return the sum of the parts inside the window, ms."""
    total = 0
    for n in range(0, len(trail), 2):
        if now_ms - trail[n] < window_ms:
            total += trail[n + 1]
    return total


def leavings(trail: Trail, window_ms: int, now_ms: int, is_dwell: bool) -> Iterator[tuple[int, int]]:
    """Yield the moments to come at which something leaves the window, and the value from then on."""
    step = 2 if is_dwell else 1
    inside = [n for n in range(0, len(trail), step) if now_ms - trail[n] < window_ms]
    value = sum(trail[n + 1] if is_dwell else 1 for n in inside)
    for n in inside:
        value -= trail[n + 1] if is_dwell else 1
        yield trail[n] + window_ms, value
