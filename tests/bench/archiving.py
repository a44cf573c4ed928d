"""What archiving costs for one event: CPU of the process that does it beside an engine."""

from __future__ import annotations

import asyncio
import re
import sys
from time import monotonic
from urllib.request import urlopen

from tests.bench.contestants import Contestant
from tests.bench.processes import archiver_of, cpu_s

_ROWS = re.compile(r"^shopbell_archived_rows_total (\S+)", re.M)
_LOOK_EVERY_S = 0.5
_TURN_WITHIN_S = 45.0


class Archiver:
    """
    The process that archives for one engine, from its first turn on.

    What its start costs is not counted: that is once, and not for each event.
    """

    def __init__(self, contestant: Contestant) -> None:
        self._contestant = contestant
        self._begun: tuple[float, float] | None = None

    async def look(self) -> tuple[float, float]:
        """Return how many rows are archived, and the CPU that took; the first turn is where counting begins."""
        rows = await asyncio.to_thread(self._rows)
        pid = archiver_of(self._contestant.pid)
        seen = rows, cpu_s(pid) if pid else 0.0
        if rows and self._begun is None:
            self._begun = seen
        return seen

    async def cost_us(self) -> float:
        """Wait for a turn with what has been logged since the first one; return its CPU for a row."""
        print("event: waiting for the archiver", file=sys.stderr)
        rows, used_s = await self.look()
        give_up = monotonic() + 2 * _TURN_WITHIN_S
        while (self._begun is None or rows <= self._begun[0]) and monotonic() < give_up:
            await asyncio.sleep(_LOOK_EVERY_S)
            rows, used_s = await self.look()
        if self._begun is None or rows <= self._begun[0]:
            return float("nan")
        return (used_s - self._begun[1]) / (rows - self._begun[0]) * 1e6

    def _rows(self) -> float:
        with urlopen(f"http://127.0.0.1:{self._contestant.port}/metrics") as answer:
            found = _ROWS.search(answer.read().decode())
        return float(found[1]) if found else 0.0
