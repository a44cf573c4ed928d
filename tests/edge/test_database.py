"""The database: migrated at start by one process, and safe against a power cut."""

import asyncio
import importlib
import pkgutil
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from engine import edge
from engine.edge.database import NoDatabase, database_url, migrate, migrate_now, migration_config, open_database
from engine.edge.tables import metadata


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgresql://shop@db/shopbell", "postgresql+asyncpg://shop@db/shopbell"),
        ("postgres://shop@db/shopbell", "postgresql+asyncpg://shop@db/shopbell"),
        ("sqlite:////var/shopbell.db", "sqlite+aiosqlite:////var/shopbell.db"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite:///x.db"),
    ],
)
def test_url_gets_the_driver_that_waits_without_blocking(given: str, url: str, data: Path) -> None:
    assert database_url(given, data) == url


def test_engines_that_start_at_once_migrate_once(data: Path) -> None:
    async def start_four() -> None:
        await asyncio.gather(*(migrate(database_url(None, data)) for _ in range(4)))

    asyncio.run(start_four())
    assert (data / "shopbell.db").exists()


async def test_tables_are_what_the_code_reads_and_all_migrations_can_be_undone(data: Path) -> None:
    url = database_url(None, data)
    await migrate(url)
    database = open_database(url)
    for module in pkgutil.iter_modules(edge.__path__, "engine.edge."):
        importlib.import_module(module.name)  # whatever has a table describes it when it is imported

    def differences(connection: Connection) -> list[object]:
        found: list[object] = compare_metadata(MigrationContext.configure(connection), metadata)
        return found

    def undo(connection: Connection) -> list[str]:
        command.downgrade(migration_config(connection), "base")
        return inspect(connection).get_table_names()

    async with database.begin() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(undo) == ["alembic_version"]
    await database.dispose()
    await migrate(url)


async def test_answered_write_survives_a_power_cut(data: Path) -> None:
    database = open_database(database_url(None, data))
    async with database.connect() as connection:
        assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one() == "wal"
        assert (await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one() == 2
    await database.dispose()


def test_database_in_a_missing_folder_is_told(data: Path) -> None:
    with pytest.raises(NoDatabase) as refused:
        migrate_now(database_url(f"sqlite:///{data}/missing/shopbell.db", data))
    assert str(refused.value) == (
        f"the database {data}/missing/shopbell.db cannot be used: its folder is missing or may not be written to"
    )


def test_file_that_is_no_database_is_told(data: Path) -> None:
    (data / "shopbell.db").write_text("a diary " * 1000)
    with pytest.raises(NoDatabase) as refused:
        migrate_now(database_url(None, data))
    assert str(refused.value) == (f"the database sqlite:///{data}/shopbell.db cannot be used: file is not a database")


def test_missing_driver_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(NoDatabase) as refused:
        open_database("postgresql+asyncpg://shop:s3cret@db/shopbell")
    assert str(refused.value) == (
        "the database postgresql://shop:***@db/shopbell cannot be used: "
        "import of asyncpg halted; None in sys.modules (install shopbell[postgresql])"
    )
