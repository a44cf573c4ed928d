"""CPU of server and Redis for one event: engines of all sizes, the prototype and the echoes, in the same rounds."""

from __future__ import annotations

import sys
from math import isnan
from statistics import mean, median

from tests.bench.archiving import Archiver
from tests.bench.contestants import (
    ENGINE,
    ENGINE_FEW,
    ENGINE_MANY,
    ENGINE_PAST,
    ENGINE_PURE,
    ENGINES,
    FASTAPI,
    PICOWS,
    PROTOTYPE,
    WEBSOCKETS,
    running,
)
from tests.bench.effort import Effort
from tests.bench.load import Round, closed_loop, steady
from tests.bench.report import Budget, Report

RATE = 4_000
_NAMES = (PICOWS, ENGINE, ENGINE_PURE, ENGINE_FEW, ENGINE_MANY, ENGINE_PAST, PROTOTYPE, FASTAPI, WEBSOCKETS)

Rounds = dict[str, list[Round]]


async def measure(effort: Effort) -> Report:
    """Run all contestants in turn, round after round, at the same rate and at full load."""
    even: Rounds = {name: [] for name in _NAMES}
    full: Rounds = {name: [] for name in _NAMES}
    with running(*_NAMES) as contestants:
        for each in contestants:
            await closed_loop(each, 20)
        archiver = Archiver(next(each for each in contestants if each.name == ENGINE))
        for n in range(effort.rounds):
            print(f"event: round {n + 1} of {effort.rounds}", file=sys.stderr)
            for each in contestants:
                even[each.name].append(await steady(each, RATE, effort.steady_s))
                full[each.name].append(await closed_loop(each, effort.events_each))
            await archiver.look()
        archiving_us = await archiver.cost_us()
    return Report(
        "CPU for one event",
        ("server", f"at {RATE:,}/s, µs", "x echo", "full load, µs", "x echo", "Redis at rate, µs", "Redis full, µs",
         "events/s"),
        [*(_row(name, even, full) for name in _NAMES), [f"archiver of the {ENGINE}", f"{archiving_us:.1f}", *[""] * 6]],
        "CPU of the server process per event, of user and system; medians of all rounds, ratios round by round. "
        "The archiver is a process of its own, less urgent than the engine; its CPU is for a row of the archive. "
        f"{_waited(even):.0%} of the time other programs had the servers' core.",
        _budgets(even, full),
        {
            "engine_us": median(each.server_us for each in even[ENGINE]),
            "redis_us": median(each.redis_us for each in even[ENGINE]),
            **({} if isnan(archiving_us) else {"archiving_us": archiving_us}),
            "full_engine_us": median(each.server_us for each in full[ENGINE]),
            "full_redis_us": median(each.redis_us for each in full[ENGINE]),
        },
    )  # fmt: skip


def ratio(rounds: Rounds, one: str, other: str, of: str = "server_us") -> float:
    """Return how much more ``one`` took than ``other``: the median over rounds, each of which had both."""
    pairs = zip(rounds[one], rounds[other], strict=True)
    return float(median(getattr(a, of) / getattr(b, of) for a, b in pairs))


def _row(name: str, even: Rounds, full: Rounds) -> list[str]:
    row = [name]
    for rounds in (even, full):
        row.append(f"{median(each.server_us for each in rounds[name]):.1f}")
        row.append(f"{ratio(rounds, name, PICOWS):.2f}")
    for rounds in (even, full):
        used = median(each.redis_us for each in rounds[name])
        row.append(f"{used:.1f}" if used else "")
    return [*row, f"{median(each.events_per_s for each in full[name]):,.0f}"]


def _budgets(even: Rounds, full: Rounds) -> list[Budget]:
    budgets = []
    for rounds, when in ((even, f"at {RATE:,} events/s"), (full, "at full load")):
        budgets += [
            Budget(f"server CPU per event, {ENGINES[ENGINE].rules} rules, against the picows echo, {when}",
                   ratio(rounds, ENGINE, PICOWS), 2.0, "x"),
            Budget(f"server CPU per event, 1,000 rules against 10 rules, {when}",
                   ratio(rounds, ENGINE_MANY, ENGINE_FEW), 1.3, "x"),
            Budget(f"Redis CPU per event, against the prototype's `observe`, {when}",
                   ratio(rounds, ENGINE, PROTOTYPE, "redis_us"), 2.0, "x"),
        ]  # fmt: skip
    return budgets


def _waited(rounds: Rounds) -> float:
    return mean(each.waited_share for of_one in rounds.values() for each in of_one)
