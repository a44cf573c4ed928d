"""What an event sets off: popups before its ack, and sessions that begin and end."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.ruleset import RuleSet
from tests.edge.tabs import rules_of
from tests.stations import GONE, RULES, SITE, Stations, to_the_cart_thrice
from tests.waiting import eventually


@pytest.fixture
async def stations() -> Stations:
    return Stations(rules_of(RULES, SITE))


# firing


async def test_popup_goes_out_before_the_ack_of_its_event(stations: Stations) -> None:
    await to_the_cart_thrice(stations)
    await stations.happens("page_dwell", ms=10_001)
    show, ack = stations.sent[-2:]
    assert (show["type"], show["rule"], show["popup"]["text"]) == ("show", "sweetener", "Still thinking?")
    assert ack == {"type": "ack", "seq": 6, "arm": {}}
    assert stations.counts["fired sweetener"] == stations.counts["shown"] == 1


async def test_event_waits_for_its_popup_and_holds_those_behind_it(stations: Stations) -> None:
    await to_the_cart_thrice(stations)
    stations.take("page_dwell", ms=10_001)
    stations.take("login")
    stations.answer()
    assert stations.of("ack")[-1]["seq"] == 5
    await stations.quiet()
    assert stations.of("ack")[-1]["seq"] == 7


async def test_popup_that_is_slower_than_the_log_is_waited_for_too(stations: Stations) -> None:
    await to_the_cart_thrice(stations)
    stations.take("page_dwell", ms=10_001)
    stations.store.pending.pop()()
    await stations.quiet()
    assert len(stations.of("ack")) == 5
    stations.log.pending.pop()()
    assert stations.of("ack")[-1]["seq"] == 6


async def test_page_that_has_gone_meanwhile_makes_no_rule_true(stations: Stations) -> None:
    await stations.views("home")
    stations.take("exit_intent")
    stations.take("page_view", url="/search", kind="search")
    stations.answer()
    await stations.quiet()
    assert stations.of("show") == []
    assert stations.of("ack")[-1]["seq"] == 3


async def test_connection_that_has_gone_meanwhile_claims_no_popup(stations: Stations) -> None:
    await stations.views("home")
    stations.take("exit_intent")
    stations.tab.close()
    stations.answer()
    await stations.quiet()
    assert stations.store.claims == []


async def test_old_page_view_that_comes_again_turns_nothing_back(stations: Stations) -> None:
    await stations.views("home")
    await stations.views("cart")
    await stations.happens("page_view", seq=1, url="/home", kind="home")
    assert stations.tab.page.kind == "cart"
    await stations.happens("page_dwell", seq=3, ms=5)
    assert stations.store.model.look("docaaa", ["0", "2", "dwell:home", "dwell:cart"], stations.now) == b"[0,5]"


@pytest.mark.parametrize(("kind", "name", "data"), [("home", "exit_intent", {}), ("product", "idle", {"ms": 30_001})])
async def test_moment_of_an_earlier_document_is_none_of_this_page(
    stations: Stations, kind: str, name: str, data: dict[str, Any]
) -> None:
    await stations.views(kind)
    stations.take_frame({"type": "event", "doc": "docold", "seq": 1, "name": name, "data": data})
    stations.answer()
    await stations.quiet()
    assert stations.of("show") == []
    await stations.happens(name, **data)
    assert len(stations.of("show")) == 1


async def test_store_that_goes_while_a_popup_is_claimed_sends_the_client_away(stations: Stations) -> None:
    await stations.views("home")
    stations.take("exit_intent")
    stations.store.failure = GONE
    stations.answer()
    await stations.quiet()
    assert stations.hung_up == [(1013, "the shared state is not reachable")]
    assert len(stations.of("ack")) == 1


async def test_popup_that_cannot_be_made_does_not_hold_up_its_event(
    stations: Stations, caplog: pytest.LogCaptureFixture
) -> None:
    await stations.views("home")
    stations.take("exit_intent")
    stations.store.failure = ZeroDivisionError("a popup of its own")
    stations.answer()
    await stations.quiet()
    assert stations.of("ack")[-1]["seq"] == 2
    assert [record.getMessage() for record in caplog.records] == ["a popup could not be shown"]


async def test_session_with_enough_popups_judges_no_more(stations: Stations) -> None:
    await stations.views("home")
    stations.tab.exhaust()
    await stations.happens("exit_intent")
    assert stations.counts == {"event": 2, "acknowledged": 2}


async def test_view_of_a_popup_and_its_end_are_written_down(stations: Stations) -> None:
    await stations.happens("popup_view", fire="f_1")
    await stations.happens("popup_copy", fire="f_1")
    await stations.happens("popup_close", fire="f_1")
    await stations.happens("popup_click", fire="f_2")
    assert stations.store.settled == [("f_1", "view"), ("f_1", "close"), ("f_2", "close")]


# sessions


async def test_event_that_begins_a_session_says_where_it_comes_from(stations: Stations) -> None:
    await stations.views("home")
    await stations.happens("exit_intent")
    first = stations.tab.session
    stations.now += 31 * 60_000
    await stations.views("cart")
    assert stations.tab.session != first
    assert stations.store.origins == ["/cart"]
    assert (stations.tab.who.sessions, stations.tab.who.session_started_ms) == (2, stations.now)
    assert stations.tab.spent == frozenset()


async def test_tab_enters_the_session_that_another_tab_has_begun(stations: Stations) -> None:
    other = stations.another_tab("docbbb")
    await stations.views("home")
    stations.now += 31 * 60_000
    await stations.happens("login", other, 1)
    begun_ms = stations.now
    stations.now += 1_000
    await stations.happens("exit_intent", seq=2)
    assert stations.tab.session == other.session == stations.store.session_id
    assert stations.tab.who.session_started_ms == begun_ms
    assert len(stations.store.origins) == 1
    [firing] = stations.store.model.firings["leaving"]
    assert firing["s"] == other.session


async def test_rules_of_a_kind_that_has_none_cost_nothing() -> None:
    stations = Stations(RuleSet())
    await stations.views("cart")
    await stations.happens("page_dwell", ms=5)
    assert stations.sent == [{"type": "ack", "seq": 1}, {"type": "ack", "seq": 2}]
    await eventually(lambda: not stations.pipeline._tasks)
