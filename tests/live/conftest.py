"""One engine for all tests that leave it alive, and what they need to look behind it."""

from collections.abc import Callable, Iterator

import pytest
import redis

from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.stores import STORE, Store

NO_LIMIT = ("--events-per-second", "0", "--events-per-session", "0", "--archive-every", "0")


@pytest.fixture(scope="session")
def redis_of_the_run(request: pytest.FixtureRequest) -> str | None:
    """The address of the Redis or the cluster that the run was told to use; None: each engine has its own."""
    store: Store | None = None if STORE == "own" else request.getfixturevalue("given_store")
    return store.url if store else None


@pytest.fixture(scope="session")
def an_engine(
    redis_of_the_run: str | None,
    tmp_path_factory: pytest.TempPathFactory,
    given_database: Callable[[], str | None],
) -> Callable[..., ShopEngine]:
    """What returns an engine, not started yet, with stores of its own, or on what the run was told to use."""

    def new(name: str, *flags: str) -> ShopEngine:
        folder = tmp_path_factory.mktemp(name) / "shop"
        return ShopEngine(folder, *NO_LIMIT, *flags, redis_url=redis_of_the_run, database=given_database())

    return new


@pytest.fixture(scope="session")
def engine(an_engine: Callable[..., ShopEngine]) -> Iterator[ShopEngine]:
    """An engine of whoever needs nothing particular; each test is another visitor."""
    with an_engine("engine") as process:
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
