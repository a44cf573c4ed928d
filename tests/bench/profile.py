"""Where the engine's time goes under full load, as py-spy sees it."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.contestants import ENGINE, running
from tests.bench.effort import Effort
from tests.bench.load import closed_loop
from tests.bench.report import Report

_RATE = "500"
_ROWS = 60
_OTHER_THREADS = "Thread._bootstrap"
_LINE_NUMBER = re.compile(r":\d+\)$")


async def measure(effort: Effort) -> Report:
    """Watch the engine with 100 rules while it does as much as it can."""
    watcher = shutil.which("py-spy", path=sysconfig.get_path("scripts")) or shutil.which("py-spy")
    if watcher is None:
        sys.exit("py-spy is not installed: pip install py-spy")
    with running(ENGINE) as (contestant,), TemporaryDirectory() as folder:
        await closed_loop(contestant, 20)
        seen = Path(folder) / "stacks"
        command = ("record", "--rate", _RATE, "--duration", f"{effort.latency_s:.0f}", "--format", "raw")
        watching = await asyncio.create_subprocess_exec(
            watcher, *command, "--output", seen, "--pid", str(contestant.pid), stdout=asyncio.subprocess.DEVNULL
        )
        while watching.returncode is None:
            await closed_loop(contestant, effort.events_each)
        stacks = seen.read_text()
    return Report(
        f"Where the time of the {ENGINE} goes", ("share with callees", "share alone", "function"), _rows(stacks)
    )


def _rows(stacks: str) -> list[list[str]]:
    """Add up stacks, one to a line: the functions from the outermost in, with ';' between, and a count."""
    alone: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        functions = [_LINE_NUMBER.sub(")", each) for each in stack.split(";")]
        if functions[0].startswith(_OTHER_THREADS):
            continue  # they wait
        alone[functions[-1]] += int(count)
        for function in set(functions):
            within[function] += int(count)
    total = alone.total()
    return [
        [f"{count / total:.1%}", f"{alone[function] / total:.1%}", f"`{function}`"]
        for function, count in within.most_common(_ROWS)
        if count < total
    ]
