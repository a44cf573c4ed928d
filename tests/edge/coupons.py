"""Builders for tests of coupons: a site, a pool with codes, and visitors who ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.core.coupons import Pool
from engine.core.popup_parts import Coupon, Issued
from engine.edge import coupon_tables as tables
from engine.edge.coupon_issues import confirm, reserve
from engine.edge.coupon_pools import add_codes, put_pool
from engine.edge.sites import site_table
from engine.offer import Asker, Reserved

SITE = "pk_shop"
NOON = 20_000 * 86_400_000 + 12 * 3_600_000
ADD50 = Coupon("ADD50", pool=True)


def an_asker(visitor: str = "v1", fire: str = "f_1", site: str = SITE, url: str = "") -> Asker:
    return Asker(site, visitor, fire, "nudge", "small", url)


async def add_site(database: AsyncEngine, key: str = SITE) -> None:
    """Make a site."""
    row = {"key": key, "name": "Shop", "origins": [], "created_at": datetime.now(UTC)}
    async with database.begin() as connection:
        await connection.execute(sa.insert(site_table).values(row))


async def add_pool(database: AsyncEngine, pool: Pool, codes: Iterable[str] = (), site: str = SITE) -> None:
    """Make a pool, with these codes."""
    async with database.begin() as connection:
        await put_pool(connection, site, pool)
        if numbered := list(enumerate(codes, 1)):
            await add_codes(connection, site, pool.name, numbered)


async def give(database: AsyncEngine, pool: Pool, asker: Asker, now_ms: int = NOON) -> None:
    """Have a code of a pool shown to a visitor."""
    issue = await reserve(database, [pool], asker, now_ms)
    assert issue is not None
    assert await confirm(database, Reserved(Issued(issue.code), str(issue.id)), asker, now_ms)


async def rows(database: AsyncEngine, table: sa.Table) -> list[Any]:
    """Return all rows of a table."""
    async with database.connect() as connection:
        return list(await connection.execute(sa.select(table)))


async def free_codes(database: AsyncEngine) -> list[str]:
    """Return the codes that nobody has."""
    return [each.code for each in await rows(database, tables.codes) if each.issue is None]
