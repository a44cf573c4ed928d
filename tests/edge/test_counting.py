"""Since when windows count: written once, anew when more is needed, forgotten with the last rule."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
import redis

from engine.core.counted_since import Since
from engine.core.ruleset import RuleSet
from engine.edge.counting import Counting, read_since, store_filled
from engine.edge.keys import COUNTED
from engine.edge.lane import RedisLane
from tests.edge.tabs import NOON, rules_of

DAY = 86_400_000


def rules(*when: str) -> RuleSet:
    return rules_of(f"- rule: r\n  when: [{', '.join(when)}]\n  show: {{chat: {{text: Hello}}}}\n")


@pytest.fixture
async def lane(redis_url: str) -> AsyncIterator[RedisLane]:
    with redis.Redis.from_url(redis_url) as store:
        store.delete(COUNTED)
    lane = RedisLane(redis_url)
    await lane.start()
    yield lane
    await lane.stop()


async def test_what_counts_already_keeps_its_beginning(lane: RedisLane) -> None:
    one, other = Counting(lane), Counting(lane)
    await one.begin(rules("views(cart) in 7d > 2"), NOON)
    await other.begin(rules("views(cart) in 7d > 2", "count(login) ever > 1"), NOON + DAY)
    assert other.known == {
        "trail views:cart": Since(NOON, 3, 7 * DAY),
        "ever e:login": Since(NOON + DAY),
    }


async def test_more_than_was_kept_begins_anew(lane: RedisLane) -> None:
    counting = Counting(lane)
    await counting.begin(rules("views(cart) in 7d > 2"), NOON)
    await counting.begin(rules("views(cart) in 1d > 1"), NOON + 1)
    assert counting.known == {"trail views:cart": Since(NOON, 3, 7 * DAY)}
    await counting.begin(rules("views(cart) in 8d > 2"), NOON + 2)
    before = (Since(NOON, 3, 7 * DAY, until_ms=NOON + 2),)
    assert counting.known == {"trail views:cart": Since(NOON + 2, 3, 8 * DAY, before=before)}


async def test_what_no_rule_reads_any_more_ends_and_is_forgotten_later(lane: RedisLane, redis_url: str) -> None:
    counting = Counting(lane)
    await counting.begin(rules("views(cart) in 7d > 2", "count(login) ever > 1"), NOON)
    await counting.begin(rules("count(login) ever > 1"), NOON + 1)
    with redis.Redis.from_url(redis_url) as store:
        ended = Since(NOON, 3, 7 * DAY, until_ms=NOON + 1)
        login = {"ever e:login": Since(NOON)}
        assert read_since(store.hgetall(COUNTED)) == counting.known == {"trail views:cart": ended, **login}
        await Counting(lane).begin(rules("count(login) ever > 1"), NOON + 8 * DAY)
        assert read_since(store.hgetall(COUNTED)) == login
        await Counting(lane).begin(rules("page is cart"), NOON + 9 * DAY)
        assert read_since(store.hgetall(COUNTED)) == {"ever e:login": Since(NOON, until_ms=NOON + 9 * DAY)}


async def test_what_was_filled_counts_since_earlier_unless_it_has_begun_anew(lane: RedisLane, redis_url: str) -> None:
    counting = Counting(lane)
    await counting.begin(rules("views(cart) in 7d > 2", "count(login) ever > 1"), NOON)
    known = dict(counting.known)
    await counting.begin(rules("views(cart) in 7d > 9", "count(login) ever > 1"), NOON + 1)
    with redis.Redis.from_url(redis_url) as store:
        assert store_filled(store, known, NOON - DAY, NOON + 5) == ["ever e:login"]
    found = await Counting(lane).refreshed()
    assert found["ever e:login"] == Since(NOON - DAY, own_ms=NOON, filled_ms=NOON + 5)
    assert found["trail views:cart"].ms == NOON + 1


async def test_rules_that_reach_behind_their_beginning_are_logged(
    lane: RedisLane, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "shopbell.rules"):
        await Counting(lane).begin(rules("views(cart) in 7d > 2", "session.views > 1"), NOON)
    assert caplog.messages == ["r: views(cart) in 7d counts since 2024-10-04 12:00 UTC"]


async def test_without_redis_nothing_is_known(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    lane = RedisLane(redis_url)
    await lane.start()
    await lane.stop()
    counting = Counting(lane)
    await counting.begin(rules("views(cart) in 7d > 2"), NOON)
    assert counting.known == await counting.refreshed() == {}
    assert "since when windows count is not known" in caplog.text
