"""Pages that are left: what they say counts, and no popup is spent on them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.firings import UNSEEN_AFTER_MS
from engine.offer import Reserved
from engine.tab import Tab
from tests.edge.tabs import rules_of
from tests.stations import GONE, RULES, SITE, Stations, to_the_cart_thrice
from tests.test_firing_coupons import stations_with
from tests.waiting import eventually

MARKS = """
- rule: mark
  when: [page is cart, page.dwell > 10s]
  do: [{tag: hesitates}]
"""
STARTS = """
- rule: question
  when: [page is home, exit_intent]
  show: {chat: {text: Hello, replies: [{text: More, start: answer}]}}
- rule: answer
  when: [page is thanks]
  show: {chat: {text: Here}}
"""


@pytest.fixture
async def stations() -> Stations:
    return stations_of(RULES)


def stations_of(rules: str) -> Stations:
    stations = Stations(rules_of(rules, SITE))
    unseen = stations.arbiter.unseen
    unseen.arm = stations.pipeline.arm
    return stations


def left_tab(stations: Stations, doc: str = "docold") -> Tab:
    """Return the last connection of a page on which the shopper is no more."""
    tab = stations.another_tab(doc)
    tab.is_left = True
    return tab


async def test_page_that_was_left_claims_no_popup_and_does_what_needs_no_eyes() -> None:
    stations = stations_of(RULES + MARKS)
    await to_the_cart_thrice(stations)
    old = left_tab(stations)
    await stations.happens("page_view", old, 1, url="/cart", kind="cart")
    await stations.happens("page_dwell", old, 2, ms=12_000)
    assert [claim.rule.id for claim in stations.store.claims] == ["mark"]
    assert stations.of("show") == []
    assert stations.counts["held sweetener left"] == 1
    assert stations.store.model.hashes.visitor["tags"] == ["hesitates"]
    await stations.happens("page_dwell", seq=6, ms=10_001)
    assert [show["rule"] for show in stations.of("show")] == ["sweetener"]


async def test_click_that_leaves_the_page_starts_no_popup_there() -> None:
    stations = stations_of(STARTS)
    await stations.views("home")
    await stations.happens("exit_intent")
    fire = stations.of("show")[0]["fire"]
    stations.tab.is_left = True
    await stations.happens("popup_submit", fire=fire, fields={"step": "start", "choice": "0"})
    assert len(stations.store.claims) == 1


async def test_popup_that_is_being_made_when_the_page_is_left_gives_its_code_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stations, office = stations_with()
    reserve = office.reserve

    async def reserve_while_the_shopper_leaves(*asked: Any) -> Reserved | None:
        stations.tab.is_left = True
        return await reserve(*asked)

    monkeypatch.setattr(office, "reserve", reserve_while_the_shopper_leaves)
    await stations.views("home")
    await stations.happens("exit_intent")
    assert office.asked[1:] == ["release"]
    assert stations.store.claims == []


async def test_unseen_popup_of_a_page_that_is_left_may_show_on_the_next(stations: Stations) -> None:
    noted: list[tuple[str, str]] = []
    stations.arbiter.unseen.note = lambda _tab, rule, fire, _now_ms: noted.append((rule, fire))
    await to_the_cart_thrice(stations)
    await stations.happens("page_dwell", seq=6, ms=10_001)
    [shown] = stations.of("show")
    [due] = stations.arbiter.unseen._due.values()
    stations.arbiter.unseen.leave(stations.tab)
    assert due.cancelled()
    assert noted == [("sweetener", shown["fire"])]
    assert stations.counts["unseen sweetener"] == 1
    after = stations.another_tab("docbbb")
    await stations.happens("page_view", after, 1, url="/cart", kind="cart")
    await stations.happens("page_dwell", after, 2, ms=10_001)
    assert [show["rule"] for show in stations.of("show")] == ["sweetener", "sweetener"]


async def test_page_that_was_refused_the_popup_asks_for_it_once_the_other_is_left(stations: Stations) -> None:
    await to_the_cart_thrice(stations)
    other = stations.another_tab("docbbb")
    await stations.happens("page_view", other, 1, url="/cart", kind="cart")
    await stations.happens("page_dwell", seq=6, ms=10_001)
    await stations.happens("page_dwell", other, 2, ms=10_001)
    assert stations.counts["held sweetener limit"] == 1
    stations.arbiter.unseen.others = lambda _: [other]
    stations.arbiter.unseen.leave(stations.tab)
    assert stations.sent[-1] == {"type": "ack", "seq": 2, "arm": {"wake": [1]}}
    await stations.happens("wake", other, 3)
    assert len(stations.of("show")) == 2


async def test_pages_that_the_popup_is_not_for_are_told_nothing(stations: Stations) -> None:
    await to_the_cart_thrice(stations)
    home = stations.another_tab("docbbb")
    await stations.happens("page_view", home, 1, url="/", kind="home")
    unruled = Stations(rules_of("[]")).tab
    await stations.happens("page_dwell", seq=6, ms=10_001)
    told = len(stations.sent)
    stations.arbiter.unseen.others = lambda _: [home, unruled]
    stations.arbiter.unseen.leave(stations.tab)
    assert len(stations.sent) == told


async def shown_at_noon(stations: Stations) -> dict[str, Any]:
    """Have the popup shown; return its firing as the store keeps it."""
    await to_the_cart_thrice(stations)
    await stations.happens("page_dwell", seq=6, ms=10_001)
    [firing] = stations.store.model.firings["sweetener"]
    return firing


@pytest.mark.parametrize(("doc", "taken_back"), [("docaaa", 1), ("docbbb", 0)])
async def test_document_that_comes_meanwhile_may_show_the_rule_again_when_the_minute_is_over(
    stations: Stations, doc: str, taken_back: int
) -> None:
    firing = await shown_at_noon(stations)
    before = stations.arbiter.unseen._due[firing["f"]]
    stations.tab.close()
    again = stations.another_tab(doc)
    again.page, again.view = stations.tab.page, stations.tab.view
    again.settle_in(frozenset(["sweetener"]), frozenset(), exhausted=True)
    stations.now += UNSEEN_AFTER_MS - 1
    stations.arbiter.unseen.await_view(again, "sweetener", firing, stations.now)
    assert before.cancelled() is bool(taken_back)
    assert again.held
    await eventually(lambda: not again.held)
    assert len(stations.of("hide")) == stations.counts["unseen sweetener"] == taken_back
    stations.now += 1
    await stations.happens("page_dwell", again, 7, ms=10_001)
    assert [show["rule"] for show in stations.of("show")] == ["sweetener", "sweetener"]


async def test_popup_of_a_rule_that_is_in_force_no_more_is_not_waited_for(stations: Stations) -> None:
    firing = await shown_at_noon(stations)
    tab = Stations(rules_of("[]")).tab
    stations.arbiter.unseen.await_view(tab, "sweetener", firing, stations.now)
    assert len(stations.arbiter.unseen._due) == 1


async def test_popup_that_is_made_while_its_document_connects_again_goes_where_that_is_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stations, office = stations_with()
    sent: list[bytes] = []
    again, confirm = stations.another_tab("docaaa"), office.confirm
    again.send = sent.append
    stations.arbiter.unseen.others = lambda _: [stations.another_tab("docbbb"), again]

    async def confirm_while_the_connection_breaks(*asked: Any) -> bool:
        stations.tab.close()
        return await confirm(*asked)

    monkeypatch.setattr(office, "confirm", confirm_while_the_connection_breaks)
    await stations.views("home")
    await stations.happens("exit_intent")
    assert stations.of("show") == []
    assert len(sent) == 1


async def test_popups_that_nobody_saw_are_none_of_the_sessions_and_begin_no_quiet_time() -> None:
    stations = Stations(rules_of(RULES, "holdout: 0%\npolicy: {quiet: 5m, popups_per_session: 1}\n"))
    firing = await shown_at_noon(stations)
    stations.tab.exhaust()
    stations.now += UNSEEN_AFTER_MS
    stations.arbiter.unseen._release(stations.tab, stations.rules.by_id["sweetener"], firing["f"])
    await stations.happens("page_dwell", seq=7, ms=1)
    assert len(stations.of("show")) == 2


async def test_popup_that_was_seen_stays_spent_when_its_page_is_left(stations: Stations) -> None:
    await to_the_cart_thrice(stations)
    await stations.happens("page_dwell", seq=6, ms=10_001)
    await stations.happens("popup_view", seq=7, fire=stations.of("show")[0]["fire"])
    stations.arbiter.unseen.leave(stations.tab)
    assert stations.counts["unseen sweetener"] == 0
    after = stations.another_tab("docbbb")
    await stations.happens("page_view", after, 1, url="/cart", kind="cart")
    await stations.happens("page_dwell", after, 2, ms=10_001)
    assert len(stations.of("show")) == 1


async def test_page_that_was_shown_nothing_costs_no_question(stations: Stations) -> None:
    await to_the_cart_thrice(stations)
    stations.arbiter.unseen.leave(stations.tab)
    assert stations.store.left == []


async def test_store_that_is_gone_when_a_page_is_left_is_no_trouble(stations: Stations) -> None:
    await to_the_cart_thrice(stations)
    await stations.happens("page_dwell", seq=6, ms=10_001)
    stations.store.failure = GONE
    stations.arbiter.unseen.leave(stations.tab)
    assert stations.store.left == ["docaaa"]
    assert stations.counts["unseen sweetener"] == 0
