"""One load of the page in a browser whose cache is empty: what was fetched, what ran, what moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

CATEGORIES = ["devtools.timeline", "v8", "disabled-by-default-v8.compile", "toplevel", "blink.user_timing"]
EVALUATES = {
    "EvaluateScript",
    "v8.compile",
    "v8.run",
    "v8.compileModule",
    "v8.evaluateModule",
    "v8.produceModuleCache",
    "v8.streamingCompile.complete",
}
RUNS = EVALUATES | {"v8.callFunction", "FunctionCall", "RunMicrotasks", "EventDispatch", "TimerFire"}
LONG_TASK_US = 50_000
SETTLES_MS = 5_000
"""By then the slowest of them has sent its page view; and a popup is there."""

SHIFTS = """() => new Promise((done) => new PerformanceObserver((list) =>
  done(list.getEntries().reduce((sum, { value }) => sum + value, 0))).observe({ type: "layout-shift", buffered: true })
  || setTimeout(done, 100, 0))"""


@dataclass(frozen=True, slots=True)
class Load:
    """What one load cost; CPU in ms of the page's main thread."""

    requests: int
    transferred: int
    raw: int
    evaluation_ms: float
    running_ms: float
    long_tasks: int
    shift: float
    said: list[str]
    """What went through WebSockets, both ways."""
    shows_popup: bool


def load(browser: Browser, url: str) -> Load:
    """Load a page, leave it alone for five seconds, and measure it. Nothing of ours runs in it meanwhile."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    wire = _Wire(page)
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.goto(url)
    page.wait_for_timeout(SETTLES_MS)
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    shift = page.evaluate(SHIFTS)
    shows_popup = page.locator("shopbell-root .panel").is_visible()
    context.close()
    events = list(_main_thread(trace, url))
    return Load(
        requests=wire.requests,
        transferred=wire.transferred,
        raw=wire.raw,
        evaluation_ms=_cpu_ms(events, EVALUATES),
        running_ms=_cpu_ms(events, RUNS),
        long_tasks=sum(each["name"].endswith("RunTask") and each.get("tdur", 0) > LONG_TASK_US for each in events),
        shift=shift,
        said=wire.said,
        shows_popup=shows_popup,
    )


class _Wire:
    """Counts what the page fetches beside itself, also what a script of its own never sees."""

    def __init__(self, page: Page) -> None:
        self.requests = self.transferred = self.raw = 0
        self.said: list[str] = []
        self._kinds: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.webSocketCreated", lambda _: self._count())
        session.on("Network.webSocketFrameSent", self._spoke)
        session.on("Network.webSocketFrameReceived", self._spoke)
        session.on("Network.dataReceived", self._received)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _count(self) -> None:
        self.requests += 1

    def _spoke(self, event: dict[str, Any]) -> None:
        self.said.append(event["response"]["payloadData"])

    def _asked(self, event: dict[str, Any]) -> None:
        kind = "Data" if event["request"]["url"].startswith("data:") else event.get("type", "Other")
        self._kinds[event["requestId"]] = kind
        self.requests += kind not in ("Document", "Data")

    def _counts(self, event: dict[str, Any]) -> bool:
        return self._kinds.get(event["requestId"]) == "Script"

    def _received(self, event: dict[str, Any]) -> None:
        self.raw += event["dataLength"] if self._counts(event) else 0

    def _finished(self, event: dict[str, Any]) -> None:
        self.transferred += int(event["encodedDataLength"]) if self._counts(event) else 0


def _main_thread(trace: list[dict[str, Any]], url: str) -> Iterator[dict[str, Any]]:
    """Return what ran on the main thread of the page's process, in order; the browser has pages of its own."""
    mains = {(each["pid"], each["tid"]) for each in trace if each.get("args", {}).get("name") == "CrRendererMain"}
    ran = [each for each in trace if each.get("ph") == "X" and (each["pid"], each["tid"]) in mains]
    loads = [each for each in ran if each["name"] == "CommitLoad" and each["args"]["data"]["url"] == url]
    pages = {each["pid"] for each in loads}
    assert pages, f"the trace has no load of {url}"
    yield from sorted((each for each in ran if each["pid"] in pages), key=lambda each: each["ts"])


def _cpu_ms(events: list[dict[str, Any]], names: set[str]) -> float:
    """Add up the CPU of events of these names; one inside another is in it already."""
    total, until = 0, 0.0
    for each in events:
        if each["name"] in names and each["ts"] >= until:
            until = each["ts"] + each.get("dur", 0)
            total += each.get("tdur", 0)
    return total / 1000
