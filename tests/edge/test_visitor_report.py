"""What the demo's home page is told of its visitor: the truth, and without a trace."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import redis

from engine.claims import Claim
from engine.core import tokens, wire
from engine.core.counters import deltas
from engine.core.events import NOWHERE
from engine.edge.counting import Counting
from engine.edge.lane import RedisLane
from engine.edge.rules_in_force import COMMON, RulesInForce
from engine.edge.visitor_report import VisitorReports
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Tab
from tests.edge.tabs import NOON, SITE, a_step, a_tab, an_event, rules_of
from tests.waiting import eventually

RULES = rules_of(
    """
- rule: sweetener
  name: {en: Cart sweetener, zh-TW: 購物車小甜頭}
  when: [page is cart, views(cart) > 1, page.dwell > 10s]
  show: {chat: {text: Hello}}
- rule: any-page
  when:
    - any: [page is home, page is cart]
  show: {chat: {text: Hello}}
""",
    "holdout: 0%\nlanguages: [zh-TW, en]\n",
)
KEY = tokens.Secret("k1", b"1" * 32)


class OneTab:
    """The streams of an engine with one tab open, or none."""

    def __init__(self) -> None:
        self.tab: Tab | None = None

    def tab_of(self, site: str, visitor: str) -> Tab | None:
        return self.tab if self.tab and (self.tab.site, self.tab.visitor) == (site, visitor) else None


@dataclass
class Desk:
    """A visitor with a tab, and who reports on them."""

    state: RedisVisitorState
    store: redis.Redis
    streams: OneTab
    reports: VisitorReports
    tab: Tab
    token: str

    async def happens(self, seq: int, name: str, **data: Any) -> None:
        """Count an event of the tab."""
        event = an_event(seq, name, data)
        self.tab.page, self.tab.view = (event.shown, seq) if event.shown else (self.tab.page, self.tab.view)
        replies: list[Any] = []
        self.state.observe(
            a_step(self.tab, event), deltas(event, self.tab.page), NOON, lambda _, reply: replies.append(reply)
        )
        await eventually(lambda: replies)
        self.tab.session = self.tab.session or replies[0][1].decode().split()[0]

    async def report(self, language: str = "en") -> dict[str, Any]:
        report = await self.reports.of(self.token, language)
        assert report is not None
        return report


@pytest.fixture
async def desk(redis_url: str) -> AsyncIterator[Desk]:
    lane = RedisLane(redis_url)
    await lane.start()
    state, streams = RedisVisitorState(lane), OneTab()
    await state.load_functions()
    counting = Counting(lane, RulesInForce())
    reports = VisitorReports(SITE, streams, state, lambda _site: RULES, (KEY,), lambda: NOON + 5_000, counting)
    tab = a_tab(visitor="v" * 26, rules=RULES)
    with redis.Redis.from_url(redis_url) as store:
        yield Desk(state, store, streams, reports, tab, tokens.sign(KEY, SITE, tab.visitor, "s" * 26, NOON))
    await lane.stop()


async def test_token_that_names_nobody_is_told_nothing(desk: Desk) -> None:
    assert await desk.reports.of("no token", "en") is None
    assert await desk.reports.of(tokens.sign(KEY, "pk_other", "v" * 26, "s" * 26, NOON), "en") is None


async def test_visitor_without_a_session_is_unknown(desk: Desk) -> None:
    assert await desk.reports.of(desk.token, "en") is None


async def test_counters_are_told_in_numbers_and_words(desk: Desk) -> None:
    await desk.happens(1, "page_view", url="/cart", kind="cart")
    await desk.happens(2, "page_dwell", ms=1_500)
    desk.streams.tab = desk.tab
    report = await desk.report()
    counters = {each["name"]: (each["value"], each["text"]) for each in report["counters"]}
    assert counters["views(cart)"] == (1, "1")
    assert counters["session.dwell"] == counters["page.dwell"] == (1_500, "1.5s")
    assert counters["cart.value"] == (0, "0")
    assert report["visitor"] == "v" * 26
    assert report["session"]["started_s_ago"] == 5
    assert report["page"] == {"kind": "cart", "path": "/cart"}


async def test_rule_that_holds_says_why_and_what_it_found(desk: Desk) -> None:
    await desk.happens(1, "page_view", url="/cart", kind="cart")
    desk.streams.tab = desk.tab
    sweetener, any_page = (await desk.report())["rules"]
    assert sweetener == {
        "rule": "sweetener", "name": "Cart sweetener", "state": "holds", "because": "views(cart) is more than 1",
        "had": "1",
    }  # fmt: skip
    assert any_page == {"rule": "any-page", "name": "any-page", "state": "fires"}


async def test_time_that_a_rule_waits_for_is_told_as_the_counters_are(desk: Desk) -> None:
    for seq in (1, 2):
        await desk.happens(seq, "page_view", url="/cart", kind="cart")
    await desk.happens(3, "page_dwell", ms=1_778)
    desk.streams.tab = desk.tab
    sweetener = (await desk.report())["rules"][0]
    assert (sweetener["because"], sweetener["had"]) == ("page.dwell is more than 10s", "1.8s")


async def test_name_is_in_the_language_that_is_read(desk: Desk) -> None:
    await desk.happens(1, "page_view", url="/search", kind="search")
    desk.streams.tab = desk.tab
    sweetener, any_page = (await desk.report("zh-TW"))["rules"]
    assert sweetener["name"] == "購物車小甜頭"
    assert sweetener["because"] == "page is cart"
    assert any_page["state"] == "holds"
    assert "had" not in any_page


async def test_rule_that_showed_in_this_session_has_fired(desk: Desk) -> None:
    await desk.happens(1, "page_view", url="/cart", kind="cart")
    rule = RULES.by_id["any-page"].rule
    claim = Claim(rule, "f_1", wire.show_frame("f_1", rule.id, {}), NOON)
    assert await desk.state.claim(desk.tab, replace(RULES.site), claim) == ("", 0)
    assert [each["state"] for each in (await desk.report())["rules"]] == ["holds", "fired"]


async def test_armed_moments_are_those_of_the_open_tab(desk: Desk) -> None:
    await desk.happens(1, "page_view", url="/cart", kind="cart")
    desk.tab.watch.armed[0] = (("page_dwell", 10_001),)
    desk.streams.tab = desk.tab
    assert (await desk.report())["armed"] == {"page_dwell": [10_001]}


async def test_visitor_without_an_open_tab_is_nowhere(desk: Desk) -> None:
    await desk.happens(1, "page_view", url="/cart", kind="cart")
    report = await desk.report()
    assert (report["page"], report["armed"]) == (None, {})
    assert {each["name"]: each["value"] for each in report["counters"]}["views(cart)"] == 1


async def test_report_leaves_no_trace(desk: Desk) -> None:
    await desk.happens(1, "page_view", url="/cart", kind="cart")
    before = {key: desk.store.dump(key) for key in desk.store.scan_iter("*")}
    await desk.report()
    assert {key: desk.store.dump(key) for key in desk.store.scan_iter("*")} == before


async def test_window_that_reaches_behind_its_first_rule_says_since_when_it_counts(desk: Desk) -> None:
    rules = rules_of(
        "- rule: r\n  when: [views(cart) in 7d > 1, views(home) in 1s > 1]\n  show: {chat: {text: Hello}}\n"
    )
    desk.reports = replace(desk.reports, rules=lambda _site: rules)
    await desk.state.greet(desk.tab, rules.nothing, NOWHERE, b"[]", NOON)
    desk.reports.counting._in_force.use(COMMON, rules)
    await desk.reports.counting.begin(COMMON, NOON)
    told = {each["name"]: each["text"] for each in (await desk.report())["counters"]}
    assert told["views(cart) in 7d"] == "0, counts since 2024-10-04 12:00 UTC"
    assert told["views(home) in 1s"] == "0"


async def test_whatever_rules_read_can_be_written_as_json(desk: Desk) -> None:
    when = "[cart has cup, visitor.tags has tea, visitor.field(size) > 3, since(login) > 1s, visitor.country is TW]"
    rules = rules_of(f"- rule: r\n  when: {when}\n  schedule: {{days: sat-sun}}\n  show: {{chat: {{text: Hello}}}}\n")
    desk.reports = replace(desk.reports, rules=lambda _site: rules)
    await desk.state.greet(desk.tab, rules.nothing, NOWHERE, b"[]", NOON)
    report = await desk.report()
    assert {each["value"] for each in json.loads(json.dumps(report))["counters"]} == {0, "[]"}
    assert report["rules"][0]["because"] == "schedule: sat,sun"
