"""What an engine knows of a visitor at once, in every tab, and what its rules do to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.client import Shopper
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.waiting import eventually

WHO = """
- rule: marks
  when: [count(quiz_finished) > 0]
  do:
    - tag: shoes
    - set: {size: 42}
- rule: marked
  when: [visitor.tags has shoes, visitor.field(size) > 41, page is cart]
  show: {chat: {text: Shoes}}
- rule: bought
  when: [visitor.stage at least buyer, page is home]
  show: {chat: {text: Thanks}}
- rule: intends
  when: [visitor.stage is shopper, page is product]
  show: {chat: {text: Questions}}
"""


@pytest.fixture
def engine(tmp_path: Path, redis_url: str) -> Iterator[ShopEngine]:
    with ShopEngine(tmp_path / "one", *NO_LIMIT, redis_url=redis_url) as process:
        (process.rules / "cart.yaml").write_text(WHO)
        (process.rules / "site.yaml").write_text("holdout: 0%\n")
        yield process


@pytest.fixture
async def shopper(engine: ShopEngine) -> Shopper:
    """A visitor who comes when the rules are in force."""

    async def is_waited_for() -> bool:
        async with Shopper(engine.stream, ORIGIN) as other:
            await other.view("product", product={"id": "cup"})
            await other.settled()
            return other.armed == {"page_dwell": [60_000]}

    for _ in range(200):
        if await is_waited_for():
            break
    return Shopper(engine.stream, ORIGIN)


async def test_tag_and_field_that_a_rule_gives_are_judged_at_the_same_moment(shopper: Shopper) -> None:
    async with shopper:
        await shopper.view("cart")
        await shopper.event("quiz_finished")
        await shopper.settled()
        assert [each["rule"] for each in shopper.of("show")] == ["marked"]


async def test_silent_rule_sends_nothing_and_fires_once(engine: ShopEngine, shopper: Shopper) -> None:
    async with shopper:
        await shopper.view("home")
        await shopper.event("quiz_finished")
        await shopper.event("quiz_finished")
        await shopper.settled()
        assert shopper.of("show") == []
        with engine.redis() as store:
            (key,) = (each for each in store.scan_iter("sb:*}v") if shopper.visitor.encode() in each)
            assert store.hmget(key, "tags", "f:size") == [b'["shoes"]', b"[42]"]


async def test_order_in_one_tab_makes_a_buyer_in_the_other(shopper: Shopper) -> None:
    async with shopper:
        await shopper.view("thanks")
        await shopper.event("purchase", transaction_id="A1", value=10, currency="TWD")
        await shopper.settled()
        async with shopper.another_tab() as other:
            await other.view("home")
            await eventually(lambda: [each["rule"] for each in other.of("show")] == ["bought"])


async def test_attention_to_a_product_is_waited_for_until_it_makes_a_shopper(shopper: Shopper) -> None:
    async with shopper:
        await shopper.view("product", product={"id": "cup"})
        await shopper.settled()
        assert shopper.armed == {"page_dwell": [60_000]}
        await shopper.event("page_dwell", ms=60_000)
        await shopper.settled()
        assert [each["rule"] for each in shopper.of("show")] == ["intends"]
