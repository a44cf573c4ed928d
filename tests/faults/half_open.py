"""Connections whose other end is gone without a word: as after a cable was pulled, or a phone's battery is empty."""

from __future__ import annotations

import asyncio
import re
from time import monotonic

from tests.faults.proxy import FaultyProxy
from tests.faults.world import Node, World
from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN
from tests.waiting import eventually, wait_for

PROMISED_S = 30.0
SIZE = 30
_CONNECTIONS = re.compile(r"^shopbell_connections (\S+)$", re.MULTILINE)


async def given_up_after(world: World, size: int = SIZE) -> float:
    """Let the way to an engine swallow everything; return after how many seconds it has given all shoppers up."""
    node = world.nodes[0]
    host, _, port = node.host.partition(":")
    async with FaultyProxy(host, int(port)) as proxy:
        shoppers = [Shopper(world.stream_through(proxy.port), ORIGIN) for _ in range(size)]
        await asyncio.gather(*(shopper.connect() for shopper in shoppers))
        assert await asyncio.to_thread(connections, node) == size
        proxy.swallows, since = True, monotonic()
        await asyncio.to_thread(wait_for, lambda: connections(node) == 0, 2 * PROMISED_S)
        took_s = monotonic() - since
        proxy.reset()
        await eventually(lambda: all(shopper.closes for shopper in shoppers))
    return took_s


def connections(node: Node) -> int:
    """Return how many streams an engine says are open."""
    found = _CONNECTIONS.search(node.metrics)
    return int(float(found[1])) if found else 0
