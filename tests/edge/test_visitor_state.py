"""The functions in Redis do what the model of the store says, for any order of things."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import hiredis
import orjson
import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.core.counters import deltas, page_record
from engine.core.events import NOWHERE, Event, Page
from engine.core.firings import DAY_MS, UNSEEN_AFTER_MS
from engine.core.rules import Limit, Rule, Site
from engine.core.store_model import SESSION_ENDS_AFTER_MS, VisitorModel
from engine.core.store_model import Claim as ModelClaim
from engine.edge import visitor_state
from engine.edge.lane import LaneDown, RedisLane
from engine.edge.visitor_state import RedisVisitorState
from engine.firing import Claim
from engine.tab import Tab
from tests.edge.tabs import NOON, SITE, a_step, a_tab, an_event, rules_of
from tests.waiting import eventually

RULES = rules_of("""
- rule: everything
  when:
    - page.dwell > 1s
    - page.scroll > 50%
    - page.views > 1
    - views(cart) > 1
    - dwell(cart) > 1s
    - product.views > 1
    - product.dwell > 1s
    - category.views > 1
    - cart.value > 100
    - session.products > 1
    - session.views > 3
    - count(login) > 0
    - count(purchase) > 0
  show: {chat: {text: Hello}}
""")
PLAN = RULES.plan_of_all()
NAMES = (*PLAN.document, *PLAN.session_names(NOWHERE))


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


async def observe(state: RedisVisitorState, tab: Tab, event: Event, page: Page, now_ms: int = NOON) -> Any:
    """Count an event and return the reply; the tab's page is ``page`` then."""
    tab.page = page
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    state.observe(a_step(tab, event, PLAN), deltas(event, page), now_ms, lambda _, reply: answer.set_result(reply))
    return await asyncio.wait_for(answer, 5)


async def settle(state: RedisVisitorState, tab: Tab, fire: str, outcome: str) -> str:
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    state.settle(tab, fire, outcome, answer.set_result)
    reply: bytes = await asyncio.wait_for(answer, 5)
    return reply.decode()


def a_page(kind: str = "cart", product: str = "", category: str = "") -> Page:
    shown = an_event(
        1, "page_view", {"url": f"/{kind}{product}", "kind": kind, "category": category or None,
                         "product": {"id": product} if product else None}
    ).shown  # fmt: skip
    assert shown is not None
    return shown


def a_rule(name: str = "r", limit: Limit | None = None) -> Rule:
    return Rule(name, RULES.rules[0].rule.when, RULES.rules[0].rule.show, limit=limit or Limit())


def a_view(seq: int, page: Page) -> Event:
    product = {"id": page.product.id} if page.product else None
    return an_event(
        seq, "page_view", {"url": page.url, "kind": page.kind, "product": product, "category": page.category}
    )


# against the model


@dataclass
class Both:
    """One visitor with two tabs, in Redis and in the model; every deed is done to both and must come to the same."""

    state: RedisVisitorState
    store: redis.Redis
    now: int = NOON + 11 * 3_600_000
    model: VisitorModel = field(default_factory=VisitorModel)
    tabs: list[Tab] = field(default_factory=lambda: [a_tab("docaaa"), a_tab("docbbb")])
    ends: int = 0
    fires: list[tuple[str, int, int]] = field(default_factory=list)

    async def observe(self, which: int, seq: int, name: str, data: dict[str, Any], page: Page) -> None:
        tab = self.tabs[which]
        event = a_view(seq, page) if name == "page_view" else an_event(seq, name, data)
        reply = await observe(self.state, tab, event, page, self.now)
        applied, begun = self.model.observe(tab.doc, seq, deltas(event, page), self.now)
        values = self.model.look(tab.doc, PLAN.document, PLAN.session_names(page), self.now)
        assert reply[0] == applied + begun
        assert PLAN.counts(reply[2]) == PLAN.counts(values)
        if applied:
            self.ends = self.now + SESSION_ENDS_AFTER_MS
            self.enter_session(tab, reply[1].decode())

    def enter_session(self, tab: Tab, told: str) -> None:
        session = told.split()[0] if told else tab.session
        tab.session = session
        assert self.store.hget(tab.keys.session, "id") == session.encode()
        assert self.store.hget(tab.keys.session, "t0") == str(self.model.session_started_ms).encode()

    async def greet(self, which: int) -> None:
        tab = self.tabs[which]
        greeting = await self.state.greet(tab, PLAN, NOWHERE, b"[]", self.now)
        begun = self.model.greet(self.now)
        self.ends = self.now + SESSION_ENDS_AFTER_MS if begun else self.ends
        tab.session = greeting.session
        assert greeting.resumed is not begun
        assert (greeting.sessions, greeting.session_started_ms) == (self.model.sessions, self.model.session_started_ms)
        values = self.model.look(tab.doc, PLAN.document, PLAN.session_names(NOWHERE), self.now)
        assert PLAN.counts(greeting.values) == PLAN.counts(values)

    async def claim(self, which: int, rule: Rule, view: int, site: Site, held_out: bool) -> None:
        tab = self.tabs[which]
        tab.view = view
        fire = f"f_{len(self.fires)}"
        frame = b"" if held_out else b"{}"
        told = await self.state.claim(tab, site, Claim(rule, fire, frame, self.now))
        expected = self.model.claim(
            ModelClaim(fire, rule, site, tab.session, tab.doc, view, held_out), self.now
        )  # fmt: skip
        assert told == expected
        if told[0] == "":
            self.fires.append((fire, which, self.now))

    async def settle(self, n: int, outcome: str) -> None:
        young = [each for each in self.fires if self.now - each[2] < UNSEEN_AFTER_MS]
        fire, which, _ = young[n % len(young)] if young else ("f_unknown", 0, 0)
        assert await settle(self.state, self.tabs[which], fire, outcome) == self.model.settle(fire, outcome)

    async def wait(self, ms: int) -> None:
        self.now += ms
        if self.now > self.ends:
            self.store.delete(self.tabs[0].keys.session)

    def check(self) -> None:
        visitor: dict[bytes, bytes] = self.store.hgetall(self.tabs[0].keys.visitor)  # type: ignore[assignment]
        assert int(visitor.get(b"sessions", 0)) == self.model.sessions
        assert int(visitor.get(b"orders", 0)) == self.model.orders
        assert float(visitor.get(b"spent", 0)) == pytest.approx(self.model.spent)


WHICH = st.integers(0, 1)
PAGES = [
    a_page(),
    a_page("home"),
    a_page("product", "mug", "tea"),
    a_page("product", "cup"),
    a_page("category", "", "tea"),
]
EVENTS = st.one_of(
    st.just(("page_view", {})),
    st.builds(lambda ms: ("page_dwell", {"ms": ms}), st.integers(0, 5_000)),
    st.builds(lambda percent: ("scroll", {"percent": percent}), st.integers(0, 100)),
    st.builds(lambda value: ("cart", {"value": value}), st.sampled_from([0, 12.5, 620])),
    st.builds(
        lambda id_, value: ("purchase", {"transaction_id": id_, "value": value, "currency": "TWD"}),
        st.sampled_from(["A1", "A2", ""]),
        st.sampled_from([99, 0.5]),
    ),
    st.sampled_from([("login", {}), ("search", {})]),
)
SITES = [Site(popups_per_session=3, quiet_ms=30_000), Site(popups_per_session=2, quiet_ms=0)]
LIMITS = [Limit(), Limit("session", 2), Limit("visitor", 1), Limit("visitor", 2), Limit("days", 1, 1)]
RULES_TO_CLAIM = [a_rule(f"r{n}", limit) for n, limit in enumerate(LIMITS)]
WAITS = [1, 5_000, 29_999, 30_000, UNSEEN_AFTER_MS - 1, UNSEEN_AFTER_MS, 20 * 60_000, SESSION_ENDS_AFTER_MS + 1]

DEEDS = st.one_of(
    st.tuples(st.just("observe"), WHICH, st.integers(1, 12), EVENTS, st.sampled_from(PAGES)),
    st.tuples(st.just("greet"), WHICH),
    st.tuples(
        st.just("claim"), WHICH, st.sampled_from(RULES_TO_CLAIM), st.integers(1, 3), st.sampled_from(SITES),
        st.sampled_from([False, False, False, True]),
    ),
    st.tuples(st.just("settle"), st.integers(0, 5), st.sampled_from(["view", "close"])),
    st.tuples(st.just("wait"), st.sampled_from(WAITS)),
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=5, max_size=40))
def test_functions_and_model_agree(redis_url: str, deeds: list[tuple[Any, ...]]) -> None:
    with redis.Redis.from_url(redis_url) as store:
        store.flushall()
        asyncio.run(do_to_both(redis_url, store, deeds))


async def do_to_both(redis_url: str, store: redis.Redis, deeds: list[tuple[Any, ...]]) -> None:
    lane = RedisLane(redis_url)
    await lane.start()
    state = RedisVisitorState(lane)
    await state.load_functions()
    both = Both(state, store)
    try:
        await both.greet(0)
        await both.greet(1)
        for name, *words in deeds:
            if name == "observe":
                which, seq, (event, data), page = words
                await both.observe(which, seq, event, data, page)
            else:
                await getattr(both, name)(*words)
        both.check()
    finally:
        await lane.stop()


# what the model does not have


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
    await state.claim(tab, SITES[0], Claim(a_rule(), "f_1", b"{}", NOON))
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
    await state.claim(tab, SITES[0], Claim(a_rule(), "f_1", b"{}", NOON))
    assert {re.findall(r"{(.*?)}", key.decode())[0] for key in store.scan_iter("*")} == {f"{SITE}:v1"}


async def test_popup_waits_in_the_outbox_until_it_was_viewed(state: RedisVisitorState) -> None:
    tab = a_tab()
    assert await state.claim(tab, SITES[0], Claim(a_rule(), "f_1", b'{"fire":"f_1"}', NOON)) == ("", 0)
    greeting = await state.greet(tab, PLAN, NOWHERE, b"[]", NOON + 1)
    assert greeting.outbox == [("docaaa", NOON, b'{"fire":"f_1"}')]
    assert [firing["f"] for firing in greeting.firings["r"]] == ["f_1"]
    assert await settle(state, tab, "f_1", "view") == "r"
    assert (await state.greet(tab, PLAN, NOWHERE, b"[]", NOON + 2)).outbox == []


async def test_held_out_visitor_has_nothing_in_the_outbox(state: RedisVisitorState) -> None:
    tab = a_tab()
    assert await state.claim(tab, SITES[0], Claim(a_rule(), "f_1", b"", NOON)) == ("", 0)
    assert (await state.greet(tab, PLAN, NOWHERE, b"[]", NOON)).outbox == []
    assert await state.claim(tab, SITES[0], Claim(a_rule(), "f_2", b"", NOON + 1)) == ("page_view", 0)


async def test_firing_that_nobody_viewed_in_a_minute_is_released(state: RedisVisitorState) -> None:
    tab = a_tab()
    assert await state.claim(tab, SITES[0], Claim(a_rule(), "f_1", b"{}", NOON)) == ("", 0)
    just_before = NOON + UNSEEN_AFTER_MS - 1
    assert await state.claim(tab, SITES[0], Claim(a_rule(), "f_2", b"{}", just_before)) == ("page_view", 0)
    assert await state.claim(tab, SITES[0], Claim(a_rule(), "f_3", b"{}", just_before + 1)) == ("", 0)
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
        *(state.claim(tab, SITES[0], Claim(a_rule(), f"f_{n}", b"{}", NOON)) for n, tab in enumerate(tabs))
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
    assert await state.claim(tab, SITES[0], Claim(a_rule(), "f_1", b"{}", NOON)) == ("", 0)
    store.function_flush("SYNC")
    assert await settle(state, tab, "f_1", "view") == "r"


async def test_refusal_of_the_server_is_told_as_out_of_reach(state: RedisVisitorState, store: redis.Redis) -> None:
    tab = a_tab()
    store.set(tab.keys.session, "no hash")
    with pytest.raises(LaneDown, match=r"redis refused shopbell_greet: .*WRONGTYPE"):
        await state.greet(tab, PLAN, NOWHERE, b"[]", NOON)
    assert isinstance(await observe(state, tab, a_view(1, a_page()), a_page()), hiredis.ReplyError)
