"""Memory that Redis needs for one session: the cart rule's twenty events, on the engine's own configuration."""

from __future__ import annotations

import asyncio
import sys
from statistics import mean
from typing import Any

import redis.asyncio

from tests.bench.contestants import ENGINE, Contestant, running
from tests.bench.effort import Effort
from tests.bench.load import newcomers
from tests.bench.plays import Player
from tests.bench.report import Budget, Report

_AT_ONCE = 50
_LOOKED_AT = 50
_SETTLE_S = 1.0
_EVENTS = 20


async def measure(effort: Effort) -> Report:
    """Let so many visitors play, look at each key of some of them, and at what the server grew by."""
    with running(ENGINE) as (contestant,):
        client = redis.asyncio.Redis(unix_socket_path=contestant.redis_socket)
        async with client:
            await _play(contestant, _AT_ONCE)
            before = await _used(client)
            print(f"session: {effort.sessions} sessions", file=sys.stderr)
            visitors = await _play(contestant, effort.sessions)
            grown = await _used(client) - before
            log = await _log(client)
            keys = [await _keys_of(client, visitor) for visitor in visitors[:_LOOKED_AT]]
    rows = [[name, f"{mean(each.get(name, 0) for each in keys):,.0f}"] for name in _KINDS.values()]
    total = mean(sum(each.values()) for each in keys)
    rows += [["all keys of a visitor (MEMORY USAGE)", f"{total:,.0f}"]]
    rows += [
        [
            f"growth of used_memory over {effort.sessions:,} sessions, event log apart, each",
            f"{grown / effort.sessions:,.0f}",
        ]
    ]
    return Report(
        "Redis memory of an active session",
        ("what", "bytes"),
        rows,
        "A visitor of one session with twenty events, one popup among them, viewed and closed.",
        [
            Budget(
                "Redis memory per active session (cart rule play, 20 events)",
                grown / effort.sessions / 1024,
                1.5,
                "KiB",
            )
        ],
        {"session_bytes": grown / effort.sessions, "log_bytes": log / (effort.sessions + _AT_ONCE) / _EVENTS},
    )


_KINDS = {"s": "session", "v": "visitor", "d": "documents of the day", "f": "firings", "o": "popups not viewed yet"}
"""The keys of a visitor by the letter that follows its tag: see engine/edge/keys.py."""


async def _play(contestant: Contestant, count: int) -> list[str]:
    """Play that many sessions; return the visitors."""
    visitors: list[str] = []
    while len(visitors) < count:
        crowd = await newcomers(contestant, min(_AT_ONCE, count - len(visitors)))
        await asyncio.gather(*(Player(shopper).play_all() for shopper, _ in crowd))
        for shopper, welcome in crowd:
            shopper.close()
            visitors.append(welcome["visitor"])
    await asyncio.sleep(_SETTLE_S)
    return visitors


async def _used(client: Any) -> int:
    """Return the server's memory without the event log, which is bounded and not the session's."""
    return int((await client.info("memory"))["used_memory"]) - await _log(client)


async def _log(client: Any) -> int:
    return sum(
        [await client.memory_usage(key, samples=0) async for key in client.scan_iter(match="*:log:*", count=1000)]
    )


async def _keys_of(client: Any, visitor: str) -> dict[str, int]:
    sizes: dict[str, int] = {}
    async for key in client.scan_iter(match=f"*:{visitor}}}*", count=10_000):
        kind = key.decode().rpartition("}")[2][0]
        sizes[_KINDS[kind]] = sizes.get(_KINDS[kind], 0) + await client.memory_usage(key, samples=0)
    return sizes
