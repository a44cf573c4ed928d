"""Rules that change while shoppers are there: open pages wait for the new ones, and bad ones change nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.client import Shopper
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import RULES, ShopEngine
from tests.waiting import eventually

SOONER = RULES.replace("views(cart) > 2", "views(cart) > 0").replace("10s", "5s")


@pytest.fixture
def engine(tmp_path: Path, redis_url: str) -> Iterator[ShopEngine]:
    """An engine of the test's own: its rules are changed."""
    with ShopEngine(tmp_path / "one", *NO_LIMIT, redis_url=redis_url) as process:
        yield process


async def test_open_page_is_armed_by_the_new_rules_without_an_event(engine: ShopEngine, shopper: Shopper) -> None:
    async with shopper:
        await shopper.view("cart")
        await shopper.settled()
        assert shopper.armed == {}
        (engine.rules / "cart.yaml").write_text(SOONER)
        await eventually(lambda: shopper.armed == {"page_dwell": [5_001]})
        await shopper.event("page_dwell", ms=5_001)
        await shopper.settled()
        assert len(shopper.of("show")) == 1
        assert shopper.closes == []


async def test_rules_with_an_error_leave_those_in_force(engine: ShopEngine, shopper: Shopper) -> None:
    (engine.rules / "cart.yaml").write_text(SOONER.replace("views(cart)", "views(basket)"))
    await eventually(lambda: "views(basket)" in engine.output)
    async with shopper:
        for kind in ("cart", "home", "cart", "home", "cart"):
            await shopper.view(kind)
        await shopper.settled()
        assert shopper.armed == {"page_dwell": [10_001]}
    assert engine.ready == 200
