"""Looks at the database's tables and brings them to another version of theirs, one step at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.edge.database import (
    NoDatabase,
    lock_for_migration,
    migration_config,
    open_database,
    reason_of,
    scripts,
    shown,
)
from engine.refusal import Refusal


class NoSuchRevision(Refusal):
    """A version of the tables that there is not; the sentence names those that there are."""


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: the version that it leads to, or away from, and what it is about."""

    revision: str
    about: str
    is_down: bool = False

    def __str__(self) -> str:
        return f"{'undo' if self.is_down else 'do  '} {self.revision}  {self.about}"


@dataclass(frozen=True, slots=True)
class Way:
    """From the version that the tables have (empty: there are none) to another."""

    before: str
    after: str
    steps: tuple[Step, ...]


def way_to(before: str, after: str) -> Way:
    """Return the steps between two versions. Raises NoSuchRevision."""
    order = [each.revision for each in reversed(list(_walk(scripts())))]
    about = {each.revision: str(each.doc) for each in _walk(scripts())}
    for each in (before, after):
        if each and each not in order:
            raise NoSuchRevision(f"there is no version {each!r} of the tables, expected one of {', '.join(order)}")
    here, there = (order.index(each) + 1 if each else 0 for each in (before, after))
    if there >= here:
        return Way(before, after, tuple(Step(each, about[each]) for each in order[here:there]))
    return Way(before, after, tuple(Step(each, about[each], True) for each in reversed(order[there:here])))


def _walk(known: ScriptDirectory) -> Any:
    return known.walk_revisions()


async def look(url: str) -> str:
    """Return the version of the tables, empty where there are none. Raises NoDatabase."""
    engine = open_database(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_version)
    except (SQLAlchemyError, OSError) as error:
        raise NoDatabase(f"the database {shown(url)} cannot be used: {reason_of(error)}") from error
    finally:
        await engine.dispose()


async def go(url: str, way: Way) -> None:
    """Go a way, in one transaction: all of it or nothing. Raises NoDatabase, also where somebody else was faster."""
    engine = open_database(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_go, way)
    except (SQLAlchemyError, OSError) as error:
        raise NoDatabase(f"the database {shown(url)} cannot be used: {reason_of(error)}") from error
    finally:
        await engine.dispose()


def _go(connection: Connection, way: Way) -> None:
    lock_for_migration(connection)
    if _version(connection) != way.before:
        raise NoDatabase("the tables were migrated by somebody else meanwhile, look again")
    config = migration_config(connection)
    if any(step.is_down for step in way.steps):
        command.downgrade(config, way.after or "base")
    else:
        command.upgrade(config, way.after)


def _version(connection: Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return MigrationContext.configure(connection).get_current_revision() or ""
