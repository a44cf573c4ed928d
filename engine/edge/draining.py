"""
How an engine that ends lets its shoppers' streams go: some at a time, and each is told when to come back.

All at once would keep the event loop from everything else, and bring everybody to the other engines in the same
moment. So the streams that are still open go on as before until it is their turn.
"""

from __future__ import annotations

import asyncio
import math
import random
from typing import TYPE_CHECKING

from engine.core import wire

if TYPE_CHECKING:
    from engine.edge.stream import Stream
    from engine.edge.streams import Streams

DRAIN_WITHIN_S = 2.5
SLICE_EVERY_S = 0.05
SMALLEST_SLICE = 100
SPREAD_MS = (5_000, 15_000)
"""Over how long clients are told to come back: at least, and at most."""

RETURNS_PER_S = 1_000
"""How many clients are asked to come back in a second, until that would keep the last of them away for too long."""


async def drain(streams: Streams) -> None:
    """Take no new stream, and close those that are open: within ``DRAIN_WITHIN_S``, however many there are."""
    streams.is_draining = True
    loop = streams.loop
    ends, spread_ms = loop.time() + DRAIN_WITHIN_S, spread_of(len(streams.open))
    told: set[Stream] = set()
    while left := [stream for stream in streams.open if stream not in told]:
        left_s = ends - loop.time()
        streams.take_all()
        ready = [stream for stream in left if not _is_under_way(stream)] if left_s > 0 else left
        for stream in ready[: slice_of(len(left), left_s)]:
            stream.hang_up(wire.CLOSE_RESTART, f"retry_after_ms={random.randrange(spread_ms)}")  # noqa: S311
            told.add(stream)
        await asyncio.sleep(SLICE_EVERY_S)  # also after the last: one that was being opened is open by then


def _is_under_way(stream: Stream) -> bool:
    """Tell whether an event is counted and not judged yet: its popup would wait for the shopper's next event."""
    return stream.tab is not None and bool(stream.tab.under_way)


def slice_of(left: int, left_s: float) -> int:
    """Return how many streams to close now, that all are by then; all of those that are left where time is up."""
    turns = max(1, math.floor(left_s / SLICE_EVERY_S))
    return max(SMALLEST_SLICE, math.ceil(left / turns))


def spread_of(streams: int) -> int:
    """Return the milliseconds within which so many clients come back."""
    least, most = SPREAD_MS
    return min(most, max(least, streams * 1_000 // RETURNS_PER_S))
