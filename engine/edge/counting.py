"""Since when the site counts what its rules look back at, kept in Redis for all engines and for who asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import hiredis
import orjson
import redis

from engine.core.counted_since import Since, begun, names_of, notes
from engine.core.ruleset import RuleSet
from engine.core.tracking import Tracking
from engine.edge.keys import COUNTED
from engine.edge.lane import RedisLane

logger = logging.getLogger("shopbell.rules")


def read_since(stored: Mapping[bytes, bytes]) -> dict[str, Since]:
    """Read the hash, as Redis answers it."""
    return {name.decode(): Since(*orjson.loads(text)) for name, text in stored.items()}


def stored_since(url: str) -> dict[str, Since]:
    """Return since when a running site's engines count. Raises RedisError."""
    with redis.Redis.from_url(url) as client:
        return read_since(client.hgetall(COUNTED))


class Counting:
    """``known`` is what is kept and since when, as of the last time rules came into force here."""

    def __init__(self, lane: RedisLane) -> None:
        self._lane = lane
        self._tracking = Tracking()
        self._one_at_a_time = asyncio.Lock()
        self.known: dict[str, Since] = {}

    async def begin(self, rules: RuleSet, now_ms: int) -> None:
        """
        Write down what begins to be counted, forget what no rule reads any more, and log what counts not long enough.

        Engines that do so at once come to the same, give or take their clocks. Without Redis nothing is known.
        """
        async with self._one_at_a_time:
            try:
                await self._begin(rules.tracking, now_ms)
            except (ConnectionError, hiredis.ReplyError) as error:
                logger.warning("since when windows count is not known: %s", error)
                return
        for note in notes(rules, self.known, now_ms):
            logger.info("%s", note)

    async def _begin(self, tracking: Tracking, now_ms: int) -> None:
        answer: list[Any] = await self._lane.ask("HGETALL", COUNTED)
        known = read_since(dict(zip(answer[::2], answer[1::2], strict=True)))
        new = begun(tracking, known, now_ms)
        for name, since in new.items():
            await self._lane.ask("HSET", COUNTED, name, orjson.dumps([since.ms, since.most, since.longest_ms]))
        # only what this engine's own last rules kept: those of others may be newer than its own
        dropped = names_of(self._tracking).keys() - names_of(tracking).keys()
        if dropped:
            await self._lane.ask("HDEL", COUNTED, *sorted(dropped))
        self._tracking = tracking
        self.known = {name: since for name, since in (known | new).items() if name not in dropped}
