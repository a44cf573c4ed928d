"""From a hello to an open tab, on a real server: who comes back as whom, and what they are told to report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import pytest
import redis

from engine.claims import Claim
from engine.core import tokens, wire
from engine.core.counters import deltas
from engine.core.events import Context, Hello, Page
from engine.core.firings import UNSEEN_AFTER_MS, Firing
from engine.core.ruleset import RuleSet
from engine.edge.hello import Reception
from engine.edge.lane import RedisLane
from engine.edge.log_notes import LogNotes
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Tab
from tests.edge.tabs import NOON, SITE, a_step, an_event, rules_of
from tests.live.client import Frame
from tests.waiting import eventually

RULES = rules_of("""
- rule: sweetener
  when: [page is cart, views(cart) > 2, page.dwell > 10s]
  show: {chat: {text: Hello}}
- rule: leaving
  when: [page is home, exit_intent]
  show: {chat: {text: Hello}}
  limit: 2 per visitor
""")
KEY, OLD_KEY = tokens.Secret("k2", b"2" * 32), tokens.Secret("k1", b"1" * 32)
CART = Page(kind="cart", url="/cart", path="/cart")


@dataclass
class Desk:
    """A reception with a clock that a test sets."""

    state: RedisVisitorState
    store: redis.Redis
    now: int = NOON
    rules: RuleSet = field(default_factory=lambda: RULES)
    awaited: Callable[[Tab, str, Firing, int], None] | None = None

    async def meet(self, **said: Any) -> tuple[Tab, Frame, list[Frame]]:
        """Say hello; return the tab, the welcome and the frames after it."""
        hello = Hello(**{"doc": "docaaa", "token": None, "page": None, "context": Context(), **said})
        reception = Reception(
            self.state, lambda _site: self.rules, (KEY, OLD_KEY), lambda: self.now, awaited=self.awaited
        )
        tab, frames = await reception.open(SITE, hello)
        welcome, *others = map(orjson.loads, frames)
        return tab, welcome, others

    async def happens(self, tab: Tab, seq: int, name: str, **data: Any) -> None:
        """Count an event of a tab."""
        event = an_event(seq, name, data)
        tab.page, tab.view = (event.shown, seq) if event.shown else (tab.page, tab.view)
        replies: list[Any] = []
        self.state.observe(
            a_step(tab, event), deltas(event, tab.page), self.now, lambda _, reply: replies.append(reply)
        )
        await eventually(lambda: replies)

    async def fires(self, tab: Tab, rule: str, fire: str) -> None:
        """Claim a popup for a tab."""
        frame = wire.show_frame(fire, rule, {})
        claim = Claim(self.rules.by_id[rule].rule, fire, frame, self.now)
        assert await self.state.claim(tab, replace(self.rules.site, quiet_ms=0), claim) == ("", 0)


@pytest.fixture
async def desk(redis_url: str) -> AsyncIterator[Desk]:
    lane = RedisLane(redis_url)
    await lane.start()
    state = RedisVisitorState(lane)
    await state.load_functions()
    with redis.Redis.from_url(redis_url) as store:
        yield Desk(state, store)
    await lane.stop()


async def test_new_visitor_gets_names_and_a_token_for_them(desk: Desk) -> None:
    tab, welcome, others = await desk.meet()
    assert welcome["type"] == "welcome"
    assert (welcome["v"], welcome["seq"], welcome["resumed"], welcome["arm"]) == (1, 0, False, {})
    named = tokens.read((KEY,), SITE, welcome["token"], NOON)
    assert named is not None
    assert (named.visitor, named.session) == (welcome["visitor"], welcome["session"]) == (tab.visitor, tab.session)
    assert others == []


async def test_token_brings_visitor_and_session_back(desk: Desk) -> None:
    first, welcome, _ = await desk.meet()
    tab, again, _ = await desk.meet(token=welcome["token"], doc="docbbb")
    assert (tab.visitor, tab.session) == (first.visitor, first.session)
    assert again["resumed"] is True
    assert tab.who.sessions == 1


async def test_token_of_the_key_before_is_taken_and_renewed(desk: Desk) -> None:
    old = tokens.sign(OLD_KEY, SITE, "a" * 26, "b" * 26, NOON)
    tab, welcome, _ = await desk.meet(token=old)
    assert tab.visitor == "a" * 26
    assert welcome["token"].startswith("k2.")


async def test_token_of_another_site_is_a_new_visitor(desk: Desk) -> None:
    foreign = tokens.sign(KEY, "pk_other", "a" * 26, "b" * 26, NOON)
    tab, _, _ = await desk.meet(token=foreign)
    assert tab.visitor != "a" * 26


async def test_session_that_has_ended_is_followed_by_another(desk: Desk) -> None:
    first, welcome, _ = await desk.meet()
    desk.store.delete(first.keys.session)
    desk.now += 40 * 60_000
    tab, again, _ = await desk.meet(token=welcome["token"])
    assert tab.session != first.session
    assert again["resumed"] is False
    assert (tab.who.sessions, tab.who.session_started_ms) == (2, desk.now)


async def test_document_that_comes_back_is_where_it_was(desk: Desk) -> None:
    tab, welcome, _ = await desk.meet(page=CART)
    for seq in (1, 2, 3):
        await desk.happens(tab, seq, "page_view", url="/cart", kind="cart", title="Cart")
    await desk.happens(tab, 4, "page_dwell", ms=4_000)
    titled = Page(kind="cart", url="/cart", path="/cart", title="Your cart")
    back, again, _ = await desk.meet(token=welcome["token"], page=titled)
    assert (again["seq"], back.done, back.view) == (4, 4, 3)
    assert back.page.title == "Your cart"
    assert again["arm"] == {"page_dwell": [10_001]}
    assert back.waits_for() == back.sent_arm == {("page_dwell", 10_001)}


async def test_document_that_says_nothing_of_its_page_is_where_it_was(desk: Desk) -> None:
    tab, welcome, _ = await desk.meet()
    for seq in (1, 2, 3):
        await desk.happens(tab, seq, "page_view", url="/cart", kind="cart")
    back, again, _ = await desk.meet(token=welcome["token"])
    assert (back.page.kind, back.page.path, back.view) == ("cart", "/cart", 3)
    assert again["arm"] == {"page_dwell": [10_001]}


async def test_page_view_that_is_still_to_come_does_not_count_yet(desk: Desk) -> None:
    tab, welcome, _ = await desk.meet()
    await desk.happens(tab, 1, "page_view", url="/cart", kind="cart")
    back, again, _ = await desk.meet(token=welcome["token"], page=Page(kind="home", url="/", path="/"))
    assert back.page.kind == "cart"
    assert again["seq"] == 1


async def test_next_document_is_armed_for_the_page_that_it_says(desk: Desk) -> None:
    _, welcome, _ = await desk.meet(page=Page(kind="home", url="/", path="/"))
    assert welcome["arm"] == {"exit_intent": True}


async def test_popup_that_nobody_viewed_comes_again_to_its_own_document(desk: Desk) -> None:
    tab, welcome, _ = await desk.meet()
    await desk.fires(tab, "sweetener", "f_1")
    token = welcome["token"]
    assert (await desk.meet(token=token, doc="docbbb"))[2] == []
    [show] = (await desk.meet(token=token))[2]
    assert (show["type"], show["fire"]) == ("show", "f_1")
    desk.now += UNSEEN_AFTER_MS - 1
    assert len((await desk.meet(token=token))[2]) == 1
    desk.now += 1
    assert (await desk.meet(token=token))[2] == []


async def test_every_document_hears_of_popups_that_nobody_has_viewed_yet(desk: Desk) -> None:
    tab, welcome, _ = await desk.meet()
    await desk.fires(tab, "sweetener", "f_1")
    heard: list[tuple[str, str, str]] = []
    desk.awaited = lambda tab, rule, firing, _now_ms: heard.append((tab.doc, rule, firing["f"]))
    for doc in ("docaaa", "docbbb"):
        await desk.meet(token=welcome["token"], doc=doc)
    assert heard == [("docaaa", "sweetener", "f_1"), ("docbbb", "sweetener", "f_1")]
    desk.now += UNSEEN_AFTER_MS
    await desk.meet(token=welcome["token"], doc="docccc")
    assert len(heard) == 2


async def test_rules_that_are_spent_arm_nothing(desk: Desk) -> None:
    tab, welcome, _ = await desk.meet()
    for seq in (1, 2, 3):
        await desk.happens(tab, seq, "page_view", url="/cart", kind="cart")
    await desk.fires(tab, "sweetener", "f_1")
    back, again, _ = await desk.meet(token=welcome["token"], doc="docbbb", page=CART)
    assert (again["arm"], back.spent, back.held) == ({}, frozenset({"sweetener"}), frozenset({"sweetener"}))


async def test_rule_that_showed_on_this_page_view_rests_on_it(desk: Desk) -> None:
    home = Page(kind="home", url="/", path="/")
    tab, welcome, _ = await desk.meet(page=home)
    await desk.happens(tab, 1, "page_view", url="/", kind="home")
    await desk.fires(tab, "leaving", "f_1")
    back, again, _ = await desk.meet(token=welcome["token"], page=home)
    assert (again["arm"], back.spent, back.spent_here) == ({}, frozenset(), frozenset({"leaving"}))
    assert (await desk.meet(token=welcome["token"], doc="docbbb", page=home))[1]["arm"] == {"exit_intent": True}


async def test_session_that_saw_enough_popups_arms_nothing(desk: Desk) -> None:
    rules = RuleSet((each.rule for each in RULES.rules), replace(RULES.site, popups_per_session=1))
    tab, welcome, _ = await desk.meet()
    await desk.fires(tab, "sweetener", "f_1")
    desk.rules = rules
    back, again, _ = await desk.meet(token=welcome["token"], doc="docbbb", page=Page(kind="home", url="/", path="/"))
    assert (again["arm"], back.exhausted) == ({}, True)


async def test_what_a_session_comes_from_is_what_its_first_document_said(desk: Desk) -> None:
    context = Context(
        language="zh-TW", device="phone", referrer="https://search.example/", source="ig", campaign="1111"
    )
    tab, welcome, _ = await desk.meet(page=CART, context=context)
    assert (tab.who.source, tab.who.landing, tab.who.language) == ("ig", "/cart", "zh-TW")
    later = Context(language="en", referrer="https://shop.test/cart")
    tab, _, _ = await desk.meet(token=welcome["token"], doc="docbbb", context=later)
    assert (tab.who.referrer, tab.who.source, tab.who.campaign) == ("https://search.example/", "ig", "1111")
    assert (tab.who.landing, tab.who.language, tab.who.device) == ("/cart", "en", "desktop")


async def test_session_of_unknown_origin_comes_from_where_this_document_does(desk: Desk) -> None:
    tab, welcome, _ = await desk.meet()
    desk.store.hdel(tab.keys.session, "from")
    tab, _, _ = await desk.meet(token=welcome["token"], page=CART, context=Context(source="ig"))
    assert (tab.who.source, tab.who.landing) == ("ig", "/cart")


async def test_note_is_taken_of_what_a_hello_said_and_what_the_visitor_had_behind_them(desk: Desk) -> None:
    notes: list[tuple[str, Any]] = []

    class Log:
        def note(self, tab: Tab, kind: str, said: Any, now_ms: int) -> None:
            notes.append((kind, said))
            assert (tab.session, now_ms) == (welcome["session"], desk.now)

    tab, welcome, _ = await desk.meet()
    desk.store.hset(tab.keys.visitor, "seen", '[{"id":"mug","name":"Mug","url":"/p/mug","t":1}]')
    desk.now += 1
    context = Context(language="th", device="phone", source="ig", utc_offset_min=420)
    hello = Hello("docbbb", welcome["token"], CART, context)
    note = LogNotes(Log()).hello
    reception = Reception(desk.state, lambda _site: RULES, (KEY,), lambda: desk.now, note)
    await reception.open(SITE, hello)
    [(kind, said)] = notes
    assert kind == "hello"
    expected = {"seq": 0, "page": {"kind": "cart", "url": "/cart"}, "language": "th", "device": "phone", "source": "ig"}
    expected |= {"sessions": 1, "started_ms": NOON, "utc_offset_min": 420}
    assert said.items() >= expected.items()
    assert said["had"]["seen"] == [{"id": "mug"}]


TEMPTING = """
- rule: leaving
  when: [page is cart, exit_intent]
  show: {chat: {text: Hello}}
- rule: shipping
  when: [page is cart, page.scroll > 50%]
  show: {bar: {text: Ships free}}
"""


@pytest.mark.parametrize(
    ("site", "armed"),
    [("", {"scroll": [51]}), ("policy: {without_consent: popups}", {"scroll": [51], "exit_intent": True})],
)
async def test_who_does_not_consent_is_interrupted_only_where_the_site_says_so(
    desk: Desk, site: str, armed: dict[str, Any]
) -> None:
    desk.rules = rules_of(TEMPTING, site)
    tab, welcome, _ = await desk.meet(token="", page=CART)
    assert welcome["arm"] == armed
    tab.begin_session("another")
    assert tab.exhausted is (site == "")
    _, welcome, _ = await desk.meet(doc="docbbb", page=CART)
    assert welcome["arm"] == {"scroll": [51], "exit_intent": True}
