"""One engine for all tests that leave it alive, and what they need to look behind it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import redis

from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, EngineProcess

RULES = """
- rule: cart-sweetener
  when:
    - page is cart
    - views(cart) > 2
    - page.dwell > 10s
  show:
    chat:
      text: "Still thinking? {{coupon.code}} takes some off today."
      coupon: WELCOME100
  limit: once per session
"""

SITE = """
holdout: 0%
policy:
  quiet: 0s
"""

NO_LIMIT = ("--events-per-second", "0")


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the rule that the product is about: a third visit to the cart, ten seconds there."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "cart.yaml").write_text(RULES)
    (folder / "site.yaml").write_text(SITE)
    return folder


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, rules: Path) -> Iterator[EngineProcess]:
    """An engine with a Valkey of its own; each test is another visitor."""
    with EngineProcess(tmp_path_factory.mktemp("engine") / "one", rules, NO_LIMIT) as process:
        yield process


@pytest.fixture
def store(engine: EngineProcess) -> Iterator[redis.Redis]:
    """The engine's Redis."""
    with engine.redis() as client:
        yield client


@pytest.fixture
async def shopper_of() -> AsyncIterator[Callable[[EngineProcess], Shopper]]:
    """Makes shoppers of an engine's site; whoever is still there at the end leaves."""
    async with AsyncExitStack() as stack:

        def make(engine: EngineProcess) -> Shopper:
            shopper = Shopper(engine.stream, ORIGIN)
            stack.push_async_callback(shopper.leave)
            return shopper

        yield make
