"""
Who has subscribed, and what was answered in popups: addresses, consents and answers, in SQL.

A shopper's address and words are here and nowhere else. What comes twice (an event that is sent again after a
crash) is kept once: an answer is one per firing and question, a subscriber one per site and address.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.core.submissions import Answer
from engine.edge.database import for_reading
from engine.edge.tables import metadata

PENDING, CONFIRMED = "pending", "confirmed"
_MOST_AT_ONCE = 1_000

subscriber_table = sa.Table(
    "subscriber",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("site", sa.String(64), sa.ForeignKey("site.key"), nullable=False),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("token", sa.String(43), nullable=False, unique=True),
    sa.Column("visitor", sa.String(32), nullable=False),
    sa.Column("rule", sa.String(64), nullable=False),
    sa.Column("fire", sa.String(64), nullable=False),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("consent", sa.Text, nullable=False),
    sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
    sa.UniqueConstraint("site", "address", name="uq_subscriber_address"),
    sa.UniqueConstraint("site", "fire", name="uq_subscriber_fire"),
)
answer_table = sa.Table(
    "answer",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("site", sa.String(64), sa.ForeignKey("site.key"), nullable=False),
    sa.Column("fire", sa.String(64), nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("rule", sa.String(64), nullable=False),
    sa.Column("visitor", sa.String(32), nullable=False),
    sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("site", "fire", "name", name="uq_answer_question"),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a subscription or an answer comes from: one firing of a rule, at one moment (ms since the epoch)."""

    site: str
    visitor: str
    rule: str
    fire: str
    at_ms: int

    @property
    def at(self) -> datetime:
        """The moment, as the database keeps it."""
        return datetime.fromtimestamp(self.at_ms / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Consent:
    """What a subscriber agreed to, word by word, in the language in which it was shown."""

    text: str
    language: str


class Subscribers:
    """Keeps subscribers and answers. Every method may raise SQLAlchemyError."""

    def __init__(self, database: AsyncEngine, token: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> None:
        self._database = database
        self._reader = for_reading(database)
        self._token = token

    async def subscribe(self, address: str, consent: Consent, origin: Origin) -> str:
        """
        Keep an address and its consent; return its status.

        An address that is there already keeps its status and its first consent
        if it is confirmed, and takes the new consent if it is not. Nobody
        learns from outside which of these it was. One firing has one address:
        whoever sends off a second one only keeps the first.
        """
        address = address.casefold()
        status = await self._status(address, consent, origin)
        if status:
            return status
        row = self._row(address, consent, origin)
        try:
            async with self._database.begin() as connection:
                await connection.execute(sa.insert(subscriber_table).values(row))
        except IntegrityError:  # the address came over another engine meanwhile, or this firing has one already
            return await self._status(address, consent, origin) or PENDING
        return PENDING

    async def _status(self, address: str, consent: Consent, origin: Origin) -> str:
        """Return the status of an address that is known, and renew its consent; empty if it is not."""
        mine = (subscriber_table.c.site == origin.site) & (subscriber_table.c.address == address)
        async with self._database.begin() as connection:
            status = (await connection.execute(sa.select(subscriber_table.c.status).where(mine))).scalar_one_or_none()
            if status == PENDING:
                renewed = {"consent": consent.text, "language": consent.language, "consented_at": origin.at}
                await connection.execute(sa.update(subscriber_table).where(mine).values(renewed))
        return status or ""

    def _row(self, address: str, consent: Consent, origin: Origin) -> dict[str, Any]:
        return {
            "site": origin.site,
            "address": address,
            "status": PENDING,
            "token": self._token(),
            "visitor": origin.visitor,
            "rule": origin.rule,
            "fire": origin.fire,
            "language": consent.language,
            "consent": consent.text,
            "consented_at": origin.at,
        }

    async def confirm(self, token: str, at_ms: int) -> bool:
        """Take the word of an address's owner: whoever has the token read the mail. False for no token of ours."""
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        async with self._database.begin() as connection:
            found = await connection.execute(
                sa.update(subscriber_table)
                .where(subscriber_table.c.token == token)
                .values(status=CONFIRMED, confirmed_at=sa.func.coalesce(subscriber_table.c.confirmed_at, at))
            )
        return bool(found.rowcount)

    async def answer(self, answer: Answer, origin: Origin) -> bool:
        """Keep an answer; False if this firing's question was answered before, and that answer stays."""
        row = {
            "site": origin.site,
            "fire": origin.fire,
            "name": answer.name,
            "value": answer.value,
            "comment": answer.comment,
            "rule": origin.rule,
            "visitor": origin.visitor,
            "answered_at": origin.at,
        }
        try:
            async with self._database.begin() as connection:
                await connection.execute(sa.insert(answer_table).values(row))
        except IntegrityError:
            return False
        return True

    async def subscribers(self, site: str, after: int = 0) -> list[dict[str, Any]]:
        """Return a site's subscribers behind number ``after``, at most 1,000, in the order in which they came."""
        async with self._reader.connect() as connection:
            rows = await _behind(connection, subscriber_table, site, after)
        return [{key: value for key, value in row.items() if key not in ("site", "token")} for row in rows]

    async def answers(self, site: str, after: int = 0) -> list[dict[str, Any]]:
        """Return a site's answers behind number ``after``, at most 1,000, in the order in which they came."""
        async with self._reader.connect() as connection:
            rows = await _behind(connection, answer_table, site, after)
        return [{key: value for key, value in row.items() if key != "site"} for row in rows]


async def _behind(connection: AsyncConnection, table: sa.Table, site: str, after: int) -> list[dict[str, Any]]:
    query = sa.select(table).where(table.c.site == site, table.c.id > after).order_by(table.c.id).limit(_MOST_AT_ONCE)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
