"""``make soak``: an hour of shoppers on one engine; its memory and its open files must not grow."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from tests.faults.crowd import Crowd
from tests.faults.scenarios import ALONE
from tests.faults.verdict import Verdict

MOST_PER_HOUR = 1_000_000
WARM_UP = 0.2
"""The part of the run that is not counted: caches fill, and the allocator takes what it needs."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What an engine takes up at one moment."""

    at_s: float
    rss: int
    files: int


def slope_per_hour(samples: list[Sample]) -> float:
    """Return by how many bytes an hour memory grows: the line that fits the samples best."""
    middle = sum(each.at_s for each in samples) / len(samples)
    mean = sum(each.rss for each in samples) / len(samples)
    spread = sum((each.at_s - middle) ** 2 for each in samples)
    rise = sum((each.at_s - middle) * (each.rss - mean) for each in samples)
    return rise / spread * 3_600 if spread else 0.0


async def soak(
    seconds: float, shoppers: int, every_s: float, told: Callable[[Sample], None]
) -> tuple[Verdict, list[Sample]]:
    """Let shoppers come and go for so long; return what came of it, and what the engine took up after the warm-up."""
    world = ALONE.world()
    await asyncio.to_thread(world.__enter__)
    samples: list[Sample] = []
    try:
        node, began = world.nodes[0], monotonic()
        async with Crowd(world.streams, world.site.key, shoppers) as crowd:
            while (at_s := monotonic() - began) < seconds:
                await asyncio.sleep(every_s)
                await crowd.shoppers[len(samples) % shoppers].drop()
                await crowd.all_go_on()
                sample = Sample(at_s, node.memory, node.open_files)
                told(sample)
                if at_s >= seconds * WARM_UP:
                    samples.append(sample)
            with world.redis() as store:
                return await crowd.verdict(store), samples
    finally:
        await asyncio.to_thread(world.__exit__)


def main() -> int:
    """Run and say what grew."""
    parser = argparse.ArgumentParser(description="Run shoppers for long, and watch the engine.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--shoppers", type=int, default=200)
    said = parser.parse_args()
    verdict, samples = asyncio.run(soak(said.minutes * 60, said.shoppers, 10, print))
    slope, files = slope_per_hour(samples), samples[-1].files - samples[0].files
    print(f"{verdict}\nmemory grows by {slope / 1e6:.2f} MB an hour, open files by {files}")
    return 0 if verdict.is_clean and slope <= MOST_PER_HOUR and files <= 0 else 1


if __name__ == "__main__":
    sys.exit(main())
