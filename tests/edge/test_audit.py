"""The audit log: sealed, and kept from being changed, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.edge.audit import (
    BEGINNING,
    Act,
    BrokenAudit,
    audit_table,
    entries,
    newest_entries,
    note,
    note_act,
    note_now,
    under_way,
    verify,
)
from engine.edge.database import open_database


@pytest.fixture
async def tables(database: str) -> AsyncIterator[AsyncEngine]:
    engine = open_database(database)
    yield engine
    await engine.dispose()


async def three_acts(tables: AsyncEngine) -> None:
    for pool in ("spring", "summer", "autumn"):
        await note_now(tables, "account jo", "coupons add", {"site": "pk_a", "pool": pool})


async def checked(tables: AsyncEngine, expected: str = "") -> tuple[int, str]:
    async with tables.connect() as connection:
        return await verify(connection, expected)


async def forced(tables: AsyncEngine, *statements: str) -> None:
    """Change the log as somebody can who owns the database."""
    off = {
        "sqlite": ["DROP TRIGGER audit_keeps_update", "DROP TRIGGER audit_keeps_delete"],
        "postgresql": ["ALTER TABLE audit DISABLE TRIGGER ALL"],
    }
    async with tables.begin() as connection:
        for statement in (*off[connection.dialect.name], *statements):
            await connection.execute(sa.text(statement))


async def test_empty_log_holds(tables: AsyncEngine) -> None:
    assert await checked(tables) == (0, BEGINNING)


async def test_entries_say_who_did_what_about_what(tables: AsyncEngine) -> None:
    await three_acts(tables)
    async with tables.connect() as connection:
        found = await entries(connection)
        assert [each.id for each in await newest_entries(connection, 2)] == [2, 3]
    assert [(each.id, each.who, each.what) for each in found] == [(n, "account jo", "coupons add") for n in (1, 2, 3)]
    assert found[0].about == '{"pool":"spring","site":"pk_a"}'
    assert found[0].at.endswith("+00:00")
    assert await checked(tables) == (3, found[2].hash)


@pytest.mark.parametrize(
    "verb", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 3"]
)
async def test_database_itself_refuses_to_change_an_entry(tables: AsyncEngine, verb: str) -> None:
    await three_acts(tables)
    with pytest.raises(DBAPIError, match="the audit log is append-only"):
        async with tables.begin() as connection:
            await connection.execute(sa.text(verb))
    assert (await checked(tables))[0] == 3


@pytest.mark.parametrize("change", ["at = 'x'", "who = 'x'", "what = 'x'", "about = 'x'"])
async def test_entry_that_was_changed_all_the_same_is_found(tables: AsyncEngine, change: str) -> None:
    await three_acts(tables)
    await forced(tables, " ".join(("UPDATE audit SET", change, "WHERE id = 2")))
    with pytest.raises(BrokenAudit, match=r"^entry 2 of the audit log \(.*\) is not as it was written$"):
        await checked(tables)


async def test_entry_that_was_taken_out_is_found(tables: AsyncEngine) -> None:
    await three_acts(tables)
    await forced(tables, "DELETE FROM audit WHERE id = 2")
    with pytest.raises(BrokenAudit, match="entry 2 of the audit log is missing, the next one is 3"):
        await checked(tables)


async def test_entry_that_was_taken_out_with_the_rest_renumbered_is_found(tables: AsyncEngine) -> None:
    await three_acts(tables)
    await forced(tables, "DELETE FROM audit WHERE id = 2", "UPDATE audit SET id = 2 WHERE id = 3")
    with pytest.raises(BrokenAudit, match="entry 2 of the audit log"):
        await checked(tables)


async def test_log_that_was_cut_off_or_written_anew_lacks_a_hash_that_was_noted(tables: AsyncEngine) -> None:
    await three_acts(tables)
    _, noted = await checked(tables)
    assert (await checked(tables, noted[:12]))[0] == 3
    await forced(tables, "DELETE FROM audit WHERE id = 3")
    assert (await checked(tables))[0] == 2
    with pytest.raises(BrokenAudit, match=f"no entry of the audit log has the hash {noted}"):
        await checked(tables, noted)


async def test_entries_written_at_once_make_one_chain(tables: AsyncEngine) -> None:
    await asyncio.gather(*(note_now(tables, f"key sk_{n}", "POST /v1", {}) for n in range(12)))
    assert (await checked(tables))[0] == 12


async def test_act_of_a_command_is_noted_once_and_with_its_change_or_not_at_all(tables: AsyncEngine) -> None:
    act = Act("account jo", "sites add", {})
    token = under_way.set(act)
    with pytest.raises(LookupError):
        await _change_and_fail(tables)
    assert await checked(tables) == (0, BEGINNING)
    act.is_noted = False
    async with tables.begin() as connection:
        await note_act(connection)
        await note_act(connection)
    under_way.reset(token)
    async with tables.begin() as connection:
        await note_act(connection)
    assert (await checked(tables))[0] == 1


async def _change_and_fail(tables: AsyncEngine) -> None:
    async with tables.begin() as connection:
        await note_act(connection)
        raise LookupError


async def test_long_log_is_followed_to_its_end(tables: AsyncEngine) -> None:
    async with tables.begin() as connection:
        await _many(connection, 1_001)
    assert (await checked(tables))[0] == 1_001
    async with tables.connect() as connection:
        last = await connection.execute(sa.select(sa.func.max(audit_table.c.id)))
        assert last.scalar_one() == 1_001


async def _many(connection: AsyncConnection, count: int) -> None:
    for _ in range(count):
        await note(connection, "account jo", "sites add", {})
