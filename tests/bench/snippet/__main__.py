"""``python -m tests.bench.snippet [--rounds N] [--write FILE]``: our snippet and others, on one page, in one run."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

import engine
from engine.edge.database import database_url
from engine.edge.sites import add_site
from tests.bench.report import Report
from tests.bench.snippet.measure import Load, load
from tests.bench.snippet.stub import Stub
from tests.bench.snippet.trackers import MATOMO, Tracker, others
from tests.e2e.chromium import chromium
from tests.engine_process import EngineProcess

PAGE = (Path(__file__).parent / "page.html").read_text()
ROUNDS = 7
HTML = "text/html"
HEADER = ("", "scripts, brotli", "raw", "requests", "evaluation, CPU", "all script, 5 s", "long tasks", "layout shift")
NOTE = (
    "Medians; one page, one machine, one run, every cache empty. Scripts: what was fetched of them, as sent and "
    "unpacked. Requests: all that the page made beside itself, a WebSocket counted as one. CPU: of the page's main "
    "thread, compiling included; a long task has more than 50 ms of it. Each has told its page view, or the run "
    "fails; Shopbell's popup is painted."
)
NO_MATOMO = f"Matomo is left out: no package of npm carries its script; name a matomo.js in {MATOMO}."
RULES = """
- rule: chat
  when: [traffic.campaign is popup, page.dwell > 100ms]
  show: {chat: {text: "Still thinking?", coupon: {code: WELCOME100, value: 100}}}
  limit: 99 per session
"""


class Silent(Exception):
    """A script was loaded and told of no page view: what it cost would say nothing."""


Check = Callable[[Load], bool]


@dataclass(frozen=True, slots=True)
class Contestant:
    """A page with one script in it, and how one knows that the script did its work."""

    name: str
    url: str
    works: Check


def main() -> int:
    """Measure everybody in turns, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.snippet", description="Weigh the snippet and others.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help=f"loads of each (default: {ROUNDS})")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the table there too")
    said = parser.parse_args()
    with Stub() as stub, _engine(stub) as (host, key), chromium() as browser:
        contestants = [*_ours(stub, host, key), *_others(stub)]
        loads: dict[str, list[Load]] = {each.name: [] for each in contestants}
        for _ in range(said.rounds):
            for each in contestants:
                loads[each.name].append(_load(browser, stub, each))
        title = f"Weight beside others ({browser.browser_type.name.capitalize()} {browser.version})"
    table = str(Report(title, HEADER, [_row(name, each) for name, each in loads.items()], _note()))
    print(table)
    if said.write:
        said.write.write_text(table + "\n")
    return 0


@contextmanager
def _engine(stub: Stub) -> Iterator[tuple[str, str]]:
    """Run an engine that serves the stub's page; return where it is and the site's key."""
    with tempfile.TemporaryDirectory(prefix="shopbell-bench-") as name:
        folder = Path(name)
        (folder / "rules").mkdir()
        (folder / "rules/chat.yaml").write_text(RULES)
        (folder / "rules/site.yaml").write_text("holdout: 0%\npolicy: {quiet: 0s, never_on: []}\n")
        running = EngineProcess(folder)
        running.data.mkdir()
        key = asyncio.run(add_site(database_url(None, running.data), "Bench", [stub.url])).key
        with running:
            yield running.url, key


def _ours(stub: Stub, host: str, key: str) -> list[Contestant]:
    tag = f'<script async src="{host}/s.js" data-site="{key}"></script>'
    stub.put("/shopbell", PAGE.replace("TAG", tag), HTML)
    version = f"Shopbell {engine.__version__}"
    return [
        Contestant(version, f"{stub.url}/shopbell", _is_counted),
        Contestant(
            f"{version}, a chat popped up",
            f"{stub.url}/shopbell?utm_campaign=popup",
            lambda load: _is_counted(load) and load.shows_popup,
        ),
    ]


def _is_counted(load: Load) -> bool:
    frames = [json.loads(text) for text in load.said]
    views = [frame["seq"] for frame in frames if frame.get("name") == "page_view"]
    return bool(views) and any(frame["type"] == "ack" and frame["seq"] >= views[0] for frame in frames)


def _others(stub: Stub) -> Iterator[Contestant]:
    for number, each in enumerate(others(stub)):
        stub.put(f"/other-{number}", PAGE.replace("TAG", each.tag), HTML)
        yield Contestant(each.name, f"{stub.url}/other-{number}", partial(_has_told, stub, each))


def _has_told(stub: Stub, tracker: Tracker, _load: Load) -> bool:
    return stub.has(tracker.told)


def _load(browser: Browser, stub: Stub, contestant: Contestant) -> Load:
    stub.clear()
    loaded = load(browser, contestant.url)
    if not contestant.works(loaded):
        raise Silent(f"{contestant.name} was loaded and told of no page view: {[each.path for each in stub.sent]}")
    return loaded


def _row(name: str, loads: Sequence[Load]) -> list[str]:
    def middle(what: Callable[[Load], float]) -> float:
        return median(map(what, loads))

    return [
        name,
        f"{middle(lambda load: load.transferred):,.0f} B",
        f"{middle(lambda load: load.raw):,.0f} B",
        f"{middle(lambda load: load.requests):.0f}",
        f"{middle(lambda load: load.evaluation_ms):.1f} ms",
        f"{middle(lambda load: load.running_ms):.1f} ms",
        f"{middle(lambda load: load.long_tasks):.0f}",
        f"{middle(lambda load: load.shift):.3f}",
    ]


def _note() -> str:
    return NOTE if MATOMO in os.environ else f"{NOTE} {NO_MATOMO}"


if __name__ == "__main__":
    sys.exit(main())
