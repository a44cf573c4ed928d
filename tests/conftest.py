"""What every test may ask for."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from engine.edge.database import database_url, migrate_now
from engine.edge.embedded_redis import EmbeddedRedis
from tests.postgresql import PostgreSQL

_numbers = itertools.count()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """One server of our own for the whole run; use ``redis_url``, which is empty in each test."""
    with EmbeddedRedis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: EmbeddedRedis) -> str:
    """The address of a server without keys (the function libraries stay)."""
    with redis.Redis(unix_socket_path=str(redis_server.socket)) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of our own for the whole run, with a database ``migrated`` to make others from."""
    with PostgreSQL() as server:
        server.run("CREATE DATABASE migrated")
        migrate_now(database_url(server.url("migrated"), Path()))
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, data: Path) -> str:
    """The URL of an empty database with all tables: the test runs on each kind."""
    if request.param == "sqlite":
        url = database_url(None, data)
        migrate_now(url)
        return url
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = f"test_{next(_numbers)}"
    server.run(f"CREATE DATABASE {name} TEMPLATE migrated")
    return database_url(server.url(name), data)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An engine's data folder, still empty."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder
