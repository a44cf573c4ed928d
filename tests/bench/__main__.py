"""``python -m tests.bench [NAMES...] [--quick] [--write FILE]``: see README.md beside this file."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvloop

import engine
from engine.edge.redis_binary import find_redis_binary
from tests.bench import (
    backtest_speed,
    capacity,
    crowd,
    event_cost,
    growth,
    idle_memory,
    judging,
    latency,
    peer_cost,
    profile,
    session_memory,
    spread,
)
from tests.bench.effort import FULL, QUICK, Effort
from tests.bench.host import kept_awake
from tests.bench.processes import allow_many_files, cores, pin, prefer_carried_valkey
from tests.bench.report import Report, budget_table

BENCHMARKS: dict[str, Callable[[Effort], Coroutine[Any, Any, Report]]] = {
    "event": event_cost.measure,
    "idle": idle_memory.measure,
    "session": session_memory.measure,
    "latency": latency.measure,
    "backtest": backtest_speed.measure,
    "crowd": crowd.measure,
    "growth": growth.measure,
    "spread": spread.measure,
    "judging": judging.measure,
    "peers": peer_cost.measure,
    "capacity": capacity.reckon,
}


def main() -> int:
    """Run the benchmarks that were asked for, all of them if none was named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what Shopbell costs.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)}, profile; all but the last if absent"
    )
    parser.add_argument("--quick", action="store_true", help="shorter rounds: a look, not a measurement")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the tables there too")
    asked = parser.parse_args()
    known = {**BENCHMARKS, "profile": profile.measure}
    if unknown := [name for name in asked.names if name not in known]:
        parser.error(f"no benchmark '{unknown[0]}', expected some of {', '.join(known)}")
    prefer_carried_valkey()
    allow_many_files()
    pin(os.getpid(), cores()[1])
    print(_conditions())
    with kept_awake():
        reports = _run([known[name] for name in known if name in (asked.names or BENCHMARKS)], asked)
    print(budget_table(reports))
    return 0


def _run(measures: list[Callable[[Effort], Coroutine[Any, Any, Report]]], asked: argparse.Namespace) -> list[Report]:
    reports: list[Report] = []
    for measure in measures:
        reports.append(uvloop.run(measure(QUICK if asked.quick else FULL)))
        capacity.keep(reports[-1].figures)
        print(f"\n{reports[-1]}\n", flush=True)
        if asked.write:  # what was measured must not be lost where a later benchmark fails
            asked.write.write_text(_text(reports))
    return reports


def _text(reports: list[Report]) -> str:
    return "\n\n".join(filter(None, [_conditions(), *map(str, reports), budget_table(reports)])) + "\n"


def _conditions() -> str:
    return (
        f"Shopbell {engine.__version__}, Python {platform.python_version()}, {find_redis_binary().version}, "
        f"{len(cores()[0] | cores()[1])} cores; only ratios mean something elsewhere."
    )


if __name__ == "__main__":
    sys.exit(main())
