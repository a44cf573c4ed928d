"""What a click in a popup does, live: the next popup comes at once, the visitor has a tag, a bar stays beside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.live.client import Frame, Shopper
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.waiting import eventually

RULES = """
- rule: ask
  when: [page is home]
  show:
    chat:
      text: What do you like?
      replies: [Nothing, {text: Shoes, start: shoes, tag: likes-shoes}]
- rule: shoes
  show: {chat: {text: Here they are}}
- rule: shipping
  when: [page is home]
  show: {bar: {text: Free shipping this week}}
- rule: liked
  when: [visitor.tags has likes-shoes, page is cart]
  show: {chat: {text: Shoes again}}
"""
SITE = "holdout: 0%\npolicy: {popups_per_session: 3, quiet: 0s}\n"


@pytest.fixture
def engine(tmp_path: Path, redis_of_the_run: str | None) -> Iterator[ShopEngine]:
    engine = ShopEngine(tmp_path / "engine", *NO_LIMIT, redis_url=redis_of_the_run)
    (engine.rules / "cart.yaml").write_text(RULES)
    (engine.rules / "site.yaml").write_text(SITE)
    with engine:
        yield engine


def of_rule(shopper: Shopper, rule: str) -> list[Frame]:
    return [each for each in shopper.of("show") if each["rule"] == rule]


async def seen(shopper: Shopper, rule: str) -> str:
    """See the popup of a rule; return its fire."""
    await eventually(lambda: of_rule(shopper, rule), 10)
    fire = str(of_rule(shopper, rule)[-1]["fire"])
    await shopper.event("popup_view", fire=fire)
    return fire


async def test_click_starts_the_next_popup_and_tags_the_visitor_and_the_bar_stays(engine: ShopEngine) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.view("home")
        bar, ask = await seen(shopper, "shipping"), await seen(shopper, "ask")
        assert "likes-shoes" not in str(of_rule(shopper, "ask")), "the page is not told what a click is worth"
        await shopper.event("popup_submit", fire=ask, fields={"step": "start", "choice": "1"})
        shoes = await seen(shopper, "shoes")
        await shopper.event("popup_close", fire=shoes)
        await shopper.settled()
        assert [each["fire"] for each in shopper.of("hide")] == []
        with engine.redis() as store:
            key = f"sb:{{{engine.site}:{shopper.visitor}}}"
            tags = store.hget(key + "v", "tags")
            firings = {name.decode(): orjson.loads(text) for name, text in store.hgetall(key + "f").items()}
        assert tags == b'["likes-shoes"]'
        assert firings["shoes"][0]["o"] == ask
        assert (firings["shipping"][0]["h"], firings["shipping"][0]["c"]) == (3, 0)
        await shopper.event("popup_close", fire=bar)
        await shopper.view("cart")
        await seen(shopper, "liked")


async def test_click_that_comes_again_after_a_crash_starts_one_popup(engine: ShopEngine) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.view("home")
        ask = await seen(shopper, "ask")
        await shopper.settled()
        click = {"type": "event", "seq": shopper.seq + 1, "name": "popup_submit"}
        click["data"] = {"fire": ask, "fields": {"step": "start", "choice": "1"}}
        shopper.seq += 1
        for _ in range(2):
            await shopper.say(click)
        await seen(shopper, "shoes")
        await shopper.settled()
        assert len({each["fire"] for each in of_rule(shopper, "shoes")}) == 1


async def test_click_on_a_popup_that_was_never_shown_does_nothing(engine: ShopEngine) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.view("home")
        await seen(shopper, "ask")
        await shopper.event("popup_submit", fire="f_" + "0" * 20, fields={"step": "start", "choice": "1"})
        await shopper.settled()
        with engine.redis() as store:
            assert store.hget(f"sb:{{{engine.site}:{shopper.visitor}}}v", "tags") is None
        assert of_rule(shopper, "shoes") == []
