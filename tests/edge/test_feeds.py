"""Feeds of products: copies that are renewed behind the shopper's back; what popups need is at hand."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from engine.core.rules import Feed
from engine.core.tokens import Secret, read_reference
from engine.edge.feeds import AGAIN_AFTER_MS, Feeds
from engine.edge.fetch import NotFetched
from engine.edge.supplies import Supplies
from engine.tab import Tab
from tests.edge.tabs import rules_of

FEED = Feed("https://shop.example/new.json", every_ms=60_000)


class Shop:
    """Serves a feed, and counts how often it was asked."""

    def __init__(self) -> None:
        self.names = ["Mug"]
        self.asked = 0
        self.now = 0
        self.failure: Exception | None = None
        self.body = b""
        self.feeds = Feeds(self.fetch, lambda: self.now)

    async def fetch(self, url: str) -> bytes:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return self.body or orjson.dumps([{"id": name, "name": name, "url": "/"} for name in self.names])

    async def shows(self) -> list[str]:
        """Return the names at hand, then let what is under way come."""
        found = [each.name for each in self.feeds.products(FEED)]
        for _ in range(5):
            await asyncio.sleep(0)
        return found


@pytest.fixture
async def shop() -> Shop:
    return Shop()


async def test_feed_is_read_when_its_rules_come_into_force(shop: Shop) -> None:
    shop.feeds.use([FEED])
    await shop.shows()
    assert (await shop.shows(), shop.asked) == (["Mug"], 1)


async def test_old_copy_serves_until_the_new_one_is_there(shop: Shop) -> None:
    assert await shop.shows() == []
    shop.names, shop.now = ["Towel"], 60_000
    assert await shop.shows() == ["Mug"]
    assert await shop.shows() == ["Towel"]
    assert shop.asked == 2


async def test_feed_that_fails_leaves_the_copy_and_is_asked_again_later(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    await shop.shows()
    shop.failure, shop.now = NotFetched("shop.example answered 500, expected 200"), 60_000
    assert [await shop.shows(), await shop.shows(), shop.asked] == [["Mug"], ["Mug"], 2]
    assert "the copy of before stays: shop.example answered 500" in caplog.text
    shop.failure, shop.now = None, 60_000 + AGAIN_AFTER_MS
    await shop.shows()
    assert shop.asked == 3


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<html>", "it is no JSON"),
        (b'{"error": "busy"}', "it is no list of products, and has none under 'products' or 'items'"),
        (b'[{"sku": "a"}, {"id": "b", "name": "B"}]', "none of its 2 entries has an 'id', a 'name' and a 'url'"),
    ],
)
async def test_feed_that_holds_no_products_leaves_the_copy_and_is_told(
    shop: Shop, caplog: pytest.LogCaptureFixture, body: bytes, sentence: str
) -> None:
    await shop.shows()
    shop.body, shop.now = body, 60_000
    assert [await shop.shows(), await shop.shows()] == [["Mug"], ["Mug"]]
    assert f"the copy of before stays: {sentence}" in caplog.text


async def test_feed_that_is_empty_empties_the_copy(shop: Shop) -> None:
    await shop.shows()
    shop.body, shop.now = b'{"items": []}', 60_000
    assert [await shop.shows(), await shop.shows()] == [["Mug"], []]


async def test_feed_that_is_gone_is_forgotten(shop: Shop) -> None:
    await shop.shows()
    shop.feeds.use([])
    assert await shop.shows() == []


async def test_reading_ends_with_the_engine(shop: Shop) -> None:
    shop.feeds.products(FEED)
    await shop.feeds.stop()
    assert shop.asked == 0


RULES = """
- rule: new
  when: [page is home]
  show: {products: {title: a, from: new}}
- rule: recent
  when: [page is home]
  show: {products: {title: a, from: recently_viewed}}
- rule: reach
  when: [page is home]
  show: {subscribe: {title: a, channels: [line]}}
"""
SITE = "{feeds: {new: {url: 'https://shop.example/new.json', every: 1m}}, channels: {line: '@shop'}}"


async def test_popup_gets_what_it_needs_and_nothing_else(shop: Shop) -> None:
    await shop.shows()
    rules, secret = rules_of(RULES, SITE), Secret("k1", b"x" * 32)
    tab = Tab("pk_shop", "a" * 26, "docaaa", None, rules)
    supplies = Supplies(shop.feeds.products, [secret])
    new, recent, reach = [supplies.given_to(tab, show) for each in rules.rules for show in each.rule.shows]
    assert ([each.name for each in new.products], new.reference) == (["Mug"], "")
    assert (recent.products, recent.reference) == ((), "")
    assert read_reference([secret], "pk_shop", reach.reference) == "a" * 26
    assert read_reference([secret], "pk_other", reach.reference) is None


async def test_feed_that_rules_in_force_do_not_know_has_no_products(shop: Shop) -> None:
    (show,) = rules_of(RULES, SITE).rules[0].rule.shows
    tab = Tab("pk_shop", "a" * 26, "docaaa", None, rules_of("", ""))
    assert Supplies(shop.feeds.products, [Secret("k1", b"x" * 32)]).given_to(tab, show).products == ()
