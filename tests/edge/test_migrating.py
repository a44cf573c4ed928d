"""Migrations, there and back, with rows in the tables: on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.edge import coupon_tables as tables
from engine.edge.database import NoDatabase, newest_revision, open_database, revisions
from engine.edge.migrating import NoSuchRevision, Way, go, look, way_to
from tests.edge.coupons import SITE, add_site, rows


async def test_last_migration_can_be_undone_and_done_again(database: str) -> None:
    newest, before = revisions()[:2]
    assert await look(database) == newest
    down = way_to(newest, before)
    assert [(step.revision, step.is_down) for step in down.steps] == [(newest, True)]
    await go(database, down)
    assert await look(database) == before
    await go(database, way_to(before, newest))
    assert await look(database) == newest


async def test_rows_go_along_through_all_migrations_down_to_the_first_table(database: str) -> None:
    opened = open_database(database)
    await add_site(opened)
    await go(database, way_to(newest_revision(), "0001"))
    async with opened.connect() as connection:
        assert (await connection.execute(sa.text("SELECT key FROM site"))).scalars().all() == [SITE]
    await go(database, way_to("0001", newest_revision()))
    async with opened.connect() as connection:
        assert (await connection.execute(sa.text("SELECT key FROM site"))).scalars().all() == [SITE]
    await opened.dispose()


async def test_position_of_a_single_server_is_kept_when_there_are_shards_and_when_there_are_none(database: str) -> None:
    opened = open_database(database)
    async with opened.begin() as connection:
        for shard in (0, 5_462):
            row = {"site": SITE, "shard": shard, "position": f"{shard}-1"}
            await connection.execute(sa.insert(tables.cursors).values(row))
    await go(database, way_to(newest_revision(), "0005"))
    async with opened.connect() as connection:
        found = (await connection.execute(sa.text("SELECT site, position FROM coupon_cursor"))).all()
        assert [tuple(each) for each in found] == [(SITE, "0-1")]
    await go(database, way_to("0005", newest_revision()))
    assert [(each.shard, each.position) for each in await rows(opened, tables.cursors)] == [(0, "0-1")]
    await opened.dispose()


async def test_way_that_somebody_else_has_gone_meanwhile_is_not_gone_again(database: str) -> None:
    way = way_to(revisions()[1], newest_revision())
    with pytest.raises(NoDatabase, match="the tables were migrated by somebody else meanwhile, look again"):
        await go(database, way)


def test_way_says_what_each_step_is_about() -> None:
    way = way_to("", "0001")
    assert isinstance(way, Way)
    assert [str(step) for step in way.steps] == ["do   0001  Sites."]


def test_version_that_there_is_not_is_refused() -> None:
    with pytest.raises(NoSuchRevision, match="there is no version '9999' of the tables, expected one of 0001, 0002"):
        way_to("0001", "9999")
