"""
``make soak``: an hour of shoppers on one engine; its memory and its open files must not grow.

Every few minutes other visitors come: what an engine keeps of those who are gone is what would grow. It archives as
every engine does, so an event is looked for in the log and in the archive.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, time

from tests.faults.crowd import Crowd
from tests.faults.verdict import Verdict
from tests.faults.world import World
from tests.live.behind import kept_events

MOST_PER_HOUR = 1_000_000
CODES = 50_000
LOOKS_IN_A_VISIT = 12
ARCHIVES = ("--archive-every", "30")
WARM_UP = 0.2
"""
The part of the run that is not counted: caches fill, and the allocator takes what it needs.

What fills is filled by visitors and not by time: meanwhile others come with each look, more than in all of the rest.
"""


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
    seconds: float, shoppers: int, every_s: float, told: Callable[[Sample], None], rest_s: float = 0.1
) -> tuple[Verdict, list[Sample]]:
    """Let shoppers come and go for so long; return what came of it, and what the engine took up after the warm-up."""
    world = World(codes=CODES, flags=ARCHIVES)
    await asyncio.to_thread(world.__enter__)
    samples: list[Sample] = []
    total, began = Verdict(), monotonic()
    try:
        while (gone_s := monotonic() - began) < seconds:
            looks = 1 if gone_s < seconds * WARM_UP else LOOKS_IN_A_VISIT
            crowd = Crowd(world.streams, world.site.key, shoppers, rest_s)
            verdict, seen = await _visits(world, crowd, looks, every_s, began)
            total += verdict
            for each in seen:
                told(each)
            samples += [each for each in seen if each.at_s >= seconds * WARM_UP]
        return total, samples
    finally:
        await asyncio.to_thread(world.__exit__)


async def _visits(world: World, crowd: Crowd, looks: int, every_s: float, began: float) -> tuple[Verdict, list[Sample]]:
    """Let one crowd visit the shop, one of them without a connection for a moment at each look, and judge."""
    node, samples, since_ms = world.nodes[0], list[Sample](), int(time() * 1_000) - 60_000
    async with crowd:
        for n in range(looks):
            await asyncio.sleep(every_s)
            await crowd.shoppers[n % len(crowd.shoppers)].drop()
            await crowd.all_go_on()
            samples.append(Sample(monotonic() - began, node.memory, node.open_files))
        await crowd.ended()
        archive, site = node.data / "archive", world.site.key
        kept = await asyncio.to_thread(kept_events, archive, node.redis_url, site, since_ms)
        with world.redis() as store:
            return await crowd.verdict(store, kept), samples


def _tell(each: Sample) -> None:
    print(f"{each.at_s:6.0f} s: {each.rss / 1e6:.1f} MB, {each.files} files", flush=True)


def main() -> int:
    """Run and say what grew."""
    parser = argparse.ArgumentParser(description="Run shoppers for long, and watch the engine.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--shoppers", type=int, default=200)
    parser.add_argument("--rest", type=float, default=1, help="at most so many seconds between two events of each")
    said = parser.parse_args()
    verdict, samples = asyncio.run(soak(said.minutes * 60, said.shoppers, 10, _tell, said.rest))
    slope, files = slope_per_hour(samples), samples[-1].files - samples[0].files
    print(f"{verdict}\nmemory grows by {slope / 1e6:.2f} MB an hour, open files by {files}")
    return 0 if verdict.is_clean and slope <= MOST_PER_HOUR and files <= 0 else 1


if __name__ == "__main__":
    sys.exit(main())
