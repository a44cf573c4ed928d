"""What is kept of the past in Redis is what the model says, at every edge of every window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.conditions import comparisons
from engine.core.events import Event, Page
from engine.core.ruleset import RuleSet
from engine.core.store_model import SESSION_ENDS_AFTER_MS, VisitorModel
from engine.core.view import View
from engine.edge.lane import RedisLane
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Tab
from tests.edge.tabs import NOON, a_step, a_tab, an_event, rules_of
from tests.edge.visitors import a_page, a_view
from tests.waiting import PATIENCE_S

W = 60_000
RULES = rules_of("""
- rule: everything
  when:
    - views(cart) in 1m > 2
    - views(cart) in 10s > 1
    - views(cart) ever > 2
    - page.views in 1m = 2
    - product.views in 1m > 1
    - product.views ever > 1
    - product.dwell in 1m > 9s
    - category.views in 1m > 1
    - dwell(cart) in 1m > 9s
    - dwell(cart) in 10s < 4s
    - dwell(cart) ever > 9s
    - count(login) in 1m = 0
    - count(purchase where value > 50) in 1m in [1, 3]
    - count(purchase where value > 50) ever > 0
    - count(login where plan is gold) > 1
    - since(login) > 5s
    - since(login where plan is gold) > 5s
    - sequence: [login, purchase]
      within: 10s
    - sequence: [page home, login, login, page cart]
    - sequence: [login, login where plan is gold]
      within: 1s
  show: {chat: {text: Hello}}
""")
PLAN = RULES.plan_of_all()
READINGS = [each.reading for each in comparisons(RULES.rules[0].rule.when)]


def values(rules: RuleSet, counts: dict[int, Any], tab: Tab, now_ms: int) -> list[Any]:
    """Return what each fact of the rule is."""
    view = View(counts, tab.page, now_ms=now_ms)
    return [rules.value(each, view) for each in READINGS]


async def observe(state: RedisVisitorState, tab: Tab, event: Event, page: Page, now_ms: int) -> list[Any]:
    tab.page = page
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    ops = RULES.tracking.changes(event, page)
    state.observe(a_step(tab, event, PLAN), ops, now_ms, lambda _, reply: answer.set_result(reply))
    reply: list[Any] = await asyncio.wait_for(answer, PATIENCE_S)
    return reply


PAGES = [
    a_page(),
    a_page("home"),
    a_page("product", "mug", "tea"),
    a_page("product", "cup"),
    a_page("category", "", "tea"),
]
EVENTS = st.one_of(
    st.just(("page_view", {})),
    st.builds(lambda ms: ("page_dwell", {"ms": ms}), st.sampled_from([0, 1, 2_000, 4_000, 9_000, 9_001])),
    st.sampled_from([("login", {}), ("login", {"plan": "Gold"})]),
    st.builds(
        lambda id_, value: ("purchase", {"transaction_id": id_, "value": value, "currency": "TWD"}),
        st.sampled_from(["A1", "A2", ""]),
        st.sampled_from([50, 51]),
    ),
)
WAITS = st.sampled_from([0, 1, 999, 1_000, 1_001, 5_000, 9_999, 10_000, W - 1, W, SESSION_ENDS_AFTER_MS + 1])
DEEDS = st.lists(st.tuples(WAITS, EVENTS, st.sampled_from(PAGES), st.booleans()), min_size=5, max_size=40)


@settings(max_examples=80)
@given(deeds=DEEDS)
def test_past_in_redis_and_in_the_model_agree(redis_url: str, deeds: list[tuple[Any, ...]]) -> None:
    with redis.Redis.from_url(redis_url) as store:
        store.flushall()
        asyncio.run(do_to_both(redis_url, store, deeds))


async def do_to_both(redis_url: str, store: redis.Redis, deeds: list[tuple[Any, ...]]) -> None:
    lane = RedisLane(redis_url)
    await lane.start()
    state, model, tab = RedisVisitorState(lane), VisitorModel(), a_tab(rules=RULES)
    await state.load_functions()
    now = NOON
    try:
        for seq, (wait, (name, data), page, again) in enumerate(deeds, 1):
            now += wait
            if wait > SESSION_ENDS_AFTER_MS:
                store.delete(tab.keys.session)
            event = a_view(seq, page) if name == "page_view" else an_event(seq, name, data)
            reply = await observe(state, tab, event, page, now)
            if again:
                reply = await observe(state, tab, event, page, now)
            model.observe(tab.doc, seq, RULES.tracking.changes(event, page), now)
            told = PLAN.counts(model.look(tab.doc, PLAN.words(page), now))
            assert PLAN.counts(reply[2]) == told
            assert values(RULES, PLAN.counts(reply[2]), tab, now) == values(RULES, told, tab, now)
    finally:
        await lane.stop()


@pytest.fixture
async def state(redis_url: str) -> AsyncIterator[RedisVisitorState]:
    lane = RedisLane(redis_url)
    await lane.start()
    state = RedisVisitorState(lane)
    await state.load_functions()
    yield state
    await lane.stop()


@pytest.fixture
def store(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


async def test_site_whose_rules_look_back_through_no_window_keeps_no_trail(
    state: RedisVisitorState, store: redis.Redis
) -> None:
    rules = rules_of("- rule: r\n  when: [views(cart) > 2, count(login) ever > 1]\n  show: {chat: {text: Hello}}\n")
    tab = a_tab(rules=rules)
    tab.page = a_page()
    event = a_view(1, tab.page)
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    ops = rules.tracking.changes(event, tab.page)
    step = a_step(tab, event, rules.page_plan("cart"))
    state.observe(step, ops, NOON, lambda _, reply: answer.set_result(reply))
    assert (await answer)[0] == 2
    assert not store.exists(tab.keys.trails)


async def test_trails_live_as_long_as_the_longest_window(state: RedisVisitorState, store: redis.Redis) -> None:
    tab = a_tab(rules=RULES)
    await observe(state, tab, a_view(1, a_page()), a_page(), NOON)
    assert W - 5_000 < store.pttl(tab.keys.trails) <= W
    assert store.hget(tab.keys.trails, "views:cart") == str(NOON).encode()


async def test_trails_that_have_left_every_window_are_swept_out(state: RedisVisitorState, store: redis.Redis) -> None:
    tab = a_tab(rules=RULES)
    for n in range(40):
        page = a_page("product", f"p{n}")
        await observe(state, tab, a_view(n + 1, page), page, NOON)
    before = store.hlen(tab.keys.trails)
    for n in range(40, 90):
        page = a_page("product", f"p{n}")
        await observe(state, tab, a_view(n + 1, page), page, NOON + W)
    assert before == 80
    assert store.hlen(tab.keys.trails) <= 100 + 64
    assert not store.hexists(tab.keys.trails, "i:p0")
    assert store.hexists(tab.keys.trails, "i:p89")


async def test_outsiders_see_trails_as_well(state: RedisVisitorState) -> None:
    tab, page = a_tab(rules=RULES), a_page("product", "mug", "tea")
    reply = await observe(state, tab, a_view(1, page), page, NOON)
    assert await state.look(tab, PLAN, page, NOON) == PLAN.counts(reply[2])
    where = await state.peek(tab, PLAN, page, NOON)
    assert where is not None
    assert orjson.loads(where.values) == orjson.loads(reply[2])
    greeting = await state.greet(tab, PLAN, page, b"[]", NOON)
    assert greeting.values == reply[2]


async def test_part_is_dropped_only_where_newer_ones_are_more_than_any_rule_compares_with(
    state: RedisVisitorState, store: redis.Redis
) -> None:
    tab = a_tab(rules=RULES)
    for seq, ms in enumerate((2_000, 9_000, 9_001), 1):
        await observe(state, tab, an_event(seq, "page_dwell", {"ms": ms}), a_page(), NOON + seq)
        kept = store.hget(tab.keys.trails, "dwell:cart")
        assert isinstance(kept, bytes)
        assert orjson.loads(b"[%b]" % kept)[1::2] == {1: [2_000], 2: [2_000, 9_000], 3: [9_001]}[seq]
