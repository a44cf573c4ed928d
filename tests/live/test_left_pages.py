"""Shoppers who leave a page just when it has become worth a popup: the popup waits for the page they go to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import redis

from engine.core.recorded import claims_of
from engine.core.replay import Replay
from engine.core.rulefile import read_rules
from engine.edge.archive_reading import Recordings
from engine.edge.keys import VisitorKeys
from tests.live.behind import counters_of
from tests.live.client import Frame, Shopper
from tests.live.engine_process import RULES, SITE, ShopEngine
from tests.live.other_ways import Writer, lines
from tests.waiting import eventually

PAGE_IS_LEFT, GOING_AWAY = 4000, 1001
"""What the snippet closes its connection with, and what a browser does that is not asked."""


@pytest.fixture
async def writer(engine: ShopEngine) -> AsyncIterator[Writer]:
    """What sends the last words of pages."""
    writer = Writer(engine)
    yield writer
    await writer.http.aclose()


async def last_words(writer: Writer, frames: list[Frame]) -> list[Frame]:
    """Send what a page has to say when it is left; return the answer."""
    answer = await writer.http.post("/v1/events", params={"site": writer.site, "last": ""}, content=lines(frames))
    assert answer.status_code == 200
    return [orjson.loads(line) for line in answer.content.splitlines()]


async def to_the_cart_twice(shopper: Shopper) -> None:
    for _ in range(2):
        await shopper.view("cart")
    await shopper.settled()


def shown(shopper: Shopper) -> list[str]:
    return [show["rule"] for show in shopper.of("show")]


def replayed(engine: ShopEngine, visitor: str, follow: bool) -> list[tuple[str, int]]:
    """Return where rules fire when what is recorded of a visitor is played again: as it came, or as it would have."""
    records = Recordings(engine.data / "archive", engine.redis_url).logged(engine.site)[visitor]
    rules = read_rules({"rules.yaml": RULES, "site.yaml": SITE})
    replay = Replay(visitor, rules, claims_of(records), follow)
    happened = [each for each in map(replay.take, records) if each is not None]
    return [(each.record.doc, each.record.seq) for each in happened for _ in each.fired]


async def wait_until_free(store: redis.Redis, engine: ShopEngine, visitor: str) -> None:
    """Wait until no firing of the visitor's stands for a page that was left."""
    keys = VisitorKeys(engine.site, visitor)

    def is_free() -> bool:
        by_rule: Any = store.hgetall(keys.firings)
        return all(each.get("u") or each["w"] for text in by_rule.values() for each in orjson.loads(text))

    await eventually(is_free)


async def test_last_words_of_a_page_count_and_spend_no_popup(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper, writer: Writer
) -> None:
    """Two tabs: the third view of the cart is in the one, the dwell that passes the threshold in the other, left."""
    await shopper.connect()
    await to_the_cart_twice(shopper)
    beside = shopper.another_tab()
    async with beside:
        await beside.view("cart")
        await beside.settled()
        await shopper.drop()
        await shopper.event("page_dwell", ms=12_000)
        answer = await last_words(writer, [shopper.hello(), *shopper.queue])
        assert [frame["type"] for frame in answer] == ["welcome", "ack"]
        assert counters_of(store, engine.site, shopper.visitor)["dwell:cart"] == 12_000
        await beside.event("page_dwell", ms=10_001)
        await beside.settled()
    assert shown(beside) == ["cart-sweetener"]


@pytest.mark.parametrize("code", [PAGE_IS_LEFT, GOING_AWAY])
async def test_popup_that_reached_a_page_too_late_comes_to_the_next_one(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper, code: int
) -> None:
    await shopper.connect()
    await to_the_cart_twice(shopper)
    await shopper.view("cart")
    await shopper.event("page_dwell", ms=10_001)
    await shopper.settled()
    assert shown(shopper) == ["cart-sweetener"]
    await shopper.leave(code)
    await wait_until_free(store, engine, shopper.visitor)
    async with shopper.next_document() as after:
        await after.view("cart")
        await after.event("page_dwell", ms=10_001)
        await after.settled()
        assert shown(after) == ["cart-sweetener"]


async def test_page_that_only_lost_its_connection_gets_its_popup_again(engine: ShopEngine, shopper: Shopper) -> None:
    await shopper.connect()
    await to_the_cart_twice(shopper)
    await shopper.view("cart")
    await shopper.event("page_dwell", ms=10_001)
    await shopper.settled()
    await shopper.leave()
    await shopper.connect()
    await eventually(lambda: len(shopper.of("show")) == 2)
    assert len({show["fire"] for show in shopper.of("show")}) == 1
    await shopper.leave(PAGE_IS_LEFT)


async def test_other_tab_has_the_popup_as_soon_as_the_page_that_had_it_is_left_and_the_replay_says_so(
    engine: ShopEngine, shopper: Shopper, writer: Writer
) -> None:
    await shopper.connect()
    await to_the_cart_twice(shopper)
    beside = shopper.another_tab()
    async with beside:
        for tab in (shopper, beside):
            await tab.view("cart")
            await tab.event("page_dwell", ms=10_001)
            await tab.settled()
        assert (shown(shopper), shown(beside)) == (["cart-sweetener"], [])
        await shopper.leave(PAGE_IS_LEFT)
        await shopper.event("page_dwell", ms=1)
        await last_words(writer, [shopper.hello(), *shopper.queue])
        await eventually(lambda: beside.armed == {"wake": [1]})
        wake = await beside.event("wake")
        await beside.settled()
        assert shown(beside) == ["cart-sweetener"]
    fired = [(shopper.doc, 4), (beside.doc, wake)]
    assert [replayed(engine, shopper.visitor, follow) for follow in (True, False)] == [fired, fired]
