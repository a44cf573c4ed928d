"""One engine for all tests that leave it alive, and what they need to look behind it."""

from collections.abc import Iterator

import pytest
import redis

from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, ShopEngine

NO_LIMIT = ("--events-per-second", "0", "--events-per-session", "0")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopEngine]:
    """An engine with a Valkey of its own; each test is another visitor."""
    with ShopEngine(tmp_path_factory.mktemp("engine") / "one", *NO_LIMIT) as process:
        yield process


@pytest.fixture
def store(engine: ShopEngine) -> Iterator[redis.Redis]:
    """The engine's Redis."""
    with engine.redis() as client:
        yield client


@pytest.fixture
def shopper(engine: ShopEngine) -> Shopper:
    """A new visitor, not connected yet."""
    return Shopper(engine.stream, ORIGIN)
