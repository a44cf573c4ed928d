"""Visitors' state on a real server: what lives how long, and what the model does not have."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import hiredis
import orjson
import pytest
import redis

from engine.claims import HELD, Claim
from engine.core.counters import page_record
from engine.core.events import NOWHERE
from engine.core.firings import DAY_MS, UNSEEN_AFTER_MS
from engine.core.rules import Limit, Site
from engine.edge import visitor_state
from engine.edge.lane import LaneDown, RedisLane
from engine.edge.visitor_state import RedisVisitorState
from tests.edge.tabs import NOON, SITE, a_tab, an_event
from tests.edge.visitors import NAMES, PLAN, a_page, a_rule, a_view, observe, settle
from tests.waiting import eventually

SITE_POLICY = Site(popups_per_session=3, quiet_ms=30_000)


@pytest.fixture
async def lane(redis_url: str) -> AsyncIterator[RedisLane]:
    lane = RedisLane(redis_url)
    await lane.start()
    yield lane
    await lane.stop()


@pytest.fixture
async def state(lane: RedisLane) -> RedisVisitorState:
    state = RedisVisitorState(lane)
    await state.load_functions()
    return state


@pytest.fixture
def store(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


async def test_session_lives_for_its_time_after_the_last_event(
    state: RedisVisitorState, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor_state, "SESSION_ENDS_AFTER_MS", 200)
    tab = a_tab()
    assert (await observe(state, tab, a_view(1, a_page()), a_page()))[0] == 2
    assert 0 < store.pttl(tab.keys.session) <= 200
    await eventually(lambda: not store.exists(tab.keys.session))
    assert (await observe(state, tab, a_view(2, a_page()), a_page(), NOON + 300))[0] == 2
    assert store.hget(tab.keys.visitor, "sessions") == b"2"


async def test_duplicate_keeps_no_session_alive(state: RedisVisitorState, store: redis.Redis) -> None:
    tab = a_tab()
    await observe(state, tab, a_view(1, a_page()), a_page())
    store.pexpire(tab.keys.session, 60_000)
    await observe(state, tab, a_view(1, a_page()), a_page())
    assert store.pttl(tab.keys.session) <= 60_000


async def test_session_that_another_tab_began_is_told(state: RedisVisitorState, store: redis.Redis) -> None:
    one, other = a_tab("docaaa"), a_tab("docbbb")
    for tab in (one, other):
        tab.session = (await state.greet(tab, PLAN, NOWHERE, b"[]", NOON)).session
    assert one.session == other.session
    store.delete(one.keys.session)
    begun = await observe(state, one, a_view(1, a_page()), a_page(), NOON + 5)
    told = await observe(state, other, a_view(1, a_page()), a_page(), NOON + 9)
    assert (begun[0], told[0]) == (2, 1)
    assert begun[1] == told[1] != b""
    session, started = told[1].decode().split()
    assert session != other.session
    assert int(started) == NOON + 5
    other.session = session
    assert (await observe(state, other, a_view(2, a_page()), a_page(), NOON + 12))[1] == b""


async def test_sessions_are_named_as_tokens_name_them(state: RedisVisitorState) -> None:
    names = {(await state.greet(a_tab("docaaa", f"v{n}"), PLAN, NOWHERE, b"[]", NOON)).session for n in range(20)}
    assert len(names) == 20
    assert all(re.fullmatch("[a-z2-7]{26}", name) for name in names)


async def test_document_is_remembered_over_midnight(state: RedisVisitorState, store: redis.Redis) -> None:
    tab, page = a_tab(), a_page()
    midnight = NOON + DAY_MS // 2
    await observe(state, tab, a_view(1, page), page, midnight - 10)
    await observe(state, tab, an_event(2, "page_dwell", {"ms": 700}), page, midnight - 5)
    assert (await observe(state, tab, an_event(2, "page_dwell", {"ms": 700}), page, midnight + 1))[0] == 0
    applied, _, values = await observe(state, tab, an_event(3, "page_dwell", {"ms": 50}), page, midnight + 2)
    assert applied == 1
    assert orjson.loads(values)[NAMES.index("d")] == 750
    greeting = await state.greet(tab, PLAN, NOWHERE, b"[]", midnight + 3)
    assert (greeting.seq, greeting.record) == (3, page_record(1, page))


async def test_document_is_remembered_for_a_day_and_forgotten_after_two(state: RedisVisitorState) -> None:
    tab, page = a_tab(), a_page()
    await observe(state, tab, a_view(1, page), page, NOON)
    assert (await state.greet(tab, PLAN, NOWHERE, b"[]", NOON + DAY_MS - 1)).seq == 1
    other = a_tab("docbbb")
    await observe(state, other, a_view(1, page), page, NOON)
    assert (await state.greet(other, PLAN, NOWHERE, b"[]", NOON + 2 * DAY_MS)).seq == 0


async def test_everything_kept_of_a_visitor_expires(state: RedisVisitorState, store: redis.Redis) -> None:
    tab, page = a_tab(), a_page()
    await state.greet(tab, PLAN, NOWHERE, b"[]", NOON)
    await observe(state, tab, a_view(1, page), page)
    await state.claim(tab, SITE_POLICY, Claim(a_rule(), "f_1", b"{}", NOON))
    keys = list(store.scan_iter("*"))
    assert len(keys) == 5
    lives_s = {key: store.ttl(key) for key in keys}
    day_s = DAY_MS // 1000
    assert lives_s == {
        tab.keys.session: pytest.approx(1_800, abs=5),
        tab.keys.visitor: pytest.approx(400 * day_s, abs=5),
        tab.keys.firings: pytest.approx(400 * day_s, abs=5),
        tab.keys.outbox: pytest.approx(60, abs=5),
        tab.keys.documents(NOON)[0]: pytest.approx(2 * day_s, abs=5),
    }


async def test_all_keys_of_a_visitor_are_on_one_slot_of_a_cluster(state: RedisVisitorState, store: redis.Redis) -> None:
    tab, page = a_tab(), a_page()
    await observe(state, tab, a_view(1, page), page)
    await state.claim(tab, SITE_POLICY, Claim(a_rule(), "f_1", b"{}", NOON))
    assert {re.findall(r"{(.*?)}", key.decode())[0] for key in store.scan_iter("*")} == {f"{SITE}:v1"}


async def test_popup_waits_in_the_outbox_until_it_was_viewed(state: RedisVisitorState) -> None:
    tab = a_tab()
    assert await state.claim(tab, SITE_POLICY, Claim(a_rule(), "f_1", b'{"fire":"f_1"}', NOON)) == ("", 0)
    greeting = await state.greet(tab, PLAN, NOWHERE, b"[]", NOON + 1)
    assert greeting.outbox == [("docaaa", NOON, b'{"fire":"f_1"}')]
    assert [firing["f"] for firing in greeting.firings["r"]] == ["f_1"]
    assert await settle(state, tab, "f_1", "view") == "r"
    assert (await state.greet(tab, PLAN, NOWHERE, b"[]", NOON + 2)).outbox == []


async def test_held_out_visitor_has_nothing_in_the_outbox(state: RedisVisitorState) -> None:
    tab = a_tab()
    assert await state.claim(tab, SITE_POLICY, Claim(a_rule(), "f_1", b"", NOON, HELD)) == ("", 0)
    assert (await state.greet(tab, PLAN, NOWHERE, b"[]", NOON)).outbox == []
    assert await state.claim(tab, SITE_POLICY, Claim(a_rule(), "f_2", b"", NOON + 1, HELD)) == ("page_view", 0)


async def test_firing_that_nobody_viewed_in_a_minute_is_released(state: RedisVisitorState) -> None:
    tab = a_tab()
    assert await state.claim(tab, SITE_POLICY, Claim(a_rule(), "f_1", b"{}", NOON)) == ("", 0)
    just_before = NOON + UNSEEN_AFTER_MS - 1
    assert await state.claim(tab, SITE_POLICY, Claim(a_rule(), "f_2", b"{}", just_before)) == ("page_view", 0)
    assert await state.claim(tab, SITE_POLICY, Claim(a_rule(), "f_3", b"{}", just_before + 1)) == ("", 0)
    assert await settle(state, tab, "f_1", "unseen") == "r"
    assert await settle(state, tab, "f_3", "view") == "r"
    assert await settle(state, tab, "f_3", "unseen") == ""


async def test_viewed_firing_is_remembered_however_many_unseen_ones_follow(state: RedisVisitorState) -> None:
    tab, rule, site = a_tab(), a_rule(limit=Limit("visitor", 2)), Site(popups_per_session=99, quiet_ms=0)
    await state.claim(tab, site, Claim(rule, "f_seen", b"{}", NOON))
    await settle(state, tab, "f_seen", "close")
    now = NOON
    for n in range(10):
        now += UNSEEN_AFTER_MS
        tab.view += 1
        assert await state.claim(tab, site, Claim(rule, f"f_{n}", b"{}", now)) == ("", 0)
    await settle(state, tab, "f_9", "close")
    tab.view += 1
    assert await state.claim(tab, site, Claim(rule, "f_last", b"{}", now + UNSEEN_AFTER_MS)) == ("limit", 0)
    assert len((await state.greet(tab, PLAN, NOWHERE, b"[]", now)).firings["r"]) <= 2 + 4


async def test_of_a_hundred_claims_at_once_one_wins(state: RedisVisitorState) -> None:
    tabs = [a_tab(f"doc{n:03}") for n in range(100)]
    told = await asyncio.gather(
        *(state.claim(tab, SITE_POLICY, Claim(a_rule(), f"f_{n}", b"{}", NOON)) for n, tab in enumerate(tabs))
    )
    assert sorted(told).count(("", 0)) == 1
    assert sorted(told).count(("limit", 0)) == 99


async def test_peek_and_look_leave_no_trace(state: RedisVisitorState, store: redis.Redis) -> None:
    tab, page = a_tab(), a_page()
    assert await state.peek(tab, PLAN, page, NOON) is None
    assert set((await state.look(tab, PLAN, page, NOON)).values()) == {0}
    assert store.dbsize() == 0
    await observe(state, tab, a_view(1, page), page)
    where = await state.peek(tab, PLAN, page, NOON)
    assert where is not None
    assert where.seq == 1
    assert PLAN.counts(where.values) == await state.look(tab, PLAN, page, NOON)


async def test_origin_of_a_session_is_kept_until_another_begins(state: RedisVisitorState, store: redis.Redis) -> None:
    tab = a_tab()
    assert (await state.greet(tab, PLAN, NOWHERE, b'["a"]', NOON)).origin == b'["a"]'
    assert (await state.greet(tab, PLAN, NOWHERE, b'["b"]', NOON + 1)).origin == b'["a"]'
    store.delete(tab.keys.session)
    assert (await state.greet(tab, PLAN, NOWHERE, b'["b"]', NOON + 2)).origin == b'["b"]'
    tab.who = replace(tab.who, referrer="https://search.example/", landing="/cart")
    state.write_origin(tab)
    told = (await state.greet(tab, PLAN, NOWHERE, b"", NOON + 3)).origin
    assert orjson.loads(told) == ["https://search.example/", "", "", "", "/cart"]


async def test_functions_that_were_flushed_are_loaded_again_by_whatever_needs_them(
    state: RedisVisitorState, store: redis.Redis
) -> None:
    tab, page = a_tab(), a_page()
    store.function_flush("SYNC")
    assert (await observe(state, tab, a_view(1, page), page))[0] == 2
    store.function_flush("SYNC")
    assert (await state.greet(tab, PLAN, page, b"[]", NOON)).seq == 1
    store.function_flush("SYNC")
    assert await state.claim(tab, SITE_POLICY, Claim(a_rule(), "f_1", b"{}", NOON)) == ("", 0)
    store.function_flush("SYNC")
    assert await settle(state, tab, "f_1", "view") == "r"


async def test_functions_that_many_calls_miss_at_once_are_loaded_once(
    state: RedisVisitorState, store: redis.Redis
) -> None:
    store.function_flush("SYNC")
    store.config_resetstat()
    tabs, page = [a_tab(f"doc{n:03}") for n in range(20)], a_page()
    answers = await asyncio.gather(*(observe(state, tab, a_view(1, page), page) for tab in tabs))
    assert all(applied for applied, *_ in answers)
    assert store.info("commandstats")["cmdstat_function|load"]["calls"] == 1


async def test_refusal_of_the_server_is_told_as_out_of_reach(state: RedisVisitorState, store: redis.Redis) -> None:
    tab = a_tab()
    store.set(tab.keys.session, "no hash")
    with pytest.raises(LaneDown, match=r"redis refused shopbell_greet: .*WRONGTYPE"):
        await state.greet(tab, PLAN, NOWHERE, b"[]", NOON)
    assert isinstance(await observe(state, tab, a_view(1, a_page()), a_page()), hiredis.ReplyError)
