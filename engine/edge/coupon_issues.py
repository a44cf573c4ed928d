"""
Who has which code, as transactions. Nothing here waits for anything but the database.

    reserve   a place in the pool, and a code, held for one visitor
    confirm   the claim succeeded: the code may leave, and is the visitor's for good
    release   the claim failed: if no other claim holds the place, it is empty again
    sweep     places whose claims died

docs/explanation/coupons.md says what holds at every moment in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.core.coupons import Pool, fold
from engine.edge import coupon_tables as tables
from engine.offer import Asker, Reserved

SWEEP_AFTER_MS = 10 * 60 * 1000
"""A claim takes seconds at the most: a reservation this old belongs to one that died."""

_TRIES = 5
_MOST_SWEPT = 500

_issues, _codes, _fires = tables.issues, tables.codes, tables.fires


@dataclass(frozen=True, slots=True)
class Issue:
    """A code held for a visitor. ``left`` is what a pool of unique codes has left after it, None if none was taken."""

    id: int
    pool: Pool
    code: str
    ends_ms: int | None
    left: int | None = None


class _Raced(Exception):
    """Another claim of the visitor's took the place a moment before."""


async def reserve(database: AsyncEngine, pools: Sequence[Pool], asker: Asker, now_ms: int) -> Issue | None:
    """
    Hold a code of the first of these pools that has one for the visitor; the one they have, if they have one.

    None where there is none, or where theirs was redeemed or has ended and they get no other.
    """
    for _ in range(_TRIES):
        try:
            async with database.begin() as connection:
                return await _reserve(connection, pools, asker, now_ms)
        except _Raced:
            continue
    return None


async def _reserve(connection: AsyncConnection, pools: Sequence[Pool], asker: Asker, now_ms: int) -> Issue | None:
    for pool in pools:
        mine = (_issues.c.site == asker.site) & (_issues.c.pool == pool.name) & (_issues.c.visitor == asker.visitor)
        query = sa.select(_issues).where(mine, _issues.c.live == 1).with_for_update()
        row = (await connection.execute(query)).one_or_none()
        if row is None:
            continue
        if _is_good(row, now_ms):
            if row.shown_ms is None:
                await connection.execute(_of(row.id).values(holds=_issues.c.holds + 1))
            return Issue(row.id, pool, row.code, row.ends_ms)
        if not _may_have_another(row, pool, now_ms):
            return None
        await connection.execute(_of(row.id).values(live=None))
    for pool in pools:
        issue = await _take(connection, pool, asker, now_ms)
        if issue is not None:
            return issue
    return None


def _of(issue: int) -> sa.Update:
    return sa.update(_issues).where(_issues.c.id == issue)


def _is_good(row: Any, now_ms: int) -> bool:
    return row.redeemed_ms is None and (row.ends_ms is None or now_ms < row.ends_ms)


def _may_have_another(row: Any, pool: Pool, now_ms: int) -> bool:
    over_ms = row.ends_ms if row.redeemed_ms is None else row.redeemed_ms
    return pool.again_ms is not None and now_ms - over_ms >= pool.again_ms


async def _take(connection: AsyncConnection, pool: Pool, asker: Asker, now_ms: int) -> Issue | None:
    """Take the visitor's place in a pool, and a code of it; None where it has none left. Raises _Raced."""
    place = await _place(connection, pool, asker, now_ms)
    if pool.code:
        return Issue(place, pool, pool.code, None)
    free = (_codes.c.site == asker.site) & (_codes.c.pool == pool.name) & _codes.c.issue.is_(None)
    next_one = sa.select(_codes.c.id).where(free).order_by(_codes.c.id).limit(1).with_for_update(skip_locked=True)
    taken = sa.update(_codes).where(_codes.c.id == next_one.scalar_subquery()).values(issue=place)
    code = (await connection.execute(taken.returning(_codes.c.code))).scalar_one_or_none()
    if code is None:
        await connection.execute(sa.delete(_issues).where(_issues.c.id == place))
        return None
    await connection.execute(_of(place).values(code=code, folded=fold(code)))
    left = None
    if pool.warn_below is not None:
        few = sa.select(_codes.c.id).where(free).limit(pool.warn_below).subquery()
        left = (await connection.execute(sa.select(sa.func.count()).select_from(few))).scalar_one()
    return Issue(place, pool, code, None, left)


async def _place(connection: AsyncConnection, pool: Pool, asker: Asker, now_ms: int) -> int:
    insert = insert_sqlite if connection.dialect.name == "sqlite" else insert_postgresql
    row: dict[str, Any] = {"site": asker.site, "pool": pool.name, "visitor": asker.visitor}
    row |= {"code": pool.code, "folded": fold(pool.code), "live": 1, "holds": 1, "reserved_ms": now_ms}
    statement = insert(_issues).values(row).on_conflict_do_nothing().returning(_issues.c.id)
    place: int | None = (await connection.execute(statement)).scalar_one_or_none()
    if place is None:
        raise _Raced
    return place


async def confirm(database: AsyncEngine, reserved: Reserved, asker: Asker, now_ms: int) -> bool:
    """
    Make a reservation the visitor's for good, and note the firing that shows it; False if it is there no more.

    When it ends is what its first showing said. SQLite gives the number of a place that was swept to the next one:
    whose it is, and the code in it, are asked for too.
    """
    issue, issued = int(reserved.id), reserved.issued
    is_theirs = (_issues.c.visitor == asker.visitor) & (_issues.c.code == issued.code)
    async with database.begin() as connection:
        first: dict[str, Any] = {
            "shown_ms": sa.func.coalesce(_issues.c.shown_ms, now_ms),
            "ends_ms": sa.case((_issues.c.shown_ms.is_(None), issued.expires_at_ms), else_=_issues.c.ends_ms),
        }
        if (await connection.execute(_of(issue).where(is_theirs).values(first))).rowcount == 0:
            return False
        fire = {"fire": asker.fire, "issue": issue, "rule": asker.rule, "variant": asker.variant, "shown_ms": now_ms}
        await connection.execute(sa.insert(_fires).values(fire))
    return True


async def release(database: AsyncEngine, issue: int) -> None:
    """Let go of a reservation. What was shown once, or another claim holds, stays."""
    async with database.begin() as connection:
        unshown = (_issues.c.id == issue) & _issues.c.shown_ms.is_(None)
        await connection.execute(sa.update(_issues).where(unshown).values(holds=_issues.c.holds - 1))
        await _empty(connection, unshown & (_issues.c.holds <= 0))


async def sweep(database: AsyncEngine, now_ms: int) -> int:
    """Free the reservations whose claims died; return how many."""
    old = sa.select(_issues.c.id).where(
        _issues.c.shown_ms.is_(None), _issues.c.reserved_ms < now_ms - SWEEP_AFTER_MS
    ).limit(_MOST_SWEPT)  # fmt: skip
    async with database.begin() as connection:
        return await _empty(connection, _issues.c.id.in_(old) & _issues.c.shown_ms.is_(None))


async def _empty(connection: AsyncConnection, which: sa.ColumnElement[bool]) -> int:
    gone = (await connection.execute(sa.delete(_issues).where(which).returning(_issues.c.id))).scalars().all()
    if gone:
        await connection.execute(sa.update(_codes).where(_codes.c.issue.in_(gone)).values(issue=None))
    return len(gone)
