"""Rules that look back, in a running engine: over sessions and tabs, at what leaves a window, from when on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.client import Shopper
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.waiting import eventually

WINDOWS = """
- rule: back-again
  when: [page is product, product.views in 7d >= 3]
  show: {chat: {text: Again}}
- rule: quiet-at-last
  when: [page is home, count(login) in 300ms = 0]
  show: {chat: {text: Hello}}
- rule: hesitant
  when:
    - page is cart
    - sequence: [view_item, add_to_cart]
      within: 20m
    - since(add_to_cart) > 90s
  show: {chat: {text: Still there}}
- rule: dear
  when: [page is search, count(add_to_cart where value > 100) ever > 1]
  show: {chat: {text: Treat}}
"""


@pytest.fixture
def engine(tmp_path: Path, redis_url: str) -> Iterator[ShopEngine]:
    """An engine of the test's own, with rules that look back."""
    with ShopEngine(tmp_path / "one", *NO_LIMIT, redis_url=redis_url) as process:
        (process.rules / "site.yaml").write_text("holdout: 0%\n")
        yield process


async def in_force(engine: ShopEngine, rules: str = WINDOWS) -> Shopper:
    (engine.rules / "cart.yaml").write_text(rules)
    await eventually(lambda: "look back further" in engine.output)
    return Shopper(engine.stream, ORIGIN)


def shown(shopper: Shopper) -> list[str]:
    return [each["rule"] for each in shopper.of("show")]


async def test_window_counts_what_happened_in_all_tabs(engine: ShopEngine) -> None:
    async with await in_force(engine) as shopper:
        await shopper.view("product", product={"id": "cup"})
        await shopper.view("product", product={"id": "mug"})
        await shopper.settled()
        async with shopper.another_tab() as other:
            for _ in range(2):
                await other.view("product", product={"id": "cup"})
            await eventually(lambda: shown(other) == ["back-again"])
        assert shown(shopper) == []


async def test_wake_is_armed_for_the_moment_at_which_the_last_one_leaves(engine: ShopEngine) -> None:
    async with await in_force(engine) as shopper:
        await shopper.view("cart")
        await shopper.event("login")
        await shopper.view("home")
        await shopper.settled()
        (due_ms,) = shopper.armed["wake"]
        assert 0 < due_ms <= 300
        assert shown(shopper) == []
        for _ in range(500):
            await shopper.event("wake")
            await shopper.settled()
            if shown(shopper):
                break
        assert shown(shopper) == ["quiet-at-last"]


async def test_sequence_and_since_arm_the_moment_at_which_it_was_long_enough(engine: ShopEngine) -> None:
    async with await in_force(engine) as shopper:
        await shopper.view("product", product={"id": "cup"})
        await shopper.event("add_to_cart")
        await shopper.view("cart")
        await shopper.settled()
        assert "wake" not in shopper.armed
        await shopper.event("view_item")
        await shopper.event("add_to_cart")
        await shopper.settled()
        (due_ms,) = shopper.armed["wake"]
        assert 89_000 < due_ms <= 90_001


async def test_open_page_counts_for_rules_that_come_into_force_meanwhile(engine: ShopEngine) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.view("other")
        await shopper.event("add_to_cart", value=500)
        await shopper.settled()
        await in_force(engine)
        await shopper.event("add_to_cart", value=500)
        await shopper.event("add_to_cart", value=50)
        await shopper.view("search")
        await shopper.settled()
        assert shown(shopper) == [], "what came before the rule is not counted"
        await shopper.event("add_to_cart", value=101)
        await shopper.settled()
        assert shown(shopper) == ["dear"]
