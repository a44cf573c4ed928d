"""
The events of a site that were refused: the last ones, and how many for which reason, kept in Redis for all engines.

Whoever sends refused events without end makes no work for Redis: they are counted here, and written down together.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

import hiredis
import orjson
from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import JSONResponse

from engine.core.refused import BadEvent
from engine.core.refused_event import RefusedEvent, refused_event
from engine.edge.api import SiteOf
from engine.edge.keys import refusals_key, refused_key
from engine.edge.lane_port import Lane
from engine.edge.redis_store import open_store

KEEP = 100
"""So many of a site's last ones."""

MOST_REASONS = 200
"""So many different ones of a site are told apart; what comes after them is counted as ``other``."""

FORGET_AFTER_S = 30 * 24 * 3600
WRITE_EVERY_S = 1.0
OTHER = RefusedEvent("other", "", "")

logger = logging.getLogger("shopbell.refused")


@dataclass(slots=True)
class _Noted:
    """What was noted of a site since it was written down last."""

    last: deque[bytes] = field(default_factory=lambda: deque(maxlen=KEEP))
    counts: Counter[RefusedEvent] = field(default_factory=Counter)


class RefusedEvents:
    """Takes note of them; ``open`` begins to write down."""

    def __init__(self, lane: Lane, clock: Callable[[], int]) -> None:
        self._lane = lane
        self._clock = clock
        self._noted: dict[str, _Noted] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, site: str, error: BadEvent) -> None:
        """Take note of one."""
        said = refused_event(error)
        noted = self._noted.setdefault(site, _Noted())
        noted.last.append(orjson.dumps([self._clock(), said.event, said.field, said.reason]))
        noted.counts[said if said in noted.counts or len(noted.counts) < MOST_REASONS else OTHER] += 1

    def open(self) -> None:
        """Write down what is noted, once a second, until ``close``."""
        self._task = asyncio.create_task(self._keep_writing(), name="refused events")

    async def close(self) -> None:
        """Write down what is left, if Redis is there."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.write()

    async def _keep_writing(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.write()

    async def write(self) -> None:
        """Write down what is noted. Without Redis it is kept for the next time: the last ones, and the numbers."""
        for site in list(self._noted):
            noted = self._noted.pop(site)
            try:
                await self._write(site, noted)
            except (ConnectionError, hiredis.ReplyError) as error:
                logger.warning("refused events could not be written down: %s", error)
                newer = self._noted.pop(site, _Noted())
                last = deque([*noted.last, *newer.last], maxlen=KEEP)
                self._noted[site] = _Noted(last, noted.counts + newer.counts)
                return

    async def _write(self, site: str, noted: _Noted) -> None:
        last, counts = refused_key(site), refusals_key(site)
        await self._lane.ask("LPUSH", last, *noted.last)
        await self._lane.ask("LTRIM", last, 0, KEEP - 1)
        await self._lane.ask("EXPIRE", last, FORGET_AFTER_S)
        known = set(await self._lane.ask("HKEYS", counts))
        for said, number in noted.counts.items():
            name = _name(said)
            if name not in known and len(known) >= MOST_REASONS:
                name = _name(OTHER)
            known.add(name)
            await self._lane.ask("HINCRBY", counts, name, number)
        await self._lane.ask("EXPIRE", counts, FORGET_AFTER_S)


def _name(said: RefusedEvent) -> bytes:
    return orjson.dumps([said.event, said.field, said.reason])


def refused_of(url: str, site: str) -> dict[str, Any]:
    """Return the last refused events of a site, the newest first, and how many for which reason. Raises RedisError."""
    with open_store(url) as store:
        return _told(site, list(store.lrange(refused_key(site), 0, -1)), store.hgetall(refusals_key(site)))


def _told(site: str, last: list[bytes], counts: Mapping[bytes, bytes]) -> dict[str, Any]:
    events = [(datetime.fromtimestamp(at_ms / 1000, UTC), *said) for at_ms, *said in map(orjson.loads, last)]
    numbers = sorted(((int(number), *orjson.loads(name)) for name, number in counts.items()), reverse=True)
    return {
        "site": site,
        "last": [
            {"at": at.isoformat(timespec="seconds"), "event": event, "field": field, "reason": reason}
            for at, event, field, reason in events
        ],
        "counts": [
            {"event": event, "field": field, "reason": reason, "count": number}
            for number, event, field, reason in numbers
        ],
    }


def refused_router(lane: Callable[[], Lane], site_that_asks: SiteOf) -> APIRouter:
    """Return the route that a site's own programs ask."""
    router = APIRouter()

    @router.get("/v1/refused")
    async def refused(site: Annotated[str, Depends(site_that_asks)]) -> JSONResponse:
        """Tell which events were refused, and why."""
        try:
            last = await lane().ask("LRANGE", refused_key(site), 0, -1)
            counts = await lane().ask("HGETALL", refusals_key(site))
        except ConnectionError:
            raise HTTPException(503, "redis is not reachable") from None
        told = _told(site, last, dict(zip(counts[::2], counts[1::2], strict=True)))
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    return router
