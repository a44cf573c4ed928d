"""Since when windows count: written once, anew when more is needed, forgotten with the last rule."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
import redis

from engine.core.counted_since import Since
from engine.core.ruleset import RuleSet
from engine.edge.counting import Counting, read_since, store_filled, stored_since
from engine.edge.keys import COUNTED, counted_key
from engine.edge.lane import RedisLane
from engine.edge.rules_in_force import COMMON, RulesInForce
from tests.edge.tabs import NOON, rules_of

DAY = 86_400_000


def rules(*when: str) -> RuleSet:
    return rules_of(f"- rule: r\n  when: [{', '.join(when)}]\n  show: {{chat: {{text: Hello}}}}\n")


@pytest.fixture
async def lane(redis_url: str) -> AsyncIterator[RedisLane]:
    with redis.Redis.from_url(redis_url) as store:
        store.delete(COUNTED, counted_key("pk_tea"), counted_key("pk_mugs"))
    lane = RedisLane(redis_url)
    await lane.start()
    yield lane
    await lane.stop()


def counting_of(lane: RedisLane, *sites: str) -> Counting:
    return Counting(lane, RulesInForce(), lambda: sites)


async def begin(counting: Counting, rules: RuleSet | None, now_ms: int, site: str = COMMON) -> None:
    counting._in_force.use(site, rules)
    await counting.begin(site, now_ms)


async def test_what_counts_already_keeps_its_beginning(lane: RedisLane) -> None:
    one, other = counting_of(lane), counting_of(lane)
    await begin(one, rules("views(cart) in 7d > 2"), NOON)
    await begin(other, rules("views(cart) in 7d > 2", "count(login) ever > 1"), NOON + DAY)
    assert await other.refreshed() == {
        "trail views:cart": Since(NOON, 3, 7 * DAY),
        "ever e:login": Since(NOON + DAY),
    }


async def test_more_than_was_kept_begins_anew(lane: RedisLane) -> None:
    counting = counting_of(lane)
    await begin(counting, rules("views(cart) in 7d > 2"), NOON)
    await begin(counting, rules("views(cart) in 1d > 1"), NOON + 1)
    assert await counting.refreshed() == {"trail views:cart": Since(NOON, 3, 7 * DAY)}
    await begin(counting, rules("views(cart) in 8d > 2"), NOON + 2)
    before = (Since(NOON, 3, 7 * DAY, until_ms=NOON + 2),)
    assert await counting.refreshed() == {"trail views:cart": Since(NOON + 2, 3, 8 * DAY, before=before)}


async def test_what_no_rule_reads_any_more_ends_and_is_forgotten_later(lane: RedisLane, redis_url: str) -> None:
    counting = counting_of(lane)
    await begin(counting, rules("views(cart) in 7d > 2", "count(login) ever > 1"), NOON)
    await begin(counting, rules("count(login) ever > 1"), NOON + 1)
    with redis.Redis.from_url(redis_url) as store:
        ended = Since(NOON, 3, 7 * DAY, until_ms=NOON + 1)
        login = {"ever e:login": Since(NOON)}
        assert read_since(store.hgetall(COUNTED)) == await counting.refreshed() == {"trail views:cart": ended, **login}
        await begin(counting_of(lane), rules("count(login) ever > 1"), NOON + 8 * DAY)
        assert read_since(store.hgetall(COUNTED)) == login
        await begin(counting_of(lane), rules("page is cart"), NOON + 9 * DAY)
        assert read_since(store.hgetall(COUNTED)) == {"ever e:login": Since(NOON, until_ms=NOON + 9 * DAY)}


async def test_what_was_filled_counts_since_earlier_unless_it_has_begun_anew(lane: RedisLane, redis_url: str) -> None:
    counting = counting_of(lane)
    await begin(counting, rules("views(cart) in 7d > 2", "count(login) ever > 1"), NOON)
    known = await counting.refreshed()
    await begin(counting, rules("views(cart) in 7d > 9", "count(login) ever > 1"), NOON + 1)
    with redis.Redis.from_url(redis_url) as store:
        assert store_filled(store, known, NOON - DAY, NOON + 5) == ["ever e:login"]
    found = await counting_of(lane).refreshed()
    assert found["ever e:login"] == Since(NOON - DAY, own_ms=NOON, filled_ms=NOON + 5)
    assert found["trail views:cart"].ms == NOON + 1


async def test_rules_that_reach_behind_their_beginning_are_one_line_of_the_log(
    lane: RedisLane, caplog: pytest.LogCaptureFixture
) -> None:
    one = "- rule: {}\n  when: [{}]\n  show: {{chat: {{text: Hello}}}}\n"
    back, further = (
        one.format("b", "views(cart) in 7d > 2, count(login) ever > 1"),
        one.format("f", "views(cart) ever > 2"),
    )
    with caplog.at_level(logging.INFO, "shopbell.rules"):
        await begin(counting_of(lane), rules_of(back), NOON)
        await begin(counting_of(lane), rules_of(back + further + one.format("n", "session.views > 1")), NOON)
        await begin(counting_of(lane), rules("session.views > 1"), NOON)
    assert caplog.messages == [
        "1 rule looks back further than is counted yet: shopbell rules check says since when",
        "2 rules look back further than is counted yet: shopbell rules check says since when",
    ]


async def test_what_each_rule_lacks_is_logged_for_who_looks_for_it(
    lane: RedisLane, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "shopbell.rules"):
        await begin(counting_of(lane), rules("views(cart) in 7d > 2", "session.views > 1"), NOON)
    assert caplog.messages[0] == "r: views(cart) in 7d counts since 2024-10-04 12:00 UTC"
    assert [each.levelname for each in caplog.records] == ["DEBUG", "INFO"]


async def test_without_redis_nothing_is_known(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    lane = RedisLane(redis_url)
    await lane.start()
    await lane.stop()
    counting = counting_of(lane)
    await begin(counting, rules("views(cart) in 7d > 2"), NOON)
    assert await counting.refreshed() == {}
    assert "since when windows count is not known" in caplog.text


async def test_site_that_gets_rules_of_its_own_counts_since_when_it_did(lane: RedisLane, redis_url: str) -> None:
    counting = counting_of(lane, "pk_tea", "pk_mugs")
    await begin(counting, rules("count(login) ever > 1"), NOON)
    await begin(counting, rules("count(login) ever > 1", "count(search) ever > 1"), NOON + 1, "pk_mugs")
    assert await counting.refreshed("pk_tea") == {"ever e:login": Since(NOON)}
    assert await counting.refreshed("pk_mugs") == {"ever e:login": Since(NOON), "ever e:search": Since(NOON + 1)}
    await begin(counting, rules("page is cart"), NOON + 2)
    assert await counting.refreshed("pk_tea") == {"ever e:login": Since(NOON, until_ms=NOON + 2)}
    assert (await counting.refreshed("pk_mugs"))["ever e:login"] == Since(NOON)
    assert stored_since(redis_url, "pk_mugs") == await counting.refreshed("pk_mugs")
    assert stored_since(redis_url, "pk_tea") == stored_since(redis_url) == await counting.refreshed()


async def test_site_that_goes_by_the_rules_for_all_again_counts_since_then(lane: RedisLane) -> None:
    counting = counting_of(lane, "pk_tea", "pk_mugs")
    await begin(counting, rules("count(login) ever > 1"), NOON)
    await begin(counting, rules("page is cart"), NOON + 1, "pk_mugs")
    await begin(counting, None, NOON + 2, "pk_mugs")
    ended = Since(NOON, until_ms=NOON + 1)
    assert await counting.refreshed("pk_mugs") == {"ever e:login": Since(NOON + 2, before=(ended,))}
    assert await counting.refreshed("pk_tea") == {"ever e:login": Since(NOON)}
    await begin(counting, rules("count(search) ever > 1"), NOON + 3)
    assert (await counting.refreshed("pk_mugs"))["ever e:search"] == Since(NOON + 3)


async def test_site_whose_own_rules_look_back_at_nothing_is_apart_all_the_same(lane: RedisLane) -> None:
    counting = counting_of(lane, "pk_mugs")
    await begin(counting, rules("page is cart"), NOON, "pk_mugs")
    await begin(counting, rules("count(login) ever > 1"), NOON + 1)
    assert await counting.refreshed("pk_mugs") == {}
