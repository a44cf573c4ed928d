"""What pools have come to: issued, seen, copied, redeemed, and what the orders were worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.edge import coupon_tables as tables


@dataclass(slots=True)
class Line:
    """One pool's. ``revenue`` is the value of the orders by currency; '' where the shop named none."""

    pool: str
    issued: int = 0
    viewed: int = 0
    copied: int = 0
    redeemed: int = 0
    revenue: dict[str, float] = field(default_factory=dict)


async def report(connection: AsyncConnection, site: str, pool: str | None = None) -> list[Line]:
    """Return a line for each pool that has given out a code or had one redeemed, by name."""
    lines: dict[str, Line] = {}
    for row in await connection.execute(_issues(site)):
        lines[row.pool] = Line(row.pool, row.issued, row.viewed, row.copied)
    for row in await connection.execute(_orders(site)):
        line = lines.setdefault(row.pool, Line(row.pool))
        line.redeemed += row.orders
        line.revenue[row.currency] = float(row.value)
    return [lines[name] for name in sorted(lines) if pool is None or name == pool]


def _issues(site: str) -> sa.Select[Any]:
    issues, fires = tables.issues, tables.fires
    seen = (
        sa.select(fires.c.issue, sa.func.count(fires.c.viewed_ms) > 0, sa.func.count(fires.c.copied_ms) > 0)
        .group_by(fires.c.issue)
        .subquery()
    )
    _, viewed, copied = seen.c
    return (
        sa.select(
            issues.c.pool,
            sa.func.count().label("issued"),
            _ones(viewed).label("viewed"),
            _ones(copied).label("copied"),
        )
        .join(seen, seen.c.issue == issues.c.id)
        .where(issues.c.site == site)
        .group_by(issues.c.pool)
    )


def _ones(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((column, 1), else_=0))


def _orders(site: str) -> sa.Select[Any]:
    made = tables.redemptions
    return (
        sa.select(
            made.c.pool, made.c.currency, sa.func.count().label("orders"), sa.func.sum(made.c.value).label("value")
        )
        .where(made.c.site == site)
        .group_by(made.c.pool, made.c.currency)
    )
