"""
How fast a draft runs over the archive, beside what judging alone takes.

The archive is a week of visitors of twenty events each. One draft reads attention to the cart, so that visitors
who never went there need no reading; the other could hold on every page, so that all are replayed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from engine.core.archived import Row
from engine.edge.archive import Archive, Bookmark
from tests.bench.backtest_run import BEGAN_MS, DAY_MS, JUDGING, SITE
from tests.bench.catalogue import PRODUCTS
from tests.bench.contestants import compiled_environment
from tests.bench.effort import FULL, Effort
from tests.bench.processes import cores, pin
from tests.bench.report import Report

_EVENTS = 20


async def measure(effort: Effort) -> Report:
    """Build an archive and run the drafts over it, each in a program of its own."""
    visitors = 50_000 if effort is FULL else 5_000
    first, second = cores()
    pin(os.getpid(), first | second)
    count, compiled = os.cpu_count() or 1, compiled_environment()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events = _build(folder, visitors)
        runs = [
            _row("draft on the cart, one process", folder, "cart", 1, compiled),
            _row("draft on any page, one process", folder, "anywhere", 1, compiled),
            _row(f"draft on any page, {count} processes", folder, "anywhere", count, compiled),
            _row("judging alone, as live", folder, JUDGING, 1, compiled),
        ]
        if compiled:
            runs.append(_row("draft on any page, one process, pure Python", folder, "anywhere", 1, {}))
    pin(os.getpid(), second)
    note = (
        f"{events:,} events of {visitors:,} visitors; reading, replaying and counting included. A million events:"
        f" {runs[1][2]} per core where all are replayed, {runs[0][2]} where the draft reads one kind of page."
    )
    return Report("Backtest", ("", "events/s of CPU", "CPU, a million events", "by the clock"), runs, note)


def _row(title: str, folder: Path, draft: str, processes: int, environment: dict[str, str]) -> list[str]:
    words = [sys.executable, "-m", "tests.bench.backtest_run", draft, str(folder), str(processes)]
    print(f"backtest: {title}", file=sys.stderr)
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, env=os.environ | environment)
    told = json.loads(done.stdout)
    millions = told["events"] / 1e6
    return [
        title, f"{told['events'] / told['cpu_s']:,.0f}", f"{told['cpu_s'] / millions:.1f} s",
        f"{told['clock_s'] / millions:.1f} s",
    ]  # fmt: skip


def _build(folder: Path, visitors: int) -> int:
    """Archive what so many visitors did, day by day; return how many events that is."""
    archive, chance, mark, built = Archive(folder), random.Random(1), Bookmark(), 0
    for day in range(7):
        began_ms = BEGAN_MS + day * DAY_MS
        rows = [row for n in range(day, visitors, 7) for row in _visit(n, began_ms, chance)]
        after = Bookmark((began_ms + DAY_MS - 1, 0), mark.entries + len(rows))
        archive.add(SITE, 0, mark, after, rows)
        mark, built = after, built + len(rows)
    return built


def _visit(n: int, began_ms: int, chance: random.Random) -> Iterator[Row]:
    at_ms, doc = began_ms + chance.randrange(DAY_MS // 2), f"doc{n:09}"
    kinds = ("home", "category", "product", "product", "cart" if n % 4 == 0 else "product")
    for seq in range(1, _EVENTS + 1):
        at_ms += chance.randrange(1_000, 30_000)
        if seq % 2:
            page: dict[str, Any] = {"kind": chance.choice(kinds)}
            page["url"] = f"/{page['kind']}"
            if page["kind"] == "product":
                page["product"] = chance.choice(PRODUCTS)
            name, data = "page_view", page
        else:
            name, data = "page_dwell", {"ms": chance.randrange(500, 25_000)}
        yield Row(
            f"visitor{n:07}", f"session{n:07}", doc, doc, seq, at_ms, "event", name, orjson.dumps(data), None, at_ms, n
        )
