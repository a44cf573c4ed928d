"""The sites: kept in the database, known in memory, in every engine that shares the database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.core.origins import BadOrigin
from engine.edge import database_watch
from engine.edge.database import database_url, migrate, open_database
from engine.edge.sites import Site, Sites
from tests.waiting import eventually


@pytest.fixture
async def url(data: Path) -> str:
    url = database_url(None, data)
    await migrate(url)
    return url


@pytest.fixture
async def sites(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sites]:
    monkeypatch.setattr(database_watch, "REFRESH_S", 0.01)
    database = open_database(url)
    opened = Sites(database)
    await opened.open()
    yield opened
    await opened.close()
    await database.dispose()


async def test_added_site_is_known_by_its_key(sites: Sites) -> None:
    added = await sites.add("Shop", ["HTTPS://Shop.example/", "https://shop.example", "http://localhost:3000"])
    assert added.key.startswith("pk_")
    assert added.origins == {"https://shop.example", "http://localhost:3000"}
    assert sites.get(added.key) == added
    assert len(sites) == 1


async def test_unknown_key_has_no_site(sites: Sites) -> None:
    assert sites.get("pk_unknown") is None


async def test_site_of_a_given_key_is_added_once_and_changed_after(sites: Sites) -> None:
    await sites.add("Demo", ["https://old.example"], key="pk_demo")
    await sites.add("Demo shop", ["self"], key="pk_demo")
    assert sites.get("pk_demo") == Site("pk_demo", "Demo shop", frozenset({"self"}))


async def test_bad_origin_adds_nothing(sites: Sites) -> None:
    with pytest.raises(BadOrigin):
        await sites.add("Shop", ["https://shop.example", "shop"])
    assert len(sites) == 0


async def test_site_that_another_process_adds_is_soon_known(sites: Sites, url: str) -> None:
    elsewhere = open_database(url)
    added = await Sites(elsewhere).add("Shop", ["https://shop.example"])
    await elsewhere.dispose()
    assert await eventually(lambda: sites.get(added.key)) == added


async def test_database_that_fails_leaves_the_known_sites_in_force(
    sites: Sites, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    added = await sites.add("Shop", ["https://shop.example"])
    elsewhere = open_database(url)
    async with elsewhere.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE site RENAME TO hidden")
    await eventually(lambda: "the sites could not be read; those known stay in force" in caplog.text)
    assert sites.get(added.key) == added
    async with elsewhere.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE hidden RENAME TO site")
    second = await Sites(elsewhere).add("Second", ["https://second.example"])
    await elsewhere.dispose()
    assert await eventually(lambda: sites.get(second.key)) == second
