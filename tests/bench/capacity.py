"""
What a shop needs, reckoned from what was measured last: connections and events by core and by gigabyte.

The figures of every benchmark that ran are kept in ``.cache``, so that they need not all run at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.effort import Effort
from tests.bench.report import Report

_KEPT = Path(__file__).parents[2] / ".cache" / "bench" / "figures.json"
_FROM = (
    "engine_us",
    "archiving_us",
    "redis_us",
    "connection_kib",
    "rest_us",
    "return_us",
    "session_bytes",
    "log_bytes",
)

BUSY = 0.6
"""How much of a core is planned with: the rest is for bursts, and for what another node leaves when it dies."""
PAGE_EVERY_S = 45
EVENTS_ON_A_PAGE = 4
STAY_MIN = 8
SESSION_KEPT_MIN = 30
LOG_KEPT_MIN = 10
RETURN_WITHIN_S = 60
"""A page view with what is told on it, so often; a visit of so long; what Redis keeps after it, and of the log."""


@dataclass(frozen=True, slots=True)
class Shop:
    """How many shoppers are there at once."""

    name: str
    shoppers: int


SHOPS = (Shop("a shop", 1_000), Shop("a large shop", 20_000), Shop("Black Friday", 1_000_000))


def keep(figures: Mapping[str, float]) -> None:
    """Add what a benchmark found to what is kept."""
    _KEPT.parent.mkdir(parents=True, exist_ok=True)
    _KEPT.write_text(json.dumps(kept() | dict(figures)))


def kept() -> dict[str, float]:
    """Return what was found last."""
    found: dict[str, float] = json.loads(_KEPT.read_text()) if _KEPT.exists() else {}
    return found


async def reckon(_effort: Effort) -> Report:
    """Reckon what each shop needs; the table says what is missing where not all was measured."""
    figures = kept()
    if missing := [name for name in _FROM if name not in figures]:
        return Report("Capacity", ("",), [], f"Not measured yet: {', '.join(missing)} (event, crowd and session do).")
    rows = list(zip(_WHAT, *(needs(shop, figures) for shop in SHOPS), strict=True))
    return Report(
        "Capacity",
        ("", *(f"{shop.name}, {shop.shoppers:,} at once" for shop in SHOPS)),
        rows,
        f"A page every {PAGE_EVERY_S} s with {EVENTS_ON_A_PAGE} events, visits of {STAY_MIN} minutes; cores at "
        f"{BUSY:.0%}. From {figures['engine_us']:.0f} µs of an engine's core, {figures['archiving_us']:.0f} µs of "
        f"an archiver's and {figures['redis_us']:.0f} µs of Redis' for an event, "
        f"{figures['connection_kib']:.1f} KiB for a connection, "
        f"{figures['session_bytes']:,.0f} bytes for a session and {figures['log_bytes']:,.0f} for an event in the log.",
    )


_WHAT = (
    "events/s",
    "engine cores",
    "cores to archive",
    "memory of the engines",
    "Redis primaries, a core each",
    "Redis memory: sessions",
    "Redis memory: log until archived",
    "engine cores to have all back within a minute",
)


def needs(shop: Shop, of: Mapping[str, float]) -> list[str]:
    """Return what a shop needs, in the order of ``_WHAT``."""
    events = shop.shoppers / PAGE_EVERY_S * EVENTS_ON_A_PAGE
    # whoever left is kept for a while: so many sessions begin while one is kept
    sessions = shop.shoppers * (1 + SESSION_KEPT_MIN / STAY_MIN)
    engine = (events * of["engine_us"] + shop.shoppers * of["rest_us"]) / 1e6
    return [
        f"{events:,.0f}",
        _cores(engine),
        _cores(events * of["archiving_us"] / 1e6),
        _memory(shop.shoppers * of["connection_kib"] * 1024),
        _cores(events * of["redis_us"] / 1e6),
        _memory(sessions * of["session_bytes"]),
        _memory(events * 60 * LOG_KEPT_MIN * of["log_bytes"]),
        _cores(shop.shoppers * of["return_us"] / 1e6 / RETURN_WITHIN_S),
    ]


def _cores(used: float) -> str:
    return f"{math.ceil(used / BUSY)}"


def _memory(size: float) -> str:
    gib = size / 2**30
    return f"{gib:,.1f} GiB" if gib >= 1 else f"{size / 2**20:,.0f} MiB"
