"""What every test may ask for."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from engine.edge.database import database_url, migrate_now
from engine.edge.embedded_redis import EmbeddedRedis
from tests.long import idle, is_long
from tests.postgresql import PostgreSQL
from tests.redis_cluster import RedisCluster
from tests.s3 import ObjectStore, object_store
from tests.stores import DATABASE, STORE, Store, running_store

_numbers = itertools.count()

# The same draws each time, and however long they take: what others find by chance `make fuzz` is for.
settings.register_profile(
    "shopbell",
    deadline=None,
    derandomize="SHOPBELL_FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("shopbell")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the long ones. A pattern that matches none is an error where whole files were asked for."""
    names = {item: item.nodeid.removeprefix("tests/") for item in items}
    for item, name in names.items():
        if is_long(name):
            item.add_marker("long")
    whole_files = not config.option.lf and not any("::" in word for word in config.args)
    if whole_files and (patterns := idle(names.values())):
        raise pytest.UsageError(f"tests/long.py: no test is called {', '.join(patterns)}")


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """One server of our own for the whole run; use ``redis_url``, which is empty in each test."""
    with EmbeddedRedis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def given_store() -> Iterator[Store]:
    """The server or cluster that the whole run was told to use."""
    with running_store(STORE) as store:
        yield store


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """The address of a server, or a cluster, without keys (the function libraries stay)."""
    if STORE != "own":
        store: Store = request.getfixturevalue("given_store")
        store.flush()
        return store.url
    server: EmbeddedRedis = request.getfixturevalue("redis_server")
    with redis.Redis(unix_socket_path=str(server.socket)) as client:
        client.flushall()
    return server.url


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """An object store for the whole run; each place that is asked for is a new one."""
    with object_store(tmp_path_factory.mktemp("s3")) as store:
        yield store


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of our own for the whole run, with a database ``migrated`` to make others from."""
    with PostgreSQL() as server:
        server.run("CREATE DATABASE migrated")
        migrate_now(database_url(server.url("migrated"), Path()))
        yield server


@pytest.fixture(scope="session")
def six_nodes(request: pytest.FixtureRequest) -> Iterator[RedisCluster]:
    """A cluster for the whole run; use ``cluster``, which is empty and whole in each test."""
    if STORE == "cluster":
        yield request.getfixturevalue("given_store")
        return
    with RedisCluster() as cluster:
        yield cluster


@pytest.fixture
def cluster(six_nodes: RedisCluster) -> RedisCluster:
    """A cluster of six without keys; what a test has killed is started again."""
    six_nodes.mend()
    six_nodes.flush()
    return six_nodes


@pytest.fixture(scope="session")
def given_database(request: pytest.FixtureRequest) -> Callable[[], str | None]:
    """What returns the URL of a database for one engine; None: it has its own."""

    def new() -> str | None:
        if DATABASE == "sqlite":
            return None
        server: PostgreSQL = request.getfixturevalue("postgresql")
        return _new_database(server)

    return new


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an SQLite database that has all tables and nothing in them, to make others from."""
    folder = tmp_path_factory.mktemp("migrated")
    # in a thread of its own: the test that asks first may have an event loop running
    with ThreadPoolExecutor(1) as thread:
        thread.submit(migrate_now, database_url(None, folder)).result()
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, data: Path) -> str:
    """The URL of an empty database with all tables: the test runs on each kind."""
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("migrated_file"), data, dirs_exist_ok=True)
        return database_url(None, data)
    return _new_database(request.getfixturevalue("postgresql"))


def _new_database(server: PostgreSQL) -> str:
    name = f"test_{next(_numbers)}"
    server.run(f"CREATE DATABASE {name} TEMPLATE migrated")
    return database_url(server.url(name), Path())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An engine's data folder, still empty."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder
