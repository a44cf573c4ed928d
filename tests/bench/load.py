"""Rounds of load: new shoppers for each round, so that no session grows longer than a real one."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from random import Random
from typing import Any

from tests.bench.contestants import Contestant
from tests.bench.processes import cpu_s, waited_s
from tests.bench.shopper import Shopper
from tests.bench.traffic import hello, script

CONNECTIONS = 200
LONGEST_COURSE = 1000
_MOST_SHOWS = 3  # by the benchmarks' own site.yaml
_NEVER = 2**53
_SCRIPTS = 20
_AT_ONCE = 50
_TICK_S = 0.001
_ROUND_WITHIN_S = 120
_chosen = Random(1)


@dataclass(frozen=True, slots=True)
class Round:
    """
    What one round took: CPU of the server and of its Valkey, and the time by the clock.

    ``waited_s`` of it the server could not run because others had its core.
    """

    events: int
    server_s: float
    redis_s: float
    waited_s: float
    wall_s: float
    acks_s: list[float] = field(default_factory=list, repr=False)
    """How long each acknowledgement took, as its shopper saw it; only of a steady round."""

    @property
    def server_us(self) -> float:
        """CPU of the server for one event."""
        return self.server_s / self.events * 1e6

    @property
    def redis_us(self) -> float:
        """CPU of its Valkey for one event."""
        return self.redis_s / self.events * 1e6

    @property
    def waited_share(self) -> float:
        """Which part of the time others had the server's core: of a machine of one's own, next to none."""
        return self.waited_s / self.wall_s

    @property
    def events_per_s(self) -> float:
        """How many events a second were acknowledged."""
        return self.events / self.wall_s


async def newcomers(contestant: Contestant, count: int) -> list[tuple[Shopper, dict[str, Any]]]:
    """Open connections of visitors who were never here before; return each with its welcome."""
    everybody = [Shopper(hello(_chosen, f"{_chosen.getrandbits(64):016x}")) for _ in range(count)]
    welcomes: list[dict[str, Any] | BaseException] = []
    paths = cycle(contestant.paths)
    for n in range(0, count, _AT_ONCE):
        greeted = (each.open(contestant.port, next(paths)) for each in everybody[n : n + _AT_ONCE])
        welcomes += await asyncio.gather(*greeted, return_exceptions=True)
    for welcome in welcomes:
        if isinstance(welcome, BaseException):
            raise welcome
    return list(zip(everybody, welcomes, strict=True))  # type: ignore[arg-type]


async def closed_loop(contestant: Contestant, events_each: int, connections: int = CONNECTIONS) -> Round:
    """Let each shopper send the next event once the one before is acknowledged: as much as the server can take."""
    return await _measured(contestant, connections, _Crowd(events_each))


async def steady(contestant: Contestant, rate: float, seconds: float, connections: int = CONNECTIONS) -> Round:
    """Send so many events a second, whatever the server makes of them, in bursts of about a millisecond."""
    return await _measured(contestant, connections, _Stream(rate, seconds))


async def _measured(contestant: Contestant, connections: int, load: _Crowd | _Stream) -> Round:
    """Put a load on newcomers. What their hellos cost is not measured."""
    shoppers = [shopper for shopper, _ in await newcomers(contestant, connections)]
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    for each in shoppers:
        each.on_break = lambda error: None if done.done() else done.set_exception(error)
    gc.collect()
    gc.disable()  # its pauses would be those of a Valkey on the same core
    await asyncio.sleep(0.1)
    before = _used(contestant)
    try:
        async with asyncio.timeout(_ROUND_WITHIN_S):
            await load.run(shoppers, done)
            await done
    finally:
        gc.enable()
    after = _used(contestant)
    for each in shoppers:
        each.close()
    await asyncio.sleep(0.05)
    events = load.sent + sum(2 * each.shows for each in shoppers)
    server_s, redis_s, waited, wall_s = (end - begin for begin, end in zip(before, after, strict=True))
    return Round(events, server_s, redis_s, waited, wall_s, load.acks_s)


def _used(contestant: Contestant) -> tuple[float, float, float, float]:
    redis_s = cpu_s(contestant.redis_pid) if contestant.redis_pid else 0.0
    return cpu_s(contestant.pid), redis_s, waited_s(contestant.pid), time.perf_counter()


class _Course:
    """
    One course of events, made ahead of time.

    A popup that is viewed and closed takes two numbers, so that all events after it have others: there is a script
    for each number of popups that a session may see.
    """

    def __init__(self, seed: int) -> None:
        self._scripts = [script(seed, LONGEST_COURSE, 1 + 2 * shows) for shows in range(_MOST_SHOWS + 1)]

    def frame(self, shopper: Shopper, n: int) -> bytes:
        """Return event ``n`` with the number that follows what the shopper has told."""
        return self._scripts[shopper.shows][n]


@cache
def _courses() -> tuple[_Course, ...]:
    return tuple(_Course(seed) for seed in range(_SCRIPTS))


class _Crowd:
    """All shoppers at once, each with one event under way."""

    def __init__(self, events_each: int) -> None:
        self.sent = 0
        self.acks_s: list[float] = []
        self._length = events_each

    async def run(self, shoppers: list[Shopper], done: asyncio.Future[None]) -> None:
        """Start; ``done`` is set when all have finished."""
        self._busy = len(shoppers)
        for shopper, course in zip(shoppers, cycle(_courses())):
            self._start(shopper, course, done)

    def _start(self, shopper: Shopper, course: _Course, done: asyncio.Future[None]) -> None:
        length, told, last = self._length, 0, 0

        def acknowledged(seq: int) -> None:
            nonlocal told, last
            if seq < last:
                return
            if told < length:
                self.sent += 1
                last = shopper.send(course.frame(shopper, told))
                told += 1
                return
            last = _NEVER
            self._busy -= 1
            if not self._busy and not done.done():
                done.set_result(None)

        shopper.on_ack = acknowledged
        acknowledged(0)


class _Stream:
    """Events at an even rate, from one shopper after the other."""

    def __init__(self, rate: float, seconds: float) -> None:
        self.sent = 0
        self.acks_s: list[float] = []
        self._rate = rate
        self._seconds = seconds
        self._under_way = 0
        self._all_sent = False

    async def run(self, shoppers: list[Shopper], done: asyncio.Future[None]) -> None:
        """Send everything; ``done`` is set when all of it is acknowledged."""
        everybody = [
            (shopper, course, self._listen(shopper, done)) for shopper, course in zip(shoppers, cycle(_courses()))
        ]
        started, clock = time.perf_counter(), time.perf_counter
        turns = cycle(everybody)
        while (passed := clock() - started) < self._seconds and not done.done():
            due = int(passed * self._rate)
            while self.sent < due:
                shopper, course, waiting = next(turns)
                self.sent += 1
                self._under_way += 1
                waiting.append((shopper.seq + 1, clock()))
                shopper.send(course.frame(shopper, shopper.seq - 2 * shopper.shows))
            await asyncio.sleep(_TICK_S)
        self._all_sent = True
        self._finish(done)

    def _finish(self, done: asyncio.Future[None]) -> None:
        if self._all_sent and not self._under_way and not done.done():
            done.set_result(None)

    def _listen(self, shopper: Shopper, done: asyncio.Future[None]) -> deque[tuple[int, float]]:
        waiting: deque[tuple[int, float]] = deque()

        def acknowledged(seq: int) -> None:
            now = time.perf_counter()
            while waiting and waiting[0][0] <= seq:
                self.acks_s.append(now - waiting.popleft()[1])
                self._under_way -= 1
            self._finish(done)

        shopper.on_ack = acknowledged
        return waiting
