"""
Writes down what becomes of coupons: seen, copied, redeemed.

On the way of an event an outcome is one entry of a stream in Redis, written
ahead of the event's acknowledgement. From there a ledger takes it to SQL, in
its own time, and remembers in the same transaction how far it has come: an
engine that dies loses nothing, and nothing is counted twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

import hiredis
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.core.coupons import fold
from engine.core.events import Event
from engine.core.outcomes import Outcome, outcome_of, read_outcome
from engine.core.tokens import is_fleeting
from engine.edge import coupon_tables as tables
from engine.edge.keys import SHARDS, outcomes_key
from engine.edge.lane_port import Lane
from engine.tab import Tab

EVERY_S = 1.0
AT_ONCE = 500
KEEP = 1_000_000
"""Entries kept for a database that is away: more than a busy shop's week."""

_START = "0-0"

Stream = tuple[str, int]
"""A site, and which of its streams."""

logger = logging.getLogger("shopbell.coupons")


def note_outcome(lane: Lane, tab: Tab, event: Event, now_ms: int) -> None:
    """Write an outcome into the stream. It leaves ahead of the event itself: what was counted is there too."""
    said = outcome_of(event, "" if is_fleeting(tab.visitor) else tab.visitor, tab.doc, now_ms)
    if said is not None:
        key = outcomes_key(tab.site, lane.log_shard(tab.keys.slot))
        lane.call(_ignore, "XADD", key, "MAXLEN", "~", KEEP, "*", b"e", orjson.dumps(said))


class CouponLedger:
    """One engine's clerk. Several may work on one database: what one has written the others leave alone."""

    def __init__(self, database: AsyncEngine, lane: Lane, sites: Callable[[], Sequence[str]]) -> None:
        self._database = database
        self._lane = lane
        self._sites = sites
        self._positions: dict[tuple[str, int], str] = {}
        self._closing = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to write down, until ``close``."""
        self._work = asyncio.create_task(self._go_on(), name="coupon ledger")

    async def close(self) -> None:
        """Finish the entries under way, and stop."""
        self._closing.set()
        if self._work is not None:
            await self._work

    async def _go_on(self) -> None:
        while not self._closing.is_set():
            try:
                for shard in await self._shards():
                    await self._write_down_all(shard)
            except (SQLAlchemyError, ConnectionError, OSError, hiredis.ReplyError) as error:
                logger.error("what became of coupons could not be written down: %s", type(error).__name__)
            try:
                await asyncio.wait_for(self._closing.wait(), EVERY_S)
            except TimeoutError:
                continue

    async def _shards(self) -> list[int]:
        """Return which streams there can be."""
        return sorted({0, *map(int, await self._lane.ask("SMEMBERS", SHARDS))})

    async def _write_down_all(self, shard: int) -> None:
        for site in self._sites():
            while await self.write_down(site, shard) == AT_ONCE and not self._closing.is_set():
                pass

    async def write_down(self, site: str, shard: int = 0) -> int:
        """Take what is new of one of a site's streams to the database; return how many entries that was."""
        key, position = outcomes_key(site, shard), self._positions.get((site, shard), _START)
        found = await self._lane.ask("XRANGE", key, f"({position}", "+", "COUNT", AT_ONCE)
        if not found:
            return 0
        outcomes = [read_outcome(orjson.loads(words[1])) for _, words in found]
        last = found[-1][0].decode()
        async with self._database.begin() as connection:
            moved = await _move(connection, (site, shard), position, last)
            if moved:
                await _write(connection, site, outcomes)
            self._positions[site, shard] = last if moved else await _position(connection, (site, shard))
        if moved:
            # the last one stays: a stream that is gone and one that is read to its end are told apart
            await self._lane.ask("XTRIM", key, "MINID", last)
        return len(found)


async def _position(connection: AsyncConnection, stream: Stream) -> str:
    query = sa.select(tables.cursors.c.position).where(_is(stream))
    return (await connection.execute(query)).scalar_one_or_none() or _START


def _is(stream: Stream) -> sa.ColumnElement[bool]:
    return (tables.cursors.c.site == stream[0]) & (tables.cursors.c.shard == stream[1])


async def _move(connection: AsyncConnection, stream: Stream, before: str, after: str) -> bool:
    """Move the cursor of a stream on; False if somebody else has moved it."""
    cursors = tables.cursors
    row = {"site": stream[0], "shard": stream[1], "position": _START}
    await connection.execute(_insert(connection, cursors, row))
    here = _is(stream) & (cursors.c.position == before)
    return (await connection.execute(sa.update(cursors).where(here).values(position=after))).rowcount == 1


def _insert(connection: AsyncConnection, table: sa.Table, row: dict[str, Any]) -> sa.Insert:
    insert = insert_sqlite if connection.dialect.name == "sqlite" else insert_postgresql
    return insert(table).values(row).on_conflict_do_nothing()


async def _write(connection: AsyncConnection, site: str, outcomes: Sequence[Outcome]) -> None:
    for what, columns in _SEEN.items():
        seen = [
            {"of_fire": each.fire, "of_site": site, "of_visitor": each.visitor, "at_ms": each.at_ms}
            for each in outcomes
            if each.what == what
        ]
        if seen:
            await connection.execute(_seen(columns), seen)
    for each in outcomes:
        if each.what == "order":
            await _redeemed(connection, site, each)


_SEEN = {"view": ("viewed_ms",), "copy": ("viewed_ms", "copied_ms")}
"""What an outcome sets of a firing, where it is not set."""


def _seen(columns: Sequence[str]) -> sa.Update:
    """Return what notes that a visitor has seen the code that was shown to them, or copied it."""
    fires, issues = tables.fires, tables.issues
    theirs = sa.exists().where(
        issues.c.id == fires.c.issue,
        issues.c.site == sa.bindparam("of_site"),
        issues.c.visitor == sa.bindparam("of_visitor"),
    )
    values = {name: sa.func.coalesce(fires.c[name], sa.bindparam("at_ms")) for name in columns}
    return sa.update(fires).where(fires.c.fire == sa.bindparam("of_fire"), theirs).values(values)


async def _redeemed(connection: AsyncConnection, site: str, outcome: Outcome) -> None:
    """Tie an order to the code it was placed with; one order once, however often it is told of."""
    pool, issue = await _whose(connection, site, outcome)
    if not pool:
        return
    row = {
        "site": site, "transaction": outcome.transaction, "pool": pool, "issue": issue, "visitor": outcome.visitor,
        "value": outcome.value, "currency": outcome.currency, "at_ms": outcome.at_ms,
    }  # fmt: skip
    new = await connection.execute(_insert(connection, tables.redemptions, row))
    if new.rowcount == 1 and issue is not None:
        issues = tables.issues
        when = {"redeemed_ms": sa.func.coalesce(issues.c.redeemed_ms, outcome.at_ms)}
        await connection.execute(sa.update(issues).where(issues.c.id == issue).values(when))


async def _whose(connection: AsyncConnection, site: str, outcome: Outcome) -> tuple[str, int | None]:
    """Return the pool and the issue of an order's code, the visitor's own first; ('', None) if it is none of ours."""
    issues, codes, pools = tables.issues, tables.codes, tables.pools
    own_first = sa.case((issues.c.visitor == outcome.visitor, 0), else_=1)
    query = (
        sa.select(issues.c.pool, issues.c.id, issues.c.visitor, pools.c.code)
        .outerjoin(pools, (pools.c.site == issues.c.site) & (pools.c.name == issues.c.pool))
        .where(issues.c.site == site, issues.c.folded.in_(outcome.codes), issues.c.shown_ms.is_not(None))
        .order_by(own_first, issues.c.shown_ms.desc())
    )
    row = (await connection.execute(query.limit(1))).one_or_none()
    if row is not None:
        # a code that everybody gets was issued to somebody else, not to this visitor
        shared = row.code != "" and row.visitor != outcome.visitor
        return row.pool, None if shared else row.id
    known = sa.select(codes.c.pool).where(codes.c.site == site, codes.c.folded.in_(outcome.codes)).limit(1)
    if pool := (await connection.execute(known)).scalar_one_or_none():
        return pool, None
    # SQLite's lower() knows the letters of English alone
    fixed = await connection.execute(sa.select(pools.c.name, pools.c.code).where(pools.c.site == site))
    return next((row.name for row in fixed if row.code and fold(row.code) in outcome.codes), ""), None


def _ignore(_reply: Any) -> None:
    """Nobody waits for it: an event whose outcome did not get through is not acknowledged either."""
