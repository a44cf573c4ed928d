"""Since when sites count what their rules look back at, kept in Redis for all engines and for who asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import hiredis
import orjson
import redis

from engine.core.counted_since import Since, begun, ended, notes_by_rule, read
from engine.core.ruleset import RuleSet
from engine.edge.keys import COUNTED, OWN_COUNTED, counted_key
from engine.edge.lane_port import Lane
from engine.edge.redis_store import open_store
from engine.edge.rule_files import SITES
from engine.edge.rules_in_force import COMMON, RulesInForce

_SET_IF_SAME = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""

logger = logging.getLogger("shopbell.rules")


def read_since(stored: Mapping[bytes, bytes]) -> dict[str, Since]:
    """Read the hash, as Redis answers it."""
    return {name.decode(): read(orjson.loads(text)) for name, text in stored.items() if name != OWN_COUNTED}


def key_of(client: redis.Redis, site: str) -> bytes:
    """Return where a site's beginnings stand: with all others until it had rules of its own. Raises RedisError."""
    return counted_key(site) if client.exists(counted_key(site)) else COUNTED


def stored_since(url: str, site: str = COMMON) -> dict[str, Since]:
    """Return since when a site counts, or all that never had rules of their own. Raises RedisError."""
    with open_store(url) as client:
        return read_since(client.hgetall(key_of(client, site) if site else COUNTED))


def store_filled(
    client: redis.Redis, filled: Mapping[str, Since], back_to_ms: int, now_ms: int, key: bytes = COUNTED
) -> list[str]:
    """
    Write down that these names count since an earlier moment; return those of which it is true.

    ``filled`` is what was stored under ``key`` when the filling began: what has begun anew meanwhile was not filled.
    """
    done = []
    for name, since in filled.items():
        stored = client.hget(key, name)
        if stored is not None and read(orjson.loads(stored)) == since:
            text = orjson.dumps(since.filled(back_to_ms, now_ms).written())
            if client.eval(_SET_IF_SAME, 1, key, name, stored, text):
                done.append(name)
    return sorted(done)


class Counting:
    """
    Kept once for all sites, and apart for each that has ever gone by rules of its own.

    Such a one begins with what was kept for all, and is kept apart from then on, whichever rules it goes by.
    """

    def __init__(self, lane: Lane, in_force: RulesInForce, sites: Callable[[], Iterable[str]] = tuple) -> None:
        self._lane = lane
        self._in_force = in_force
        self._sites = sites
        self._one_at_a_time = asyncio.Lock()
        self._known: dict[str, dict[str, Since]] = {}

    async def begin(self, site: str, now_ms: int) -> None:
        """
        Write down what begins to be counted and what no rule reads any more, and log what counts not long enough.

        Other rules are in force for a site, or ``COMMON``ly. Engines that do so at once come to the same, give or
        take their clocks. Without Redis nothing is known.
        """
        async with self._one_at_a_time:
            try:
                known = await self._begin(site, now_ms)
            except (ConnectionError, hiredis.ReplyError) as error:
                logger.warning("since when windows count is not known: %s", error)
                return
        _log(self._in_force.of(site), known, now_ms)

    async def _begin(self, site: str, now_ms: int) -> dict[str, Since]:
        """Return what is kept, as it was written down."""
        if site != COMMON:
            if not await self._lane.ask("EXISTS", counted_key(site)):
                await self._set_apart(site)
            return await self._write(counted_key(site), self._in_force.of(site), now_ms)
        apart = [each for each in self._sites() if not self._in_force.has_own(each)]
        there = await asyncio.gather(*(self._lane.ask("EXISTS", counted_key(each)) for each in apart))
        for key in [counted_key(each) for each, is_there in zip(apart, there, strict=True) if is_there]:
            await self._write(key, self._in_force.of(COMMON), now_ms)
        return await self._write(COUNTED, self._in_force.of(COMMON), now_ms)

    async def _set_apart(self, site: str) -> None:
        """Keep it apart for a site from now on: what was kept so far was kept for it too."""
        stored = await self._lane.ask("HGETALL", COUNTED)
        await self._lane.ask("HSET", counted_key(site), OWN_COUNTED, b"", *stored)

    async def _write(self, key: bytes, rules: RuleSet, now_ms: int) -> dict[str, Since]:
        known, tracking = await self._read(key), rules.tracking
        changed: dict[str, Since | None] = {**ended(tracking, known, now_ms), **begun(tracking, known, now_ms)}
        for name, since in changed.items():
            if since is None:
                await self._lane.ask("HDEL", key, name)
            else:
                await self._lane.ask("HSET", key, name, orjson.dumps(since.written()))
        return {name: since for name, since in (known | changed).items() if since is not None}

    async def refreshed(self, site: str = COMMON) -> dict[str, Since]:
        """Return what is kept and since when, as it is stored now: it may have been filled from the archive."""
        try:
            is_apart = site != COMMON and await self._lane.ask("EXISTS", counted_key(site))
            self._known[site] = await self._read(counted_key(site) if is_apart else COUNTED)
        except (ConnectionError, hiredis.ReplyError) as error:
            logger.warning("since when windows count is not known: %s", error)
        return self._known.get(site, {})

    async def _read(self, key: bytes) -> dict[str, Since]:
        answer: list[Any] = await self._lane.ask("HGETALL", key)
        return read_since(dict(zip(answer[::2], answer[1::2], strict=True)))


def _log(rules: RuleSet, known: dict[str, Since], now_ms: int) -> None:
    """Log how many rules look back further than is counted; what each of them lacks is for who looks for it."""
    where = f"{SITES}/{rules.folder}: " if rules.folder else ""
    found = list(notes_by_rule(rules, known, now_ms))
    for rule, note in found:
        logger.debug("%s%s: %s", where, rule, note)
    if number := len({rule for rule, _ in found}):
        many = "1 rule looks" if number == 1 else f"{number} rules look"
        logger.info("%s%s back further than is counted yet: shopbell rules check says since when", where, many)
