"""
How long a popup takes from its threshold to the screen: ``python -m tests.e2e.threshold [RUNS]``.

Each run is the seed sentence on the demo: a new visitor, the third visit of the cart, real ten seconds. Both ends are
read from the clock of the page itself:

- The threshold is where the page's attentive clock reaches 10.001 s, the moment that the engine armed. The report of
  dwell that goes out then says how far the clock is at that time, in whole milliseconds, so the moment is the time of
  that report less what the clock is beyond; this is exact to a millisecond.
- The popup is on the screen when the frame that first holds it has been made: a task queued in that frame's animation
  callback runs after its style, layout and paint. What the compositor and a display then need is not in it.

Between the two lie the timer's delay, the way to the engine, counting in Valkey, judging, the claim, the way back, and
the popup's rendering. The renderer has been fetched before: that is part of arming.

The cores are kept awake meanwhile: a virtual one that halts comes back milliseconds after it was woken.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page

from engine.edge.shipped_files import playbook_folder
from tests.bench.host import kept_awake
from tests.e2e.chromium import chromium
from tests.e2e.visit import Visit, go, sent_from, wait_for_popup
from tests.engine_process import EngineProcess

ARMED_AT_MS = 10_001
SEEN_WITHIN_S = 20
RUNS = 5

WATCH_PAINT = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("shopbell-root")) return;
  observer.disconnect();
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { watched.paintedAt = performance.now(); };
    port2.postMessage(null);
  });
}).observe(document, { childList: true, subtree: true });
"""

SHOWN_AT = "watched.received.find(({type}) => type === 'show').at"


@dataclass(frozen=True, slots=True)
class Crossing:
    """When what happened at a threshold, in ms of the page's age: the clock was there, it was told, answered, seen."""

    reached: float
    reported: float
    answered: float
    painted: float

    @property
    def delay(self) -> float:
        """From the threshold to the screen, ms."""
        return self.painted - self.reached

    def __str__(self) -> str:
        parts = zip(
            ("the timer", "the engine", "the popup"),
            (self.reported - self.reached, self.answered - self.reported, self.painted - self.answered),
            strict=True,
        )
        shares = ", ".join(f"{part} {ms:.1f}" for part, ms in parts)
        return f"{self.reached:.0f} ms of age at the threshold, {self.delay:.1f} ms more to the screen ({shares})"


def hesitate(page: Page) -> Crossing:
    """Play the seed sentence in a tab of a new visitor, and tell when what happened."""
    page.add_init_script(WATCH_PAINT)
    for path in ("/shop/", "/shop/cart", "/shop/c/tea", "/shop/cart", "/shop/p/ash-mug", "/shop/cart"):
        go(page, path)
    wait_for_popup(page, SEEN_WITHIN_S)
    reached, reported = _threshold(sent_from(page, "page_dwell"))
    return Crossing(reached, reported, page.evaluate(SHOWN_AT), page.evaluate("watched.paintedAt"))


def _threshold(reports: list[dict[str, Any]]) -> tuple[float, float]:
    """Return when the attentive clock was at the armed moment, and when that was told, from the reports of dwell."""
    total_ms = 0
    for report in reports:
        total_ms += report["data"]["ms"]
        if total_ms >= ARMED_AT_MS:
            return report["at"] - (total_ms - ARMED_AT_MS), report["at"]
    raise ValueError(f"only {total_ms} ms of attention were reported, expected {ARMED_AT_MS} ms")


def main(runs: int) -> None:
    """Measure and print."""
    delays: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        engine = EngineProcess(Path(folder), "--rules", str(playbook_folder()), command="demo")
        with kept_awake(), engine, chromium() as browser:
            for run in range(1, runs + 1):
                with Visit(browser, engine.url) as visit:
                    crossing = hesitate(visit.new_tab())
                delays.append(crossing.delay)
                print(f"run {run}: {crossing}", flush=True)  # noqa: T201
    print(f"from threshold to screen: median {median(delays):.1f} ms, {min(delays):.1f} to {max(delays):.1f} ms")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
