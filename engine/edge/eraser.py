"""
Erases visitors everywhere: live state, database, event log, archive.

Each step may be taken again: whoever dies half way leaves the visitor on the list, and the next turn begins anew.
The event log goes first into the archive and is erased there, so that what others did keeps its order.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.edge.archive import Archive
from engine.edge.archive_erasing import Progress, erase
from engine.edge.archiver import Archiver
from engine.edge.clock import now_ms
from engine.edge.erasures import Erasures
from engine.edge.keys import DAY_MS, log_key, outcomes_key
from engine.edge.redis_store import clients_of, log_shards, open_store
from engine.edge.telemetry import Telemetry
from engine.edge.visitor_keys import drop_logged, drop_state
from engine.edge.visitor_rows import erase_rows, forget_old

EVERY_S = 60.0
TRY_AGAIN_AFTER_S = 5.0
OLD_EVERY_MS = 3_600_000

SHRED_EVERY_MS = 3_600_000
"""To have its file written anew costs Redis as much as it holds: so often at most, however many are erased."""

WRITTEN_ANEW_WITHIN_S = 60.0

_log = logging.getLogger("shopbell.erasure")


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that may hold something of a visitor. ``archives``: the event log goes into the archive."""

    database: AsyncEngine
    redis_url: str
    archive: Archive
    archives: bool = True


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased; ``rows`` is None where the archive was busy, and another turn has to do it."""

    keys: int
    records: int
    rows: int | None


class Eraser:
    """
    Carries out what is on the list, when asked and every minute, until ``close``.

    ``keep_days`` is for how long the database keeps what names visitors; ``clock`` returns ms. ``recorded`` erases
    visitors of a site from event log and archive, where that is not to be done in this process.
    """

    def __init__(
        self,
        stores: Stores,
        keep_days: int = 395,
        clock: Callable[[], int] = now_ms,
        recorded: Callable[[str, Sequence[str]], int | None] | None = None,
    ) -> None:
        self._stores = stores
        self._list = Erasures(stores.database)
        self._keep_ms = keep_days * DAY_MS
        self._look_at_old_ms = 0
        self._is_to_shred = False
        self._shred_again_ms = 0
        self._clock = clock
        self._recorded = recorded
        self._closing = False
        self._asked = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin."""
        self._work = asyncio.create_task(self._go_on(), name="eraser")

    async def close(self) -> None:
        """Stop; what is not erased yet stays on the list."""
        self._closing = True
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work

    async def ask(self, site: str, visitor: str) -> None:
        """Have a visitor erased: it is on record when this returns, and carried out soon."""
        await self._list.ask(site, visitor, self._clock())
        self._asked.set()

    async def _go_on(self) -> None:
        while not self._closing:
            self._asked.clear()
            is_done = False
            try:
                is_done = await self.run_once()
            except (SQLAlchemyError, redis.RedisError, OSError) as error:
                _log.warning("visitors could not be erased now: %s", type(error).__name__)
            except Exception:  # noqa: BLE001 - they stay on the list; the next turn may do it
                _log.exception("visitors could not be erased")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), EVERY_S if is_done else TRY_AGAIN_AFTER_S)

    async def run_once(self) -> bool:
        """Forget what is old, and erase those on the list who asked first; return whether nothing is left of them."""
        is_done = True
        await self._forget_old(self._clock())
        for site, visitors in (await self._list.pending()).items():
            erased = await self.erase(site, visitors)
            if erased.rows is None:
                is_done = False
                continue
            await self._list.done(site, visitors)
            self._is_to_shred = True
            _log.info("%d visitors of %s were erased", len(visitors), site)
        await self._shred(self._clock())
        return is_done

    async def _forget_old(self, at_ms: int) -> None:
        """Look, now and then, for what is older than it is to be kept."""
        if at_ms < self._look_at_old_ms:
            return
        async with self._stores.database.begin() as connection:
            await forget_old(connection, at_ms - self._keep_ms)
        self._look_at_old_ms = at_ms + OLD_EVERY_MS

    async def _shred(self, at_ms: int) -> None:
        """Have written over what was erased, now and then."""
        if self._is_to_shred and at_ms >= self._shred_again_ms:
            await shred(self._stores, within_s=0.0)
            self._is_to_shred = False
            self._shred_again_ms = at_ms + SHRED_EVERY_MS

    async def erase(self, site: str, visitors: Sequence[str], progress: Progress = lambda _done, _of: None) -> Erased:
        """Erase visitors of a site from every store. Raises what the stores raise: then it is to be done again."""
        keys = await asyncio.to_thread(self._erase_live, site, visitors)
        async with self._stores.database.begin() as connection:
            records = await erase_rows(connection, site, visitors)
        recorded = self._recorded
        if recorded is None:
            where = Recorded(self._stores.redis_url, self._stores.archive, self._stores.archives)
            recorded = partial(where.erase, progress=progress)
        return Erased(keys, records, await asyncio.to_thread(recorded, site, visitors))

    def _erase_live(self, site: str, visitors: Sequence[str]) -> int:
        with _open(self._stores.redis_url) as store:
            gone = drop_state(store, site, visitors, self._clock())
            return gone + drop_logged(store, [outcomes_key(site, n) for n in log_shards(store)], visitors)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The event log and its archive. ``archives`` as in Stores."""

    redis_url: str
    archive: Archive
    archives: bool

    def erase(self, site: str, visitors: Sequence[str], progress: Progress = lambda _done, _of: None) -> int | None:
        """Erase visitors from both; return how many rows went, None where the archive is busy."""
        if self.archives:
            archiver = Archiver(self.redis_url, self.archive, lambda: [site], Telemetry(), 36_500)
            return archiver.erase(site, visitors, progress)
        with _open(self.redis_url) as store:
            gone = drop_logged(store, [log_key(site, n) for n in log_shards(store)], visitors)
        return gone + erase(self.archive, site, visitors, progress)


async def shred(stores: Stores, within_s: float = WRITTEN_ANEW_WITHIN_S) -> None:
    """
    Have the databases write over what was erased; wait so long for Redis at most, which goes on by itself after that.

    Redis' append-only file tells how everything came about until it is written anew, and SQLite's log keeps what its
    pages held. A server that may not be told so does it in its own time.
    """
    await shred_database(stores.database)
    await asyncio.to_thread(_write_anew, stores.redis_url, within_s)


async def shred_database(database: AsyncEngine) -> None:
    """Have the database write over what was erased of it alone."""
    with suppress(SQLAlchemyError):
        if database.dialect.name == "sqlite":
            async with database.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _write_anew(url: str, within_s: float) -> None:
    with _open(url) as store, suppress(redis.RedisError):
        servers = clients_of(store)
        for server in servers:
            server.bgrewriteaof()
        give_up = time.monotonic() + within_s
        while time.monotonic() < give_up and any(map(_writes_anew, servers)):
            time.sleep(0.05)


def _writes_anew(store: redis.Redis) -> bool:
    told: dict[str, Any] = store.info("persistence")
    return bool(told.get("aof_rewrite_in_progress") or told.get("aof_rewrite_scheduled"))


@contextmanager
def _open(url: str) -> Iterator[redis.Redis]:
    with closing(open_store(url)) as store:
        yield store
