"""Rounds of load: new shoppers for each round, so that every session is as long and as short as a real one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import cache
from random import Random

from tests.bench.contestants import Contestant
from tests.bench.processes import cpu_s
from tests.bench.shopper import Shopper
from tests.bench.traffic import SEQ_STEP, hello, script

CONNECTIONS = 200
_SCRIPTS = 20
_ROUND_WITHIN_S = 120
_chosen = Random(1)


@cache
def scripts(length: int) -> tuple[list[bytes], ...]:
    """Return the courses that the shoppers take."""
    return tuple(script(seed, length) for seed in range(_SCRIPTS))


def new_doc() -> str:
    """Return a name for a document."""
    return f"{_chosen.getrandbits(64):016x}"


async def shoppers(contestant: Contestant, count: int) -> list[Shopper]:
    """Open connections of visitors who were never here before, greeted."""
    everybody = [Shopper(contestant.path, hello(_chosen, new_doc())) for _ in range(count)]
    for n in range(0, count, 50):
        await asyncio.gather(*(each.open(contestant.port) for each in everybody[n : n + 50]))
    return everybody


@dataclass(frozen=True, slots=True)
class Round:
    """What one round took: CPU of the server, of its Valkey and of the load, and the time by the clock."""

    events: int
    shows: int
    server_s: float
    redis_s: float
    load_s: float
    wall_s: float

    @property
    def server_us(self) -> float:
        """CPU of the server for one event."""
        return self.server_s / self.events * 1e6


async def closed_loop(contestant: Contestant, events_each: int, connections: int = CONNECTIONS) -> Round:
    """Let each shopper send the next event as soon as the one before is acknowledged. Hellos are not measured."""
    everybody = await shoppers(contestant, connections)
    courses = scripts(events_each)
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    runners = [_Runner(each, courses[n % _SCRIPTS], done) for n, each in enumerate(everybody)]
    _Runner.left = len(runners)
    await asyncio.sleep(0.1)
    before = _used(contestant)
    for runner in runners:
        runner.next()
    async with asyncio.timeout(_ROUND_WITHIN_S):
        await done
    after = _used(contestant)
    for each in everybody:
        each.close()
    await asyncio.sleep(0.05)
    server_s, redis_s, load_s, wall_s = (end - begin for begin, end in zip(before, after, strict=True))
    shows = sum(each.shows for each in everybody)
    return Round(connections * events_each + 2 * shows, shows, server_s, redis_s, load_s, wall_s)


def _used(contestant: Contestant) -> tuple[float, float, float, float]:
    redis_s = cpu_s(contestant.redis_pid) if contestant.redis_pid else 0.0
    return cpu_s(contestant.pid), redis_s, time.process_time(), time.perf_counter()


class _Runner:
    """Takes one shopper through a course."""

    left = 0
    __slots__ = ("_course", "_done", "_shopper")

    def __init__(self, shopper: Shopper, course: list[bytes], done: asyncio.Future[None]) -> None:
        self._shopper = shopper
        self._course = course
        self._done = done
        shopper.on_ack = self._acknowledged
        shopper.on_break = self._broke

    def next(self) -> None:
        """Send the next event, if there is one."""
        seq = self._shopper.seq
        n = seq // SEQ_STEP
        if n < len(self._course):
            self._shopper.send(seq + SEQ_STEP, self._course[n])
            return
        _Runner.left -= 1
        if not _Runner.left and not self._done.done():
            self._done.set_result(None)

    def _acknowledged(self, seq: int) -> None:
        if seq == self._shopper.seq:
            self.next()

    def _broke(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)
