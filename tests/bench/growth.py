"""What growing costs: more rules, more sites, more visitors in Redis; the same load on each, round by round."""

from __future__ import annotations

import sys
from statistics import median
from typing import Any

import redis.asyncio

from tests.bench.contestants import ENGINE, ENGINE_FEW, ENGINE_MANY, ENGINE_MOST, ENGINE_SITES, Contestant, running
from tests.bench.effort import Effort
from tests.bench.load import Round, closed_loop, newcomers
from tests.bench.plays import Player
from tests.bench.report import Report

_NAMES = (ENGINE, ENGINE_FEW, ENGINE_MANY, ENGINE_MOST, ENGINE_SITES)
_COPIED_AT_ONCE = 500

Rounds = dict[str, list[Round]]


async def measure(effort: Effort) -> Report:
    """Run engines of all sizes in turn; then fill one with visitors."""
    rounds: Rounds = {name: [] for name in _NAMES}
    with running(*_NAMES) as contestants:
        for each in contestants:
            await closed_loop(each, 20)
        for n in range(effort.rounds):
            print(f"growth: round {n + 1} of {effort.rounds}", file=sys.stderr)
            for each in contestants:
                rounds[each.name].append(await closed_loop(each, effort.events_each))
    rows = [_row(name, rounds[name], rounds[ENGINE]) for name in _NAMES]
    return Report(
        "Growing",
        ("engine", "CPU for one event, µs", "x 100 rules", "Redis, µs", "bytes of a visitor"),
        rows + await _visitors(effort),
        "At full load. Visitors are copies of one that played the twenty events of the cart rule; their bytes are "
        "the growth of Redis' memory.",
    )


def _row(name: str, own: list[Round], usual: list[Round], size: str = "") -> list[str]:
    ratio = median(one.server_us / other.server_us for one, other in zip(own, usual, strict=True))
    return [
        name,
        f"{median(each.server_us for each in own):.1f}",
        f"{ratio:.2f}",
        f"{median(each.redis_us for each in own):.1f}",
        size,
    ]


async def _visitors(effort: Effort) -> list[list[str]]:
    """Measure one engine as it fills up; its first rounds are what the others are compared with."""
    rows: list[list[str]] = []
    with running(ENGINE) as (contestant,):
        client = redis.asyncio.Redis(unix_socket_path=contestant.redis_socket)
        async with client:
            # a million visitors come within hours, not minutes: its file is not written anew while we measure
            await client.config_set("auto-aof-rewrite-percentage", 0)
            await closed_loop(contestant, 20)
            usual, have = await _some(contestant, effort), 0
            rows.append(_row(f"{ENGINE}, no visitors", usual, usual))
            for count in effort.visitors:
                print(f"growth: {count:,} visitors", file=sys.stderr)
                before = int((await client.info("memory"))["used_memory"])
                await _copy(contestant, client, have, count)
                grown = int((await client.info("memory"))["used_memory"]) - before
                own, size = await _some(contestant, effort), grown / (count - have)
                rows.append(_row(f"{ENGINE}, {count:,} visitors", own, usual, f"{size:,.0f}"))
                have = count
    return rows


async def _some(contestant: Contestant, effort: Effort) -> list[Round]:
    return [await closed_loop(contestant, effort.events_each) for _ in range(effort.rounds)]


async def _copy(contestant: Contestant, client: Any, have: int, count: int) -> None:
    """Have ``count`` visitors, of which there are ``have``: all keys of a real one under other names."""
    ((shopper, welcome),) = await newcomers(contestant, 1)
    await Player(shopper).play_all()
    shopper.close()
    visitor = welcome["visitor"]
    keys = [key async for key in client.scan_iter(match=f"*:{visitor}}}*", count=10_000)]
    dumps = [(key, await client.dump(key), max(await client.pttl(key), 0)) for key in keys]
    for start in range(have, count, _COPIED_AT_ONCE):
        pipeline = client.pipeline(transaction=False)
        for n in range(start, min(start + _COPIED_AT_ONCE, count)):
            name = f"{n:0{len(visitor)}d}".encode()
            for key, dump, ttl in dumps:
                pipeline.restore(key.replace(visitor.encode(), name), ttl, dump)
        await pipeline.execute()
