"""What the doctor says of a machine: what must hold for nothing to be lost, and what to do where it does not."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import redis

from engine.doctor import machine
from engine.doctor.reach import public_address
from engine.edge.database import database_url, migrate_now, newest_revision, revisions
from engine.edge.embedded_redis import EmbeddedRedis
from engine.edge.migrating import go, look, way_to
from engine.edge.sites import add_site
from engine.settings import Settings
from tests.e2e.shop import Shop


def said(found: Any) -> list[str]:
    return [f"{each.level}: {each.sentence}" for each in found]


@pytest.fixture
def settings(data: Path) -> Settings:
    data.chmod(0o700)
    return Settings(data=data, rules=data.parent / "rules")


def test_data_folder_is_ours_alone(settings: Settings) -> None:
    assert said(machine.data_folder(settings)) == [f"ok: the data folder is {settings.data}"]
    secret = settings.data / "secret.key"
    secret.touch(0o644)
    settings.data.chmod(0o755)
    assert said(machine.data_folder(settings))[1:] == [
        f"missing: {settings.data} can be read by other accounts",
        f"missing: {secret} can be read by other accounts",
    ]


def test_folder_that_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    (found,) = machine.data_folder(Settings(data=tmp_path / "new"))
    assert found.level == "note"


def test_full_disk_is_a_fault(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.doctor.machine.LEAST_FREE_GIB", 10_000_000)
    (found,) = machine.disk(settings)
    assert (found.level, found.advice) == ("missing", "make room")


def test_server_that_forgets_or_throws_away_is_a_fault(settings: Settings, redis_server: EmbeddedRedis) -> None:
    named = Settings(data=settings.data, redis_url=redis_server.url)
    assert {each.level for each in machine.redis_server(named)} == {"ok"}
    with redis.Redis(unix_socket_path=str(redis_server.socket)) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
        try:
            faults = [each for each in machine.redis_server(named) if each.level == "missing"]
        finally:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("appendonly", "yes")
    assert said(faults) == [
        "missing: Redis keeps no append-only file: a restart forgets",
        "missing: Redis throws counters away when memory is full (allkeys-lru)",
    ]


def test_lone_server_that_writes_once_a_second_is_worth_a_note(settings: Settings, redis_server: EmbeddedRedis) -> None:
    named = Settings(data=settings.data, redis_url=redis_server.url)
    with redis.Redis(unix_socket_path=str(redis_server.socket)) as client:
        client.config_set("appendfsync", "everysec")
        try:
            notes = [each for each in machine.redis_server(named) if each.level == "note"]
        finally:
            client.config_set("appendfsync", "no")
    assert [each.advice for each in notes] == ["CONFIG SET appendfsync always, or a replica"]


def test_server_that_does_not_answer_is_a_fault_without_its_password(settings: Settings) -> None:
    named = Settings(data=settings.data, redis_url="redis://:secret@127.0.0.1:9/0")
    (found,) = machine.redis_server(named)
    assert found.level == "missing"
    assert "secret" not in found.sentence


def test_database_has_the_tables_of_this_version_or_the_engine_makes_them(settings: Settings) -> None:
    assert said(asyncio.run(machine.database(settings))) == [
        "note: there is no database yet: the engine makes one (SQLite)"
    ]
    migrate_now(database_url(None, settings.data))
    (found,) = asyncio.run(machine.database(settings))
    assert found.sentence.startswith("the database is SQLite, and has the tables of this version (")


def test_empty_database_and_one_that_is_not_reached_are_told(settings: Settings) -> None:
    (settings.data / "shopbell.db").touch()
    (found,) = asyncio.run(machine.database(settings))
    assert (found.level, "has the tables of no version" in found.sentence) == ("note", True)
    named = Settings(data=settings.data, database_url="postgresql://shop@127.0.0.1:9/none")
    (found,) = asyncio.run(machine.database(named))
    assert (found.level, found.advice) == ("missing", "start it, or mend --database")


def test_folder_that_is_no_sites_is_told_and_the_tables_stay_as_they_are(settings: Settings) -> None:
    url = database_url(None, settings.data)
    (settings.rules / "sites" / "mugs").mkdir(parents=True)
    assert asyncio.run(machine.site_folders(settings)) == []
    asyncio.run(add_site(url, "Tea", ["https://tea.example"]))
    before = revisions()[1]
    asyncio.run(go(url, way_to(newest_revision(), before)))
    (found,) = asyncio.run(machine.site_folders(settings))
    assert "'mugs' is passed over" in found.sentence
    assert asyncio.run(look(url)) == before


def test_rules_are_read_as_the_engine_reads_them(settings: Settings) -> None:
    (found,) = machine.rules(settings)
    assert found.sentence == f"there is no folder of rules '{settings.rules}'"
    settings.rules.mkdir()
    file = settings.rules / "cart.yaml"
    file.write_text("- rule: hello\n  when: [page is home]\n  show: {chat: {text: Hello}}\n")
    (found,) = machine.rules(settings)
    assert (found.level, found.sentence) == ("ok", f"the rules in {settings.rules} can be read: 1")
    file.write_text("- rule: hello\n  when: [page is hom]\n  show: {chat: {text: Hello}}\n")
    (found,) = machine.rules(settings)
    assert (found.level, found.advice) == ("missing", f"shopbell rules check {settings.rules}")


def test_few_open_files_are_worth_a_note(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.doctor.machine.GOOD_OPEN_FILES", 10**9)
    (found,) = machine.open_files(settings)
    assert (found.level, "LimitNOFILE=65536" in found.advice) == ("note", True)


def test_public_address_that_is_no_engine_is_told() -> None:
    with Shop() as shop:
        found = list(public_address(shop.url))
    assert [each.level for each in found] == ["missing", "missing"]
    assert found[0].sentence == f"{shop.url}/s.js is text/html; charset=utf-8, expected JavaScript"
