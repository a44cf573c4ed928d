"""
Visitors who are still to be erased: asked for once, and remembered until nothing is left of them.

It is in SQL, because who asked to be forgotten must be, whatever dies in between; an entry goes when all stores
have been cleared, and with it the last mention of the visitor.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.edge.database import for_reading
from engine.edge.tables import metadata

AT_ONCE = 500
"""So many are carried out together: a file of the archive is then rewritten once for all of them."""

erasure_table = sa.Table(
    "erasure",
    metadata,
    sa.Column("site", sa.String(64), primary_key=True),
    sa.Column("visitor", sa.String(64), primary_key=True),
    sa.Column("asked_ms", sa.BigInteger, nullable=False),
)


class Erasures:
    """The list of them. Every method may raise SQLAlchemyError."""

    def __init__(self, database: AsyncEngine) -> None:
        self._database = database
        self._reader = for_reading(database)

    async def ask(self, site: str, visitor: str, now_ms: int) -> None:
        """Remember that a visitor is to be erased; to ask again changes nothing."""
        insert = insert_sqlite if self._database.dialect.name == "sqlite" else insert_postgresql
        row = {"site": site, "visitor": visitor, "asked_ms": now_ms}
        async with self._database.begin() as connection:
            await connection.execute(insert(erasure_table).values(row).on_conflict_do_nothing())

    async def pending(self) -> dict[str, list[str]]:
        """Return the visitors to erase by site, those who asked first, no more than fit one go."""
        query = sa.select(erasure_table).order_by(erasure_table.c.asked_ms).limit(AT_ONCE)
        found: dict[str, list[str]] = {}
        async with self._reader.connect() as connection:
            for row in await connection.execute(query):
                found.setdefault(row.site, []).append(row.visitor)
        return found

    async def is_pending(self, site: str, visitor: str) -> bool:
        """Tell whether a visitor is to be erased."""
        query = sa.select(erasure_table.c.asked_ms).where(_one_of(site, [visitor]))
        async with self._reader.connect() as connection:
            return (await connection.execute(query)).first() is not None

    async def done(self, site: str, visitors: Iterable[str]) -> None:
        """Forget visitors of whom nothing is left."""
        async with self._database.begin() as connection:
            await connection.execute(sa.delete(erasure_table).where(_one_of(site, visitors)))


def _one_of(site: str, visitors: Iterable[str]) -> sa.ColumnElement[bool]:
    return (erasure_table.c.site == site) & erasure_table.c.visitor.in_(list(visitors))
