"""Many shoppers at once on one worker: what they hold, what they cost at rest, and how long they take to come back."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.bench.contestants import ENGINE, Contestant, running
from tests.bench.effort import Effort
from tests.bench.load import newcomers
from tests.bench.plays import BEFORE, Player
from tests.bench.processes import allow_many_files, cpu_s, rss_bytes
from tests.bench.report import Report
from tests.bench.shopper import Shopper
from tests.bench.traffic import hello

_FILES_BESIDES = 300
_AT_ONCE = 500
_SETTLE_S = 1.0
_chosen = Random(2)


async def measure(effort: Effort) -> Report:
    """Fill an engine of its own with each number of connections."""
    most = allow_many_files() - _FILES_BESIDES
    found: dict[int, Held] = {}
    for count in effort.crowds:
        with running(ENGINE) as (contestant,):
            print(f"crowd: {count:,} connections", file=sys.stderr)
            found[min(count, most)] = await _held(contestant, min(count, most), effort.rest_s)
    count, last = max(found.items())
    return Report(
        "Many connections on one worker",
        (
            "connections",
            "KiB each",
            "CPU at rest, % of a core",
            "all back after, s",
            "CPU of a return, µs",
            "Redis, µs",
        ),
        [_row(count, held) for count, held in found.items()],
        "Each greeted and on its first page. At rest means silent but for the pings. Then all break at once "
        f"and come back with their tokens as fast as the engine takes them, {_AT_ONCE} at a time.",
        figures={
            "connection_kib": last.kib,
            "rest_us": last.rest_share / count * 1e6,
            "return_us": last.return_us,
        },
    )


@dataclass(frozen=True, slots=True)
class Held:
    """What a number of connections took: KiB of each, a share of a core at rest, and for each return CPU in µs."""

    kib: float
    rest_share: float
    back_s: float
    return_us: float
    redis_us: float


async def _held(contestant: Contestant, count: int, rest_s: float) -> Held:
    before = rss_bytes(contestant.pid)
    crowd = await newcomers(contestant, count)
    for shopper, _ in crowd:
        await Player(shopper).play(BEFORE[0])
    await asyncio.sleep(_SETTLE_S)
    grown, used = rss_bytes(contestant.pid) - before, cpu_s(contestant.pid)
    await asyncio.sleep(rest_s)
    rest_share = (cpu_s(contestant.pid) - used) / rest_s
    for shopper, _ in crowd:
        shopper.close()
    await asyncio.sleep(_SETTLE_S)
    back_s, server_s, redis_s = await _return(contestant, [welcome["token"] for _, welcome in crowd])
    return Held(grown / count / 1024, rest_share, back_s, server_s / count * 1e6, redis_s / count * 1e6)


def _row(count: int, held: Held) -> list[str]:
    rest = f"{held.rest_share:.1%}".rstrip("%")
    return [
        f"{count:,}",
        f"{held.kib:.1f}",
        rest,
        f"{held.back_s:.1f}",
        f"{held.return_us:,.0f}",
        f"{held.redis_us:,.0f}",
    ]


async def _return(contestant: Contestant, tokens: list[Any]) -> tuple[float, float, float]:
    """Let everybody come back; return the seconds by the clock, and of CPU of the engine and of its Redis."""
    everybody = [Shopper(hello(_chosen, f"{_chosen.getrandbits(64):016x}", token)) for token in tokens]
    waiting, (path,) = iter(everybody), contestant.paths

    async def one_after_the_other() -> None:
        for shopper in waiting:
            await shopper.open(contestant.port, path)

    began, server_s, redis_s = time.perf_counter(), cpu_s(contestant.pid), cpu_s(contestant.redis_pid)
    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))
    took = time.perf_counter() - began, cpu_s(contestant.pid) - server_s, cpu_s(contestant.redis_pid) - redis_s
    for shopper in everybody:
        shopper.close()
    return took
