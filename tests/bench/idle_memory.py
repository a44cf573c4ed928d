"""Memory of an idle connection: how much a server grows when thousands of greeted shoppers just stay."""

from __future__ import annotations

import asyncio
import sys

from tests.bench.contestants import ENGINE, FASTAPI, PICOWS, WEBSOCKETS, Contestant, running
from tests.bench.effort import Effort
from tests.bench.load import newcomers
from tests.bench.plays import BEFORE, Player
from tests.bench.processes import allow_many_files, rss_bytes
from tests.bench.report import Budget, Report

_WARM_UP = 200
_FILES_BESIDES = 300
_SETTLE_S = 1.0


async def measure(effort: Effort) -> Report:
    """Fill fresh servers with connections, one server after the other."""
    count = min(effort.idle_connections, allow_many_files() - _FILES_BESIDES)
    kib: dict[str, float] = {}
    with running(ENGINE, PICOWS, FASTAPI, WEBSOCKETS) as contestants:
        for each in contestants:
            print(f"idle: {each.name}", file=sys.stderr)
            kib[each.name] = await _grow(each, count) / count / 1024
    return Report(
        "Memory of an idle connection",
        ("server", "KiB"),
        [[name, f"{value:.1f}"] for name, value in kib.items()],
        f"Growth of the server's resident memory over {count:,} connections, each greeted and on its first page.",
        [Budget("memory per idle connection, session state included", kib[ENGINE], 16, "KiB")],
    )


async def _grow(contestant: Contestant, count: int) -> int:
    """Return by how many bytes the server grew for so many connections; the first ones pay for what all share."""
    stay = [await _settled(contestant, _WARM_UP)]
    before = rss_bytes(contestant.pid)
    stay.append(await _settled(contestant, count))
    grown = rss_bytes(contestant.pid) - before
    for player in (each for group in stay for each in group):
        player.shopper.close()
    await asyncio.sleep(_SETTLE_S)
    return grown


async def _settled(contestant: Contestant, count: int) -> list[Player]:
    players = [Player(shopper) for shopper, _ in await newcomers(contestant, count)]
    for player in players:
        await player.play(BEFORE[0])
    await asyncio.sleep(_SETTLE_S)
    return players
