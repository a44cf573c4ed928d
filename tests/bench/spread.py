"""One worker and two on all cores that there are: how much more a second process takes."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from tests.bench.contestants import ENGINE_ONE, ENGINE_TWO, Contestant, running
from tests.bench.effort import Effort
from tests.bench.load import closed_loop
from tests.bench.processes import cores, cpu_s
from tests.bench.report import Report

_NAMES = (ENGINE_ONE, ENGINE_TWO)


async def measure(effort: Effort) -> Report:
    """Run both in turn at full load; the load and the two Valkeys share the cores with them."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in _NAMES}
    with running(*_NAMES) as contestants:
        for each in contestants:
            await closed_loop(each, 20)
        for n in range(effort.rounds):
            print(f"spread: round {n + 1} of {effort.rounds}", file=sys.stderr)
            for each in contestants:
                before = _cpu_s(each)
                done = await closed_loop(each, effort.events_each)
                found[each.name].append((done.events_per_s, (_cpu_s(each) - before) / done.events * 1e6))
    one = found[ENGINE_ONE]
    rows = [
        [
            name,
            f"{median(rate for rate, _ in of_one):,.0f}",
            f"{median(rate / alone for (rate, _), (alone, _) in zip(of_one, one, strict=True)):.2f}",
            f"{median(cpu for _, cpu in of_one):.1f}",
        ]
        for name, of_one in found.items()
    ]
    return Report(
        "Workers",
        ("engine", "events/s", "x one worker", "CPU for one event, all workers, µs"),
        rows,
        f"{len(set().union(*cores()))} cores for workers, Redis and the load together: what is left of them bounds it.",
    )


def _cpu_s(contestant: Contestant) -> float:
    """Return the CPU of the server's process and of its workers, Redis apart."""
    children = Path(f"/proc/{contestant.pid}/task/{contestant.pid}/children").read_text().split()
    return sum(cpu_s(pid) for pid in (contestant.pid, *map(int, children)) if pid != contestant.redis_pid)
