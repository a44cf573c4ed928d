"""`/metrics` in Prometheus' format, for all worker processes together."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

import engine
from engine.edge.telemetry import BOUNDS_S, Snapshot, Telemetry, merge, share

SHARE_EVERY_S = 1.0
_log = logging.getLogger("shopbell.metrics")

NUMBERS = {
    "events": "Events counted",
    "connections_opened": "Streams opened",
    "archived_rows": "Rows of the event log that were archived",
    "log_entries_lost": "Entries that fell out of the event log before they were archived",
}
TALLIES = {
    "refusals": ("Connections, frames and events refused", ["reason"]),
    "fires": ("Popups sent, and rules carried out that show none", ["rule", "variant"]),
    "holds": ("Rules that were true and did not show", ["rule", "reason"]),
    "coupons": ("Coupons shown, from pools or with an end of their own", ["pool"]),
    "low_coupons": ("Codes taken from pools that have fewer left than they should", ["pool"]),
    "late_coupons": ("Coupons that the database did not reserve or confirm in time", ["what"]),
    "redis_troubles": ("Calls of Redis that went wrong, and connections to it that broke", ["what"]),
    "unseen_fires": ("Popups that nobody viewed within their time", ["rule"]),
    "page_holds": ("Times that a page held a popup back for a while", ["reason"]),
}
HISTOGRAMS = {
    "ack_latency": "From a frame received to its acknowledgement written",
    "show_latency": "From a frame received to the popup written that it made fire",
    "loop_lag": "How much later than asked for the event loop came back",
}


class Metrics(Collector):
    """
    What `/metrics` shows.

    In the folder other processes of the engine write their numbers, and the sums are shown; where it ``shares``, this
    one writes its own there once a second. What a process counted before it died stays counted; the streams it had
    open do not.
    """

    def __init__(self, telemetry: Telemetry, folder: Path, shares: bool = False) -> None:
        self._telemetry = telemetry
        self._folder = folder
        self._shares = shares
        self._has_failed = False
        self._tasks: list[asyncio.Task[None]] = []
        self._registry = CollectorRegistry()
        self._registry.register(self)

    async def start(self) -> None:
        """Begin to measure the event loop, and to write for the other workers, until ``stop``."""
        self._tasks.append(asyncio.create_task(self._telemetry.measure_loop_lag(), name="loop lag"))
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._shares:
            self._tasks.append(asyncio.create_task(self._share(), name="share metrics"))

    async def stop(self) -> None:
        """Measure and write no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._shares:
            self._share_now()

    def router(self) -> APIRouter:
        """Return the route that shows them."""
        router = APIRouter()

        @router.get("/metrics", include_in_schema=False)
        async def metrics() -> Response:
            return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

        return router

    def collect(self) -> Iterator[Metric]:
        """Return all metrics as they are now; the Prometheus client calls this."""
        total = merge([self._telemetry.snapshot(), *self._others()])
        info = GaugeMetricFamily("shopbell_info", "The engine's version", labels=["version"])
        info.add_metric([engine.__version__], 1)
        yield info
        yield GaugeMetricFamily("shopbell_connections", "Streams open now", value=total["connections"])
        for name, help_text in NUMBERS.items():
            yield CounterMetricFamily(f"shopbell_{name}", help_text, value=total[name])
        for name, (help_text, labels) in TALLIES.items():
            tally = CounterMetricFamily(f"shopbell_{name}", help_text, labels=labels)
            for values, count in total[name]:
                tally.add_metric(values, count)
            yield tally
        for name, help_text in HISTOGRAMS.items():
            histogram = total[name]
            buckets = _cumulative(histogram["counts"])
            yield HistogramMetricFamily(
                f"shopbell_{name}_seconds", help_text, buckets=buckets, sum_value=histogram["total_s"]
            )

    async def _share(self) -> None:
        while True:
            self._share_now()
            await asyncio.sleep(SHARE_EVERY_S)

    def _share_now(self) -> None:
        """Write for the others; where that fails, on a full disk say, they know what was written last."""
        try:
            share(self._telemetry, self._folder)
        except OSError as error:
            if not self._has_failed:
                _log.warning("the numbers of this process could not be written: %s", error.strerror)
            self._has_failed = True
        else:
            self._has_failed = False

    def _others(self) -> Iterator[Snapshot]:
        for path in sorted(self._folder.glob("*.json")):
            worker = int(path.stem)
            if worker != os.getpid():
                snapshot: dict[str, Any] = orjson.loads(path.read_bytes())
                yield snapshot if _lives(worker) else snapshot | {"connections": 0}


def clear_metrics(folder: Path) -> None:
    """Forget what the workers of an earlier engine wrote. For the one process that starts the workers."""
    for path in folder.glob("*.json"):
        path.unlink()


def _lives(process: int) -> bool:
    with contextlib.suppress(PermissionError):  # it lives, as somebody else
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True


def _cumulative(counts: list[int]) -> list[tuple[str, float]]:
    bounds = [*map(str, BOUNDS_S), "+Inf"]
    sums = [sum(counts[: n + 1]) for n in range(len(counts))]
    return list(zip(bounds, map(float, sums), strict=True))
