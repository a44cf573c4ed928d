"""Since when the site counts what its rules look back at, kept in Redis for all engines and for who asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import hiredis
import orjson
import redis

from engine.core.counted_since import Since, begun, ended, notes, read
from engine.core.ruleset import RuleSet
from engine.core.tracking import Tracking
from engine.edge.keys import COUNTED
from engine.edge.lane_port import Lane
from engine.edge.redis_store import open_store

_SET_IF_SAME = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""

logger = logging.getLogger("shopbell.rules")


def read_since(stored: Mapping[bytes, bytes]) -> dict[str, Since]:
    """Read the hash, as Redis answers it."""
    return {name.decode(): read(orjson.loads(text)) for name, text in stored.items()}


def stored_since(url: str) -> dict[str, Since]:
    """Return since when a running site's engines count. Raises RedisError."""
    with open_store(url) as client:
        return read_since(client.hgetall(COUNTED))


def store_filled(client: redis.Redis, filled: Mapping[str, Since], back_to_ms: int, now_ms: int) -> list[str]:
    """
    Write down that these names count since an earlier moment; return those of which it is true.

    ``filled`` is what was stored when the filling began: what has begun anew meanwhile was not filled.
    """
    done = []
    for name, since in filled.items():
        stored = client.hget(COUNTED, name)
        if stored is not None and read(orjson.loads(stored)) == since:
            text = orjson.dumps(since.filled(back_to_ms, now_ms).written())
            if client.eval(_SET_IF_SAME, 1, COUNTED, name, stored, text):
                done.append(name)
    return sorted(done)


class Counting:
    """``known`` is what is kept and since when, as of the last time it was asked here."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._one_at_a_time = asyncio.Lock()
        self.known: dict[str, Since] = {}

    async def begin(self, rules: RuleSet, now_ms: int) -> None:
        """
        Write down what begins to be counted and what no rule reads any more, and log what counts not long enough.

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
        known = await self._read()
        changed: dict[str, Since | None] = {**ended(tracking, known, now_ms), **begun(tracking, known, now_ms)}
        for name, since in changed.items():
            if since is None:
                await self._lane.ask("HDEL", COUNTED, name)
            else:
                await self._lane.ask("HSET", COUNTED, name, orjson.dumps(since.written()))
        self.known = {name: since for name, since in (known | changed).items() if since is not None}

    async def refreshed(self) -> dict[str, Since]:
        """Return what is kept and since when, as it is stored now: it may have been filled from the archive."""
        try:
            self.known = await self._read()
        except (ConnectionError, hiredis.ReplyError) as error:
            logger.warning("since when windows count is not known: %s", error)
        return self.known

    async def _read(self) -> dict[str, Since]:
        answer: list[Any] = await self._lane.ask("HGETALL", COUNTED)
        return read_since(dict(zip(answer[::2], answer[1::2], strict=True)))
