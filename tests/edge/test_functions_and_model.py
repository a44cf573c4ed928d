"""The functions in Redis do what the model of the store says, for any order of things."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.claims import BESIDE, HELD, SHOW, SILENT, STARTED, Claim
from engine.core.doing import Change, words_of
from engine.core.events import NOWHERE, Page
from engine.core.firings import UNSEEN_AFTER_MS
from engine.core.rules import After, Limit, Rule, Show, Site
from engine.core.store_model import SESSION_ENDS_AFTER_MS, VisitorModel
from engine.core.store_model import Claim as ModelClaim
from engine.edge.lane import RedisLane
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Tab
from tests.edge.tabs import NOON, a_tab, an_event
from tests.edge.visitors import PLAN, RULES, a_page, a_rule, a_view, observe, settle
from tests.waiting import PATIENCE_S


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
        applied, begun = self.model.observe(tab.doc, seq, RULES.tracking.changes(event, page), self.now)
        values = self.model.look(tab.doc, PLAN.words(page), self.now)
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
        values = self.model.look(tab.doc, PLAN.words(NOWHERE), self.now)
        assert PLAN.counts(greeting.values) == PLAN.counts(values)

    async def claim(self, which: int, rule: Rule, view: int, site: Site, mode: str) -> None:
        tab = self.tabs[which]
        tab.view = view
        fire, origin = f"f_{len(self.fires)}", "f_origin" if mode == STARTED else ""
        mode = SILENT if rule.is_silent else BESIDE if mode == SHOW and not rule.interrupts else mode
        frame = b"{}" if mode in (SHOW, BESIDE, STARTED) else b""
        claim = Claim(rule, fire, frame, self.now, mode, "small", "7", origin, words_of(rule.do))
        told = await self.state.claim(tab, site, claim)
        expected = self.model.claim(
            ModelClaim(fire, rule, site, tab.session, tab.doc, view, mode == HELD, "small", "7", origin), self.now
        )
        assert told == expected
        if told[0] == "":
            self.fires.append((fire, which, self.now))

    async def settle(self, n: int, outcome: str) -> None:
        young = [each for each in self.fires if self.now - each[2] < UNSEEN_AFTER_MS]
        fire, which, _ = young[n % len(young)] if young else ("f_unknown", 0, 0)
        assert await settle(self.state, self.tabs[which], fire, outcome) == self.model.settle(fire, outcome)

    async def leave(self, which: int) -> None:
        tab = self.tabs[which]
        answer: asyncio.Future[list[bytes]] = asyncio.get_running_loop().create_future()
        self.state.leave(tab, self.now, answer.set_result)
        taken = [word.decode() for word in await asyncio.wait_for(answer, PATIENCE_S)]
        assert _pairs(taken) == _pairs(self.model.leave(tab.doc, self.now))

    async def wait(self, ms: int) -> None:
        self.now += ms
        if self.now > self.ends:
            self.store.delete(self.tabs[0].keys.session)

    def check(self) -> None:
        visitor: dict[bytes, bytes] = self.store.hgetall(self.tabs[0].keys.visitor)  # type: ignore[assignment]
        assert int(visitor.get(b"sessions", 0)) == self.model.sessions
        assert int(visitor.get(b"orders", 0)) == self.model.orders
        assert float(visitor.get(b"spent", 0)) == pytest.approx(self.model.spent)
        assert int(visitor.get(b"stage", 0)) == self.model.hashes.visitor.get("stage", 0)
        assert json.loads(visitor.get(b"tags", b"[]")) == self.model.hashes.visitor.get("tags", [])
        assert json.loads(visitor.get(b"f:size", b"0")) == self.model.hashes.visitor.get("f:size", 0)


def _pairs(words: list[str]) -> set[tuple[str, str]]:
    return set(zip(words[::2], words[1::2], strict=True))


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
    st.just(("cart", {"items": [{"item_id": "Mug", "price": 5, "item_category": "Tea"}, {"item_id": "茶"}]})),
    st.sampled_from([("sign_up", {}), ("popup_submit", {"fire": "f", "fields": {"email": "a@b.example"}})]),
    st.just(("page_dwell", {"ms": 60_000})),
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
RULES_TO_CLAIM += [
    replace(a_rule("silent", Limit("session", 2)), show=None, do=(Change("tag", "new"), Change("set", "size", "L"))),
    replace(a_rule("undone", Limit("session", 9)), do=(Change("untag", "new"), Change("set", "size", 0))),
    replace(a_rule("many", Limit("session", 9)), do=tuple(Change("tag", f"茶 {n}/") for n in range(60))),
    replace(a_rule("more", Limit("session", 9)), do=tuple(Change("tag", f"t{n}") for n in range(60))),
    replace(a_rule("bar", Limit("session", 9)), show=Show("bar", {})),
    replace(a_rule("then", Limit("session", 9)), after=After("r1")),
    replace(a_rule("later", Limit("session", 9)), after=After("silent", 30_000)),
]
WAITS = [1, 5_000, 29_999, 30_000, UNSEEN_AFTER_MS - 1, UNSEEN_AFTER_MS, 20 * 60_000, SESSION_ENDS_AFTER_MS + 1]

DEEDS = st.one_of(
    st.tuples(st.just("observe"), WHICH, st.integers(1, 12), EVENTS, st.sampled_from(PAGES)),
    st.tuples(st.just("greet"), WHICH),
    st.tuples(
        st.just("claim"), WHICH, st.sampled_from(RULES_TO_CLAIM), st.integers(1, 3), st.sampled_from(SITES),
        st.sampled_from([SHOW, SHOW, SHOW, STARTED, HELD]),
    ),
    st.tuples(st.just("leave"), WHICH),
    st.tuples(st.just("settle"), st.integers(0, 5), st.sampled_from(["view", "close"])),
    st.tuples(st.just("wait"), st.sampled_from(WAITS)),
)  # fmt: skip


@settings(max_examples=60)
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
