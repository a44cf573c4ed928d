"""The database of what must never be lost: SQLite in the data folder, or PostgreSQL by URL."""

import asyncio
import os
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from engine.refusal import Refusal

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 7_355_608
"""The PostgreSQL advisory lock under which one of many starting engines migrates."""

_BUSY_TIMEOUT_MS = 10_000
_ASK_AGAIN_AFTER_MS = 20


class NoDatabase(Refusal):
    """The database cannot be used; the sentence says why."""


def database_url(url: str | None, data: Path) -> str:
    """Return the database's URL for SQLAlchemy: as the operator gave it, or SQLite's in the data folder."""
    if url is None:
        return f"sqlite+aiosqlite:///{data.resolve() / 'shopbell.db'}"
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    scheme, rest = url.split(":", 1)
    return f"{drivers.get(scheme, scheme)}:{rest}"


def open_database(url: str) -> AsyncEngine:
    """
    Return the connections to the database; each is opened when it is first needed.

    On SQLite an answered write survives a power cut (synchronous FULL), readers and the writer do not wait for
    each other (WAL), and a transaction is a writer's from its start, so that two of them queue and neither
    fails half way.
    """
    try:
        engine = create_async_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (ModuleNotFoundError, SQLAlchemyError) as error:
        hint = " (install shopbell[postgresql])" if isinstance(error, ModuleNotFoundError) else ""
        raise NoDatabase(f"the database {shown(url)} cannot be used: {error}{hint}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def for_reading(database: AsyncEngine) -> AsyncEngine:
    """Return the same connections for single reads: each sees what is committed, none holds up the writer."""
    return database.execution_options(isolation_level="AUTOCOMMIT")


async def migrate(url: str) -> None:
    """
    Bring the tables to what this version needs. Raises NoDatabase.

    Whole or not at all, and by one process at a time: the others wait and find it done.
    """
    engine = open_database(url)
    _check_folder(engine)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    except (SQLAlchemyError, OSError) as error:
        raise NoDatabase(f"the database {shown(url)} cannot be used: {reason_of(error)}") from error
    finally:
        await engine.dispose()


def migrate_now(url: str) -> None:
    """As ``migrate``, for a caller without an event loop."""
    asyncio.run(migrate(url))


def _upgrade(connection: Connection, revision: str = "head") -> None:
    lock_for_migration(connection)
    command.upgrade(migration_config(connection), revision)


def lock_for_migration(connection: Connection) -> None:
    """Let one process at a time change the tables, until its transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sqlalchemy.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})


def scripts() -> ScriptDirectory:
    """Return all migrations that this version knows."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def revisions() -> list[str]:
    """Return the versions of the tables that this version knows, the newest first."""
    return [each.revision for each in scripts().walk_revisions()]


def newest_revision() -> str:
    """Return the version of the tables that this version works with."""
    return revisions()[0]


def migration_config(connection: Connection) -> Config:
    """Return what Alembic needs to know to work over this connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def missing_file(url: str) -> str:
    """Return the file of a SQLite that is not there yet; empty for one that is, and for what is no file."""
    path = make_url(url).database if url.startswith("sqlite") else None
    return path if path and path != ":memory:" and not Path(path).exists() else ""


def check_file(engine: AsyncEngine) -> None:
    """
    Raise NoDatabase where SQLite's file is missing or may not be used: to connect would make an empty one.

    Or it would fail in the driver's thread, which goes on complaining where the event loop ends at once.
    """
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and not os.access(path, os.R_OK | os.W_OK):
        raise NoDatabase(f"the database {path} cannot be used: it is missing or may not be written to")


def _check_folder(engine: AsyncEngine) -> None:
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and not os.access(Path(path).parent, os.W_OK):
        raise NoDatabase(f"the database {path} cannot be used: its folder is missing or may not be written to")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own: see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    _switch_to_wal(cursor)
    # what is deleted, an erased shopper's address say, is overwritten
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """
    Keep a write-ahead log from now on.

    For this one change SQLite does not wait for others, whatever its busy_timeout:
    of engines that start at once all but one ask again.
    """
    for tries_left in range(_BUSY_TIMEOUT_MS // _ASK_AGAIN_AFTER_MS, -1, -1):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or not tries_left:
                raise
            await_only(asyncio.sleep(_ASK_AGAIN_AFTER_MS / 1000))
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def reason_of(error: Exception) -> str:
    """Return what the database itself said, without what it was asked."""
    return str(getattr(error, "orig", None) or error)


def has_no_tables(error: OperationalError | ProgrammingError) -> bool:
    """Tell a database that was never migrated, or not to this version, from one that does not answer."""
    return isinstance(error, ProgrammingError) or reason_of(error).startswith("no such ")


def shown(url: str) -> str:
    """Return a database's URL as it may be told: without its password, and without the driver that we chose."""
    said = make_url(url)
    return said.set(drivername=said.drivername.partition("+")[0]).render_as_string(hide_password=True)
