"""``make faults``: every fault many times over, and what came of it written into docs/reference/faults.md."""

from __future__ import annotations

import argparse
import asyncio
import platform
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from engine.build import build
from engine.edge.redis_binary import find_redis_binary
from tests.faults.frames import run as run_frames
from tests.faults.half_open import PROMISED_S, SIZE, given_up_after
from tests.faults.scenarios import ALONE, SCENARIOS, SETTINGS
from tests.faults.verdict import Verdict

HISTORIES, STEPS = 200, 40
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"
_TABLE = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)


@dataclass(slots=True)
class Findings:
    """What came of each scenario, and how long an engine took to find out that shoppers were gone without a word."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    given_up_s: float = 0.0

    @property
    def are_good(self) -> bool:
        """Whether everything is as promised."""
        return all(each.is_clean for each in self.verdicts.values()) and self.given_up_s <= PROMISED_S


async def run_all(times: int, shoppers: int, events: int) -> Findings:
    """Run every scenario, those of one setting on one shop."""
    findings = Findings()
    verdicts = findings.verdicts
    for setting in SETTINGS.values():
        world = setting.world()
        await asyncio.to_thread(world.__enter__)
        try:
            for scenario in SCENARIOS:
                if scenario.setting is setting:
                    verdicts[scenario.name] = await scenario.run(world, times, shoppers, events)
                    sys.stderr.write(f"{scenario.name}: {verdicts[scenario.name]}\n")
            if setting is ALONE:
                findings.given_up_s = await given_up_after(world)
                await asyncio.to_thread(run_frames, world, HISTORIES, STEPS)
        finally:
            await asyncio.to_thread(world.__exit__)
    return findings


def table(findings: Findings, times: int, shoppers: int) -> str:
    """Return the figures as the page has them."""
    verdicts = findings.verdicts
    head = (
        f"{times} times each, {shoppers} shoppers; Python {platform.python_version()}, {build()}, "
        f"{find_redis_binary().version}.\n\n"
        "| what happens | acknowledged | lost | doubled | not logged | fired twice | codes twice | longest outage |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    )
    lines = [_line(scenario.told, verdicts[scenario.name]) for scenario in SCENARIOS]
    total = sum(verdicts.values(), Verdict())
    foot = (
        f"\nOf {SIZE} shoppers whose network swallowed everything from one moment on, without a word to either side, "
        f"the engine had given up the last one after {findings.given_up_s:.0f} s (promised: {PROMISED_S:.0f} s).\n"
        f"{HISTORIES} made-up histories of {STEPS} frames that come twice, out of order and with gaps, over several "
        "connections and documents, were counted as a dict counts them.\n"
    )
    return head + "\n".join([*lines, _line("all together", total)]) + "\n" + foot


def _line(told: str, each: Verdict) -> str:
    counts = (each.acknowledged, each.lost, each.doubled, each.unlogged, each.fired_twice, each.codes_twice)
    return f"| {told} | " + " | ".join(f"{n:,}" for n in counts) + f" | {each.outage_s:.1f} s |"


def main() -> int:
    """Run, write, and say whether all was well."""
    parser = argparse.ArgumentParser(description="Run every fault, and write the figures into the docs.")
    parser.add_argument("--times", type=int, default=10, help="how often each is done (default: 10)")
    parser.add_argument("--shoppers", type=int, default=100)
    parser.add_argument("--events", type=int, default=1_000, help="how many between two faults")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    said = parser.parse_args()
    findings = asyncio.run(run_all(said.times, said.shoppers, said.events))
    text = table(findings, said.times, said.shoppers)
    print(text)
    if not said.dry:
        PAGE.write_text(_TABLE.sub(lambda match: match[1] + text + match[2], PAGE.read_text()))
    return 0 if findings.are_good else 1


if __name__ == "__main__":
    sys.exit(main())
