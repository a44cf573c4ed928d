"""
One run of a draft over an archive: ``backtest_run DRAFT FOLDER PROCESSES``; prints its CPU and time, in seconds.

The draft ``judging`` judges again, alone, what a backtest has judged: the code that judges live.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine.core.judge import Watch
from engine.core.replay import Replay
from engine.edge.archive_reading import Recordings, Span
from engine.edge.backtests import Draft, backtest
from engine.edge.replays import Source

SITE = "pk_bench"
DAY_MS = 86_400_000
BEGAN_MS = 20_000 * DAY_MS
DRAFTS = {
    "cart": "- {rule: cart, when: [page is cart, views(cart) > 1, page.dwell > 10s], show: {chat: {text: Hello}}}\n",
    "anywhere": "- {rule: anywhere, when: [session.views > 4, page.dwell > 10s], show: {chat: {text: Hello}}}\n",
}
JUDGING = "judging"
_SETTINGS = {"site.yaml": "holdout: 0%\n"}
_ROUNDS = 10


def main(name: str, folder: Path, processes: int) -> None:
    """Run once."""
    source = Source(folder, SITE, Span(BEGAN_MS - 1, BEGAN_MS + 8 * DAY_MS))
    work = _judging(source) if name == JUDGING else partial(_run, source, name, processes)
    began_s, cpu_s = time.perf_counter(), _cpu_s()
    events = work()
    print(json.dumps({"cpu_s": _cpu_s() - cpu_s, "clock_s": time.perf_counter() - began_s, "events": events}))


def _run(source: Source, name: str, processes: int) -> int:
    found = backtest(source, Draft({"draft.yaml": DRAFTS[name]}, _SETTINGS), lambda _share: None, processes)
    assert found.reached
    return Recordings(source.archive).rows(SITE, source.span)


def _judging(source: Source) -> Callable[[], int]:
    rules, calls = Draft({"draft.yaml": DRAFTS["anywhere"]}, _SETTINGS).rules(), list[Callable[[], Any]]()
    for visitor, records in Recordings(source.archive).visitors(SITE, source.span, 0, 64):
        replay, watch = Replay(visitor, rules, {}, follow=False), Watch(rules)
        for happened in filter(None, map(replay.take, records)):
            view = happened.tab.seen(happened.event, happened.at_ms)
            plan = watch.plan(view.page.kind, happened.event.name)
            calls.append(partial(watch.judge, plan, view, set[str]()))

    def judge() -> int:
        for _ in range(_ROUNDS):
            for call in calls:
                call()
        return len(calls) * _ROUNDS

    return judge


def _cpu_s() -> float:
    """Return the CPU time of this process and of those it has started."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
