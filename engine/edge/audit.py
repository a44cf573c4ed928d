"""
The audit log: what operators and their programs did, in SQL, each entry sealed to the one before it.

An entry's hash covers what it says and the hash before it, so one that was changed, taken out or put in between
breaks the chain. The database itself refuses to change or delete entries; what that cannot prevent, somebody who owns
the database, :func:`verify` finds, if the last hash was noted elsewhere. No entry holds personal data: an erasure
says that somebody was erased, not who.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.edge.tables import metadata
from engine.refusal import Refusal

BEGINNING = "0" * 64
"""What stands before the first entry."""

_LOCK = 7_355_609
"""The PostgreSQL advisory lock under which the next entry finds the last one. SQLite has one writer anyway."""

_AT_ONCE = 1_000

audit_table = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("what", sa.String(200), nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)


class BrokenAudit(Refusal):
    """The audit log is not what was written; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: number, when (UTC), who, what, and what it was about, as JSON; ``hash`` seals it to the one before."""

    id: int
    at: str
    who: str
    what: str
    about: str
    hash: str

    def seal(self, before: str) -> str:
        """Return the hash that this entry must have behind an entry with the hash ``before``."""
        return hashlib.sha256(orjson.dumps([before, self.id, self.at, self.who, self.what, self.about])).hexdigest()


@dataclass(slots=True)
class Act:
    """What a command is about to do; ``is_noted`` once it stands in the log."""

    who: str
    what: str
    about: Mapping[str, Any]
    is_noted: bool = False


under_way: ContextVar[Act | None] = ContextVar("under_way", default=None)
"""The act of the command that runs; see :func:`note_act`."""


async def note_act(connection: AsyncConnection) -> None:
    """Note the act of the command that runs, with what it changes in this transaction; nothing where there is none."""
    act = under_way.get()
    if act is not None and not act.is_noted:
        await note(connection, act.who, act.what, act.about)
        act.is_noted = True


async def note(connection: AsyncConnection, who: str, what: str, about: Mapping[str, Any]) -> None:
    """Add an entry, in the transaction of this connection."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    newest = sa.select(audit_table.c.id, audit_table.c.hash).order_by(audit_table.c.id.desc()).limit(1)
    last = (await connection.execute(newest)).first()
    number, before = (last.id, last.hash) if last is not None else (0, BEGINNING)
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    said = orjson.dumps(dict(about), option=orjson.OPT_SORT_KEYS).decode()
    entry = Entry(number + 1, at, who[:200], what[:200], said, "")
    row = {"id": entry.id, "at": at, "who": entry.who, "what": entry.what, "about": said, "hash": entry.seal(before)}
    await connection.execute(sa.insert(audit_table).values(row))


async def note_now(database: AsyncEngine, who: str, what: str, about: Mapping[str, Any]) -> None:
    """Add an entry, in a transaction of its own."""
    async with database.begin() as connection:
        await note(connection, who, what, about)


async def entries(connection: AsyncConnection, after: int = 0) -> list[Entry]:
    """Return the entries behind number ``after``, at most 1,000."""
    query = sa.select(audit_table).where(audit_table.c.id > after).order_by(audit_table.c.id).limit(_AT_ONCE)
    return [Entry(**row) for row in (await connection.execute(query)).mappings()]


async def newest_entries(connection: AsyncConnection, count: int) -> list[Entry]:
    """Return the last entries, the newest last."""
    query = sa.select(audit_table).order_by(audit_table.c.id.desc()).limit(count)
    return [Entry(**row) for row in reversed((await connection.execute(query)).mappings().all())]


async def verify(connection: AsyncConnection, expected: str = "") -> tuple[int, str]:
    """
    Follow the chain from its beginning; return how many entries it has, and its last hash.

    ``expected`` is a hash that was noted once, or the first digits of one: it must be among them, or the log has been
    cut off or written anew. Raises BrokenAudit.
    """
    number, before, met = 0, BEGINNING, not expected
    while found := await entries(connection, number):
        for entry in found:
            number += 1
            if entry.id != number:
                raise BrokenAudit(f"entry {number} of the audit log is missing, the next one is {entry.id}")
            if entry.seal(before) != entry.hash:
                raise BrokenAudit(
                    f"entry {number} of the audit log ({entry.at}, {entry.what}) is not as it was written"
                )
            before = entry.hash
            met = met or before.startswith(expected)
    if not met:
        raise BrokenAudit(
            f"no entry of the audit log has the hash {expected}, expected one: it was cut off or rewritten"
        )
    return number, before
