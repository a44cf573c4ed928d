"""A host that has more machines than cores: how it is kept from slowing a measurement, and when it did."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from tests.bench.processes import cores

_SPIN = (
    "import os, sys\n"
    "os.sched_setaffinity(0, {int(sys.argv[1])})\n"
    "os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\n"
    "while os.getppid() == int(sys.argv[2]): pass\n"
)
_SLOT_S = 0.2
_STEAL = 8
"""The column of ``/proc/stat`` that counts hundredths of a second in which a core was ready and the host had it."""


@contextlib.contextmanager
def kept_awake() -> Iterator[None]:
    """
    Keep this process's cores from halting, by a process on each that gives way to everything else.

    A virtual core that halts is given to another machine, and comes back milliseconds after it was woken. The cores
    of a busy server do not halt, and a machine of its own loses nothing by it.
    """
    spinning = [
        subprocess.Popen([sys.executable, "-c", _SPIN, str(core), str(os.getpid())]) for core in set().union(*cores())
    ]
    try:
        yield
    finally:
        for each in spinning:
            each.kill()
            each.wait()


class Stolen:
    """Notes, five times a second, how much of the machine's cores the host has given to others."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._hundredths: list[int] = []

    async def watch(self) -> None:
        """Take notes until cancelled."""
        while True:
            self._times.append(perf_counter())
            self._hundredths.append(_stolen_so_far())
            await asyncio.sleep(_SLOT_S)

    def nothing_from(self, moment: float) -> bool:
        """
        Return whether the host took less than a hundredth of a second in this moment's slot and the next.

        The slots are the same whatever happens in them, so that what takes longer is not more likely to be left out.
        """
        slot = bisect_right(self._times, moment) - 1
        return 0 <= slot < len(self._times) - 2 and self._hundredths[slot] == self._hundredths[slot + 2]


def _stolen_so_far() -> int:
    return int(Path("/proc/stat").read_text().split("\n", 1)[0].split()[_STEAL])
