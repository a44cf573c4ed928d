"""
What the database holds of a visitor: subscriptions, answers, coupons and orders.

    rows_of      all of it, by table
    erase_rows   what the visitor said goes; what a code or an order was worth stays, and names nobody
    forget_old   the same for everybody, of what is older than it is to be kept
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.edge import coupon_tables as coupons
from engine.edge.subscribers import answer_table, subscriber_table

NOBODY = ""
"""Stands in the place of a visitor who was erased."""

_HELD = {
    "subscriptions": subscriber_table,
    "answers": answer_table,
    "coupons": coupons.issues,
    "orders": coupons.redemptions,
}
_NOT_TOLD = ("site", "visitor", "token", "folded", "live", "holds")


async def rows_of(connection: AsyncConnection, site: str, visitor: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a visitor by what they are; a list is empty where there are none."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, table in _HELD.items():
        query = sa.select(table).where(table.c.site == site, table.c.visitor == visitor)
        rows = (await connection.execute(query)).mappings()
        found[name] = [{key: value for key, value in row.items() if key not in _NOT_TOLD} for row in rows]
    return found


async def erase_rows(connection: AsyncConnection, site: str, visitors: Sequence[str]) -> int:
    """
    Erase visitors; return how many rows were deleted or made nobody's.

    A code that was given out is never given to anybody else, and an order is counted once: these rows stay,
    without the visitor.
    """
    changed = 0
    for table in (subscriber_table, answer_table):
        changed += (await connection.execute(sa.delete(table).where(_theirs(table, site, visitors)))).rowcount
    for table, values in (
        (coupons.issues, {"visitor": NOBODY, "live": None}),
        (coupons.redemptions, {"visitor": NOBODY}),
    ):
        nameless = sa.update(table).where(_theirs(table, site, visitors)).values(values)
        changed += (await connection.execute(nameless)).rowcount
    return changed


async def forget_old(connection: AsyncConnection, before_ms: int) -> int:
    """Forget the answers of before a moment, and whose the codes and orders of before were; return how many."""
    before = datetime.fromtimestamp(before_ms / 1000, UTC)
    changed = (await connection.execute(sa.delete(answer_table).where(answer_table.c.answered_at < before))).rowcount
    for table, at, values in (
        (coupons.issues, coupons.issues.c.reserved_ms, {"visitor": NOBODY, "live": None}),
        (coupons.redemptions, coupons.redemptions.c.at_ms, {"visitor": NOBODY}),
    ):
        old = (at < before_ms) & (table.c.visitor != NOBODY)
        changed += (await connection.execute(sa.update(table).where(old).values(values))).rowcount
    return changed


def _theirs(table: sa.Table, site: str, visitors: Sequence[str]) -> sa.ColumnElement[bool]:
    return (table.c.site == site) & table.c.visitor.in_(visitors)
