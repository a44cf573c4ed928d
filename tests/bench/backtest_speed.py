"""
How fast a draft runs over the archive, beside what judging alone takes.

The archive is a week of visitors of twenty events each. One draft reads attention to the cart, so that visitors
who never went there need no reading; the other could hold on every page, so that all are replayed.
"""

from __future__ import annotations

import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from engine.core.archived import Row
from engine.core.judge import Watch
from engine.core.replay import Replay
from engine.edge.archive import Archive, Bookmark
from engine.edge.archive_reading import Recordings, Span
from engine.edge.backtests import Draft, backtest
from engine.edge.replays import Source
from tests.bench.catalogue import PRODUCTS
from tests.bench.effort import FULL, Effort
from tests.bench.processes import cores, pin
from tests.bench.report import Report

SITE = "pk_bench"
DAY_MS = 86_400_000
BEGAN_MS = 20_000 * DAY_MS
SETTINGS = {"site.yaml": "holdout: 0%\n"}
CART = "- {rule: cart, when: [page is cart, views(cart) > 1, page.dwell > 10s], show: {chat: {text: Hello}}}\n"
ANYWHERE = "- {rule: anywhere, when: [session.views > 4, page.dwell > 10s], show: {chat: {text: Hello}}}\n"
_EVENTS = 20
_ROUNDS = 10


async def measure(effort: Effort) -> Report:
    """Build an archive and run the drafts over it."""
    visitors = 50_000 if effort is FULL else 5_000
    first, second = cores()
    pin(os.getpid(), first | second)
    with tempfile.TemporaryDirectory() as folder:
        rows = _build(Path(folder), visitors)
        source = Source(Path(folder), SITE, Span(BEGAN_MS - 1, BEGAN_MS + 8 * DAY_MS))
        count = os.cpu_count() or 1
        runs = [
            _row("draft on the cart, one process", rows, *_timed(source, CART, 1)),
            _row("draft on any page, one process", rows, *_timed(source, ANYWHERE, 1)),
            _row(f"draft on any page, {count} processes", rows, *_timed(source, ANYWHERE, count)),
            _judging(source),
        ]
    pin(os.getpid(), second)
    note = (
        f"{rows:,} events of {visitors:,} visitors; reading, replaying and counting included. A million events:"
        f" {runs[1][2]} per core where all are replayed, {runs[0][2]} where the draft reads one kind of page."
    )
    return Report("Backtest", ("", "events/s of CPU", "CPU, a million events", "by the clock"), runs, note)


def _row(title: str, events: int, cpu_s: float, clock_s: float) -> list[str]:
    millions = events / 1e6
    return [title, f"{events / cpu_s:,.0f}", f"{cpu_s / millions:.1f} s", f"{clock_s / millions:.1f} s"]


def _timed(source: Source, draft: str, processes: int) -> tuple[float, float]:
    began_s, cpu_s = time.perf_counter(), _cpu_s()
    found = backtest(source, Draft({"draft.yaml": draft}, SETTINGS), lambda _share: None, processes)
    assert found.reached
    return _cpu_s() - cpu_s, time.perf_counter() - began_s


def _cpu_s() -> float:
    """Return the CPU time of this process and of those it has started."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _judging(source: Source) -> list[str]:
    """Judge again, alone, what a backtest has judged: the code that judges live."""
    rules, calls = Draft({"draft.yaml": ANYWHERE}, SETTINGS).rules(), list[Callable[[], Any]]()
    for visitor, records in Recordings(source.archive).visitors(SITE, source.span, 0, 64):
        replay, watch = Replay(visitor, rules, {}, follow=False), Watch(rules)
        for happened in filter(None, map(replay.take, records)):
            view = happened.tab.seen(happened.event, happened.at_ms)
            plan = watch.plan(view.page.kind, happened.event.name)
            calls.append(partial(watch.judge, plan, view, set[str]()))
    began_s, cpu_s = time.perf_counter(), _cpu_s()
    for _ in range(_ROUNDS):
        for call in calls:
            call()
    events = len(calls) * _ROUNDS
    return _row("judging alone, as live", events, _cpu_s() - cpu_s, time.perf_counter() - began_s)


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
