"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from engine.edge.embedded_redis import EmbeddedRedis


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


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An engine's data folder, still empty."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder
