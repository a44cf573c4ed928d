"""
Who has subscribed, and what was answered in popups: addresses, consents and answers, in SQL.

A shopper's address and words are here and nowhere else. What comes twice (an event that is sent again after a
crash) is kept once: an answer is one per firing and question, a subscriber one per site and address.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.core.submissions import Answer
from engine.edge.database import for_reading
from engine.edge.tables import metadata

PENDING, CONFIRMED, UNSUBSCRIBED = "pending", "confirmed", "unsubscribed"
CONFIRM_WITHIN = timedelta(days=14)
"""How long after the consent an address can be confirmed."""

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
    sa.Column("unsubscribed_at", sa.DateTime(timezone=True), nullable=True),
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


@dataclass(frozen=True, slots=True)
class Standing:
    """What a mail's link is about: ``can_confirm`` until the time for it is over. ``consent`` is in ``language``."""

    site: str
    status: str
    language: str
    consent: str
    can_confirm: bool


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
        if it is confirmed, and takes the new consent if it is not; one that has
        left is pending again. Nobody learns from outside which of these it was.
        One firing has one address: whoever sends off a second one only keeps
        the first.
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
        renewed: dict[str, Any] = {
            "consent": consent.text,
            "language": consent.language,
            "consented_at": origin.at,
        }
        with suppress(IntegrityError):  # this firing has brought another address back already
            async with self._database.begin() as connection:
                query = sa.select(subscriber_table.c.status).where(mine)
                status = (await connection.execute(query)).scalar_one_or_none()
                if status == UNSUBSCRIBED:
                    renewed |= {"status": PENDING, "confirmed_at": None, "unsubscribed_at": None}
                    renewed |= {"fire": origin.fire, "rule": origin.rule, "visitor": origin.visitor}
                if status not in (None, CONFIRMED):
                    await connection.execute(sa.update(subscriber_table).where(mine).values(renewed))
            return renewed.get("status", status) or ""
        return PENDING

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

    async def standing(self, token: str, at_ms: int) -> Standing | None:
        """Return whom a mail's link is about; None for no token of ours."""
        row = subscriber_table.c
        can_confirm = _can_confirm(datetime.fromtimestamp(at_ms / 1000, UTC)).label("can_confirm")
        query = sa.select(row.site, row.status, row.language, row.consent, can_confirm).where(row.token == token)
        async with self._reader.connect() as connection:
            found = (await connection.execute(query)).one_or_none()
        if found is None:
            return None
        return Standing(found.site, found.status, found.language, found.consent, bool(found.can_confirm))

    async def confirm(self, token: str, at_ms: int) -> bool:
        """
        Take the word of an address's owner: whoever has the token read the mail.

        Twice is as once. False where the time for it is over, where the owner
        has left meanwhile, and for no token of ours.
        """
        row, at = subscriber_table.c, datetime.fromtimestamp(at_ms / 1000, UTC)
        changes = {"status": CONFIRMED, "confirmed_at": sa.func.coalesce(row.confirmed_at, at)}
        return await self._change((row.token == token) & _can_confirm(at), changes)

    async def unsubscribe(self, token: str, at_ms: int) -> bool:
        """Write no more to an address: its owner asks for it. Twice is as once; False for no token of ours."""
        return await self._leave(subscriber_table.c.token == token, at_ms)

    async def unsubscribe_address(self, site: str, address: str, at_ms: int) -> bool:
        """Write no more to an address of a site: its shop knows of it otherwise. False where nobody has left it."""
        row = subscriber_table.c
        return await self._leave((row.site == site) & (row.address == address.strip().casefold()), at_ms)

    async def erase_address(self, site: str, address: str) -> str | None:
        """Forget an address of a site; return the visitor who left it, empty for one of whom nothing was to be kept."""
        row = subscriber_table.c
        theirs = (row.site == site) & (row.address == address.strip().casefold())
        async with self._database.begin() as connection:
            gone = await connection.execute(sa.delete(subscriber_table).where(theirs).returning(row.visitor))
            return gone.scalar()

    async def _leave(self, who: sa.ColumnElement[bool], at_ms: int) -> bool:
        row, at = subscriber_table.c, datetime.fromtimestamp(at_ms / 1000, UTC)
        changes = {"status": UNSUBSCRIBED, "unsubscribed_at": sa.func.coalesce(row.unsubscribed_at, at)}
        return await self._change(who, changes)

    async def _change(self, who: sa.ColumnElement[bool], changes: dict[str, Any]) -> bool:
        change = sa.update(subscriber_table).where(who).values(changes)
        async with self._database.begin() as connection:
            return bool((await connection.execute(change)).rowcount)

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

    async def subscribers(self, site: str, after: int = 0, status: str = "") -> list[dict[str, Any]]:
        """
        Return a site's subscribers behind number ``after``, at most 1,000, in the order in which they came.

        Each has the ``token`` of its mails' links. With a ``status`` these alone.
        """
        async with self._reader.connect() as connection:
            rows = await _behind(connection, subscriber_table, site, after, status)
        return [{key: value for key, value in row.items() if key != "site"} for row in rows]

    async def answers(self, site: str, after: int = 0) -> list[dict[str, Any]]:
        """Return a site's answers behind number ``after``, at most 1,000, in the order in which they came."""
        async with self._reader.connect() as connection:
            rows = await _behind(connection, answer_table, site, after)
        return [{key: value for key, value in row.items() if key != "site"} for row in rows]


def _can_confirm(at: datetime) -> sa.ColumnElement[bool]:
    """Return whether an address can be confirmed at a moment: a confirmed one can, and stays as it is."""
    row = subscriber_table.c
    return (row.status == CONFIRMED) | ((row.status == PENDING) & (row.consented_at > at - CONFIRM_WITHIN))


async def _behind(
    connection: AsyncConnection, table: sa.Table, site: str, after: int, status: str = ""
) -> list[dict[str, Any]]:
    query = sa.select(table).where(table.c.site == site, table.c.id > after).order_by(table.c.id).limit(_MOST_AT_ONCE)
    if status:
        query = query.where(table.c.status == status)
    found = (await connection.execute(query)).mappings()
    return [{key: _with_zone(value) for key, value in row.items()} for row in found]


def _with_zone(value: Any) -> Any:
    """SQLite gives moments back without their zone: it is UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
