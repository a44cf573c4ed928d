"""
What the engine counts of its own work.

The hot path adds to plain numbers; nobody waits for a metrics library there. engine/edge/metrics.py shows them.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from engine.core.refused import BadEvent
from engine.native import Histogram as Histogram

BOUNDS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
LAG_EVERY_S = 0.1
MOST_SERIES = 2_000
OTHER = "other"

Snapshot = dict[str, Any]
"""All numbers at one moment, as JSON can write them; see ``Telemetry.snapshot``."""


class Tally:
    """
    Counts by labels.

    Past ``MOST_SERIES`` different ones the rest is counted as "other": what is counted may be named by
    anybody, and no number of names shall fill the memory.
    """

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[tuple[str, ...], int] = {}

    def add(self, *labels: str) -> None:
        """Count one."""
        if labels not in self.counts and len(self.counts) >= MOST_SERIES:
            labels = (OTHER,) * len(labels)
        self.counts[labels] = self.counts.get(labels, 0) + 1


def _unnoted(_site: str, _error: BadEvent) -> None:
    """Nobody keeps what was refused."""


class Telemetry:
    """One process' counts since it started. ``note_refused`` hears of each refused event."""

    def __init__(self) -> None:
        self.note_refused: Callable[[str, BadEvent], None] = _unnoted
        self.events = 0
        self.connections = 0
        self.connections_opened = 0
        self.archived_rows = 0
        self.log_entries_lost = 0
        self.refusals = Tally()
        self.fires = Tally()
        self.holds = Tally()
        self.unseen_fires = Tally()
        self.page_holds = Tally()
        self.coupons = Tally()
        self.low_coupons = Tally()
        self.late_coupons = Tally()
        self.redis_troubles = Tally()
        self.ack_latency = Histogram(BOUNDS_S)
        self.show_latency = Histogram(BOUNDS_S)
        self.loop_lag = Histogram(BOUNDS_S)

    def connected(self) -> None:
        """A stream was opened."""
        self.connections += 1
        self.connections_opened += 1

    def disconnected(self) -> None:
        """A stream was closed."""
        self.connections -= 1

    def event(self) -> None:
        """One event was counted."""
        self.events += 1

    def refused(self, reason: str) -> None:
        """A connection, a frame or an event was refused."""
        self.refusals.add(reason)

    def refused_event(self, site: str, error: BadEvent) -> None:
        """An event of a site was refused."""
        self.refused("bad_event")
        self.note_refused(site, error)

    def archived(self, rows: int) -> None:
        """So many rows of the event log are in the archive, for good."""
        self.archived_rows += rows

    def lost_from_log(self, entries: int) -> None:
        """So many entries fell out of the event log before they were archived."""
        self.log_entries_lost += entries

    def acknowledged(self, seconds: float) -> None:
        """One event was acknowledged, so long after its frame came in."""
        self.ack_latency.add(seconds)

    def fired(self, rule: str, variant: str = "") -> None:
        """A rule's popup went out, or what it does was done. Many variants share the series ``other``."""
        self.fires.add(rule, variant)

    def shown(self, seconds: float) -> None:
        """A popup went out, so long after the frame that made its rule true."""
        self.show_latency.add(seconds)

    def held(self, rule: str, reason: str) -> None:
        """A rule was true and did not show."""
        self.holds.add(rule, reason)

    def held_by_page(self, reason: str) -> None:
        """A page holds a popup back for now."""
        self.page_holds.add(reason)

    def unseen(self, rule: str) -> None:
        """Nobody viewed a popup within its time."""
        self.unseen_fires.add(rule)

    def coupon_issued(self, pool: str) -> None:
        """A coupon of a pool was given to a visitor."""
        self.coupons.add(pool)

    def coupons_low(self, pool: str) -> None:
        """A code was taken from a pool that has fewer left than it should."""
        self.low_coupons.add(pool)

    def coupon_late(self, what: str) -> None:
        """A coupon was not reserved or confirmed within the deadline."""
        self.late_coupons.add(what)

    def troubled(self, what: str) -> None:
        """Something went wrong on the way to Redis."""
        self.redis_troubles.add(what)

    async def measure_loop_lag(self) -> None:
        """Look, for ever, how much later than asked for the event loop comes back: so long others had to wait."""
        while True:
            due = time.perf_counter() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            self.loop_lag.add(max(0.0, time.perf_counter() - due))

    def snapshot(self) -> Snapshot:
        """Return all numbers: of a number itself, of a tally [labels, count] pairs, of a histogram counts and total."""
        # a compiled class has no dictionary of its attributes
        held = {name: getattr(self, name) for name in dir(self) if not name.startswith("_")}
        return {name: _plain(value) for name, value in held.items() if isinstance(value, int | Tally | Histogram)}


def shared_in(data: Path) -> Path:
    """Return the folder, in the engine's, where its processes write what they count."""
    return data / "run"


def share(telemetry: Telemetry, folder: Path) -> None:
    """Write all numbers of this process where the others find them."""
    fresh = folder / f"{os.getpid()}.new"
    fresh.write_bytes(orjson.dumps(telemetry.snapshot()))
    fresh.replace(folder / f"{os.getpid()}.json")


def merge(snapshots: list[Snapshot]) -> Snapshot:
    """Return the sums of what several processes counted."""
    merged = Telemetry().snapshot()
    for snapshot in snapshots:
        merged = {name: _sum(merged[name], snapshot[name]) for name in merged}
    return merged


def _plain(value: Any) -> Any:
    match value:
        case Tally():
            return [[list(labels), count] for labels, count in value.counts.items()]
        case Histogram():
            return {"counts": list(value.counts), "total_s": value.total_s}
        case _:
            return value


def _sum(one: Any, other: Any) -> Any:
    match one, other:
        case dict(), dict():
            counts = [a + b for a, b in zip(one["counts"], other["counts"], strict=True)]
            return {"counts": counts, "total_s": one["total_s"] + other["total_s"]}
        case list(), list():
            sums: dict[tuple[str, ...], int] = {}
            for labels, count in one + other:
                sums[tuple(labels)] = sums.get(tuple(labels), 0) + count
            return [[list(labels), count] for labels, count in sums.items()]
        case _:
            return one + other
