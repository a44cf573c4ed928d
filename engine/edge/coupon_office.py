"""Gives coupons out: which pool a popup means, and a code of it for one visitor, without ever making a shopper wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.core.coupons import Pool, apply_url
from engine.core.popup_parts import Coupon, Issued
from engine.core.tokens import is_fleeting
from engine.edge import coupon_issues as issues
from engine.edge import coupon_tables as tables
from engine.edge.coupon_pools import pool_of
from engine.edge.database_watch import DatabaseWatch
from engine.offer import Asker, Reserved

DEADLINE_S = 2.0
"""A database that takes longer than this has no code for now."""

AT_ONCE = 10
"""
So many reservations are under way at a time; who does not get a turn within the deadline is not begun.

A database that is asked for more than it can do would do all of it too late, and undo it, for as long as it is asked.
"""

SWEEP_EVERY_S = 60.0

logger = logging.getLogger("shopbell.coupons")


class Telemetry(Protocol):
    """What is counted of coupons."""

    def coupon_issued(self, pool: str) -> None:
        """A code of a pool was confirmed."""

    def coupons_low(self, pool: str) -> None:
        """A code was taken from a pool that has fewer left than it should."""

    def coupon_late(self, what: str) -> None:
        """A coupon was not reserved or confirmed within the deadline."""


class CouponOffice:
    """
    One engine's desk. The pools are known in memory, those of another process' making within about a second.

    A database that does not answer gives no codes; what it does after its deadline is undone.
    """

    def __init__(self, database: AsyncEngine, telemetry: Telemetry, clock: Callable[[], int]) -> None:
        self._database = database
        self._telemetry = telemetry
        self._clock = clock
        self._pools: dict[tuple[str, str], Pool] = {}
        self._low: set[tuple[str, str]] = set()
        self._watch = DatabaseWatch(database, self._read, "pools of coupons", logger)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._sweeper: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def open(self) -> None:
        """Read the pools, and see to what died before."""
        await self._watch.open()
        self._sweeper = asyncio.create_task(self._sweep(), name="sweep coupons")

    async def close(self) -> None:
        """Finish what is under way."""
        self._closing.set()
        await self._watch.close()
        await asyncio.gather(*self._tasks, *([self._sweeper] if self._sweeper else []), return_exceptions=True)

    async def refresh(self) -> None:
        """Read the pools again."""
        await self._watch.refresh()

    async def _read(self, connection: AsyncConnection) -> None:
        rows = await connection.execute(sa.select(tables.pools))
        self._pools = {(row.site, row.name): pool_of(row) for row in rows}

    async def reserve(self, coupon: Coupon, asker: Asker, now_ms: int) -> Reserved | None:
        """Hold a code for the visitor; None where there is none, or the database does not answer."""
        pools = self._pools_of(coupon, asker.site)
        if pools and is_fleeting(asker.visitor):
            return None  # of whom nothing is kept nobody could know that they had theirs
        if pools:
            pools = [each for each in pools if asker.reaches(each.minimum or 0.0)]
            if not pools:
                return None
        else:
            url = apply_url(asker.apply_template, coupon.code)
            return Reserved(Issued(coupon.code, coupon.value, coupon.percent, None, url))
        if not await self._has_turn():
            return None
        work = self._spawn(issues.reserve(self._database, pools, asker, now_ms))
        work.add_done_callback(lambda _: self._turns.release())
        issue = await self._in_time(work, "reserved")
        if issue is None:
            work.add_done_callback(self._undo)
            return None
        self._warn(issue, asker.site)
        return Reserved(self._issued(coupon, issue, asker, now_ms), str(issue.id), issue.pool.name)

    def least_orders(self, coupon: Coupon, site: str) -> tuple[float, ...]:
        """Return from which order on each pool that may be asked is good."""
        return tuple(each.minimum or 0.0 for each in self._pools_of(coupon, site))

    def _pools_of(self, coupon: Coupon, site: str) -> list[Pool]:
        """Return the pool that a popup means and those it falls back on; none for a code that is simply written."""
        pool = self._pools.get((site, coupon.code)) if coupon.pool else None
        if pool is None:
            # a code that ends is kept for each visitor, or its end would begin anew with every showing
            ends = coupon.expires_ms is not None
            return [Pool(f"/{coupon.code}", coupon.code, expires_ms=coupon.expires_ms)] if ends else []
        chain = [pool]
        while (after := self._pools.get((site, chain[-1].fallback))) is not None and after not in chain:
            chain.append(after)
        return chain

    def _issued(self, coupon: Coupon, issue: issues.Issue, asker: Asker, now_ms: int) -> Issued:
        pool, ends_ms = issue.pool, issue.ends_ms
        expires_ms = coupon.expires_ms if coupon.expires_ms is not None else pool.expires_ms
        if ends_ms is None and expires_ms is not None:
            ends_ms = now_ms + expires_ms
        # what the rule says of its pool's worth does not hold for the pool that this one falls back on
        said = coupon.value is not None and pool.name in (coupon.code, f"/{coupon.code}")
        value, percent = (coupon.value, coupon.percent) if said else (pool.value, pool.kind == "percent")
        url = apply_url(asker.apply_template, issue.code)
        return Issued(issue.code, value, percent, ends_ms, url, pool.minimum)

    def _warn(self, issue: issues.Issue, site: str) -> None:
        least, name = issue.pool.warn_below, (site, issue.pool.name)
        if issue.left is None or least is None:
            return
        if issue.left >= least:
            self._low.discard(name)
            return
        self._telemetry.coupons_low(issue.pool.name)
        if issue.left == 0 or name not in self._low:
            logger.warning("pool %s of site %s has %d codes left", issue.pool.name, site, issue.left)
        self._low.add(name)

    async def confirm(self, reserved: Reserved, asker: Asker, now_ms: int) -> bool:
        """Make a reservation the visitor's; False where that failed: the code must not leave."""
        work = self._spawn(issues.confirm(self._database, reserved, asker, now_ms))
        confirmed = bool(await self._in_time(work, "confirmed"))
        if confirmed:
            self._telemetry.coupon_issued(reserved.pool)
        return confirmed

    def release(self, reserved: Reserved) -> None:
        """Give a code back. Where that fails the sweep does it."""
        if reserved.id:
            self._spawn(issues.release(self._database, int(reserved.id))).add_done_callback(_log_failure)

    async def _has_turn(self) -> bool:
        try:
            await asyncio.wait_for(self._turns.acquire(), DEADLINE_S)
        except TimeoutError:
            self._late("reserved")
            return False
        return True

    def _late(self, what: str) -> None:
        self._telemetry.coupon_late(what)
        logger.error("a coupon could not be %s within %g s", what, DEADLINE_S)

    async def _in_time(self, work: asyncio.Task[Any], what: str) -> Any:
        await asyncio.wait({work}, timeout=DEADLINE_S)
        if not work.done():
            self._late(what)
            work.add_done_callback(_look_at)
            return None
        error = work.exception()
        if error is None:
            return work.result()
        if not isinstance(error, SQLAlchemyError | OSError):
            raise error
        logger.error("a coupon could not be %s: %s", what, type(error).__name__)
        return None

    def _undo(self, late: asyncio.Task[issues.Issue | None]) -> None:
        """A reservation came after its deadline: nobody waits for it."""
        if not late.cancelled() and late.exception() is None and (issue := late.result()) is not None:
            self._spawn(issues.release(self._database, issue.id)).add_done_callback(_log_failure)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _sweep(self) -> None:
        while not self._closing.is_set():
            try:
                swept = await issues.sweep(self._database, self._clock())
                if swept:
                    logger.info("freed %d reservations of coupons that were never shown", swept)
            except (SQLAlchemyError, OSError) as error:
                logger.error("reservations of coupons could not be swept: %s", type(error).__name__)
            try:
                await asyncio.wait_for(self._closing.wait(), SWEEP_EVERY_S)
            except TimeoutError:
                continue


def _look_at(done: asyncio.Task[Any]) -> None:
    """Take note of how it ended: asyncio tells of a failure that nobody asked for."""
    if not done.cancelled():
        done.exception()


def _log_failure(done: asyncio.Task[Any]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        logger.error("a coupon could not be given back: %s", type(error).__name__)
