"""From a rule that is true to a popup on its way, and all that can hold it back."""

from __future__ import annotations

import pytest

from engine import firing, unseen
from engine.core.firings import UNSEEN_AFTER_MS
from engine.core.holdout import is_held_out
from tests.edge.tabs import rules_of
from tests.stations import Stations
from tests.waiting import eventually

TWO = """
- rule: low
  when: [page is home, exit_intent]
  show: {chat: {text: Wait!}}
  limit: 9 per session
- rule: high
  when: [page is home, exit_intent]
  show: {chat: {text: Here!}}
  limit: 9 per session
  priority: 5
"""
LOUD = "holdout: 0%\npolicy: {quiet: 0s, popups_per_session: 9}\n"


def stations_of(rules: str = TWO, site: str = LOUD) -> Stations:
    return Stations(rules_of(rules, site))


async def leaves(stations: Stations) -> None:
    """The shopper is about to leave the home page."""
    await stations.views("home")
    await stations.happens("exit_intent")


def shown(stations: Stations) -> list[str]:
    return [show["rule"] for show in stations.of("show")]


async def close_popup(stations: Stations) -> None:
    fire = stations.of("show")[-1]["fire"]
    await stations.happens("popup_view", fire=fire)
    await stations.happens("popup_close", fire=fire)


async def test_best_rule_shows_and_the_other_is_outranked() -> None:
    stations = stations_of()
    await leaves(stations)
    assert shown(stations) == ["high"]
    assert stations.counts["held low outranked"] == 1


async def test_outranked_rule_shows_when_its_turn_comes() -> None:
    stations = stations_of()
    await leaves(stations)
    await close_popup(stations)
    await stations.happens("exit_intent")
    assert shown(stations) == ["high", "low"]


async def test_rule_fires_once_on_a_page_view() -> None:
    stations = stations_of()
    await leaves(stations)
    for _ in range(2):
        await close_popup(stations)
        await stations.happens("exit_intent")
    assert shown(stations) == ["high", "low"]
    await leaves(stations)
    assert shown(stations) == ["high", "low", "high"]


async def test_of_two_popups_one_is_open_at_a_time() -> None:
    stations = stations_of()
    await leaves(stations)
    await stations.happens("exit_intent")
    assert shown(stations) == ["high"]
    assert stations.counts["held low open"] == 1


async def test_nothing_shows_where_nothing_may() -> None:
    stations = stations_of(site="holdout: 0%\npolicy: {quiet: 0s, never_on: [home]}\n")
    await leaves(stations)
    assert shown(stations) == []
    assert stations.store.claims == []
    assert stations.counts["held high never_on"] == stations.counts["held low never_on"] == 1


async def test_held_out_visitor_claims_and_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firing, "is_held_out", lambda _visitor, rule, _site: rule.id == "high")
    stations = stations_of()
    await leaves(stations)
    assert shown(stations) == ["low"]
    assert stations.counts["held high held_out"] == 1
    assert [claim.mode for claim in stations.store.claims] == ["held", "show"]
    await stations.happens("exit_intent")
    assert len(stations.store.claims) == 2


async def test_note_is_taken_of_what_came_of_each_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firing, "is_held_out", lambda _visitor, rule, _site: rule.id == "high")
    stations = stations_of()
    notes: list[tuple[int, str, str]] = []
    stations.arbiter.__init__(  # type: ignore[misc]
        stations.store, stations.counts, lambda: stations.now,
        lambda step, claim, reason: notes.append((step.event.seq, claim.rule.id, reason)),
    )  # fmt: skip
    await leaves(stations)
    await stations.happens("exit_intent")
    assert [each[1:] for each in notes] == [("high", "held_out"), ("low", "shown")]
    assert {seq for seq, _, _ in notes} == {stations.seq - 1}


async def test_whole_site_in_the_holdout_sees_nothing() -> None:
    stations = stations_of(site="holdout: 100%\n")
    assert is_held_out("v1", stations.rules.rules[0].rule, stations.rules.site)
    await leaves(stations)
    assert shown(stations) == []


async def test_quiet_time_between_popups_is_waited_for_on_the_clock() -> None:
    stations = stations_of(site="holdout: 0%\npolicy: {quiet: 30s}\n")
    await leaves(stations)
    await close_popup(stations)
    stations.now += 10_000
    claims = len(stations.store.claims)
    await stations.happens("exit_intent")
    assert shown(stations) == ["high"]
    assert stations.counts["held low quiet"] == 1
    assert len(stations.store.claims) == claims
    assert stations.sent[-1]["arm"]["wake"] == [20_000]
    stations.now += 20_000
    await stations.happens("exit_intent")
    assert shown(stations) == ["high", "low"]


async def test_quiet_time_that_another_tab_began_is_learnt_from_the_claim() -> None:
    stations = stations_of(site="holdout: 0%\npolicy: {quiet: 30s}\n")
    await leaves(stations)
    other = stations.another_tab("docbbb")
    stations.now += 10_000
    await stations.happens("page_view", other, 1, url="/home", kind="home")
    await stations.happens("exit_intent", other, 2)
    assert stations.sent[-1]["arm"]["wake"] == [20_000]
    assert other.quiet_until_ms == stations.now + 20_000


async def test_rule_at_its_limit_rests_for_the_session_and_the_next_one_shows() -> None:
    stations = stations_of(TWO.replace("9 per session", "once per visitor"))
    await leaves(stations)
    await close_popup(stations)
    other = stations.another_tab("docbbb")
    await stations.happens("page_view", other, 1, url="/home", kind="home")
    await stations.happens("exit_intent", other, 2)
    assert shown(stations) == ["high", "low"]
    assert stations.counts["held high limit"] == 1
    assert other.spent == {"high", "low"}


async def test_enough_popups_exhaust_the_session() -> None:
    stations = stations_of(site="holdout: 0%\npolicy: {quiet: 0s, popups_per_session: 1}\n")
    await leaves(stations)
    await close_popup(stations)
    await stations.happens("exit_intent")
    assert stations.counts["held low popups_per_session"] == 1
    assert stations.tab.exhausted
    assert stations.sent[-1] == {"type": "ack", "seq": 5, "arm": {}}


async def test_once_a_session_rests_for_the_session_and_many_only_on_the_page_view() -> None:
    stations = stations_of(
        "- {rule: once, when: [page is home, exit_intent], show: {chat: {text: Hi}}}\n"
        "- {rule: daily, when: [page is cart, exit_intent], show: {chat: {text: Hi}}, limit: once per day}\n"
    )
    await leaves(stations)
    assert stations.tab.held == stations.tab.spent == {"once"}
    await stations.views("cart")
    await stations.happens("exit_intent")
    assert stations.tab.spent == {"once"}
    assert stations.tab.spent_here == {"daily"}
    await stations.views("cart")
    assert stations.tab.held == {"once"}


async def test_page_that_is_left_while_a_popup_is_claimed_gets_no_second_one() -> None:
    stations = stations_of()
    await stations.views("home")
    stations.take("exit_intent")
    stations.answer()
    stations.take("page_view", url="/search", kind="search")
    await stations.quiet()
    assert stations.store.claims == []


async def test_placeholders_are_read_when_they_are_needed() -> None:
    stations = stations_of(
        "- rule: nudge\n"
        "  when: [page is cart, exit_intent]\n"
        "  show: {chat: {text: 'Only {{cart.missing_for_free_shipping}} for {{product.name}}'}}\n",
        LOUD + "free_shipping_from: 1500\ncurrency: TWD\nlanguages: [en]\n",
    )
    await stations.happens("cart", value=1_200, currency="TWD")
    await stations.views("cart", product={"id": "mug", "name": "Mug", "price": 620, "currency": "TWD"})
    await stations.happens("exit_intent")
    [show] = stations.of("show")
    assert "300" in show["popup"]["text"]
    assert show["popup"]["text"].endswith("for Mug")
    assert stations.store.looks == 1


async def test_popup_without_counters_in_its_text_reads_none() -> None:
    stations = stations_of()
    await leaves(stations)
    assert len(shown(stations)) == 1
    assert stations.store.looks == 0


async def test_popup_that_nobody_viewed_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unseen, "UNSEEN_AFTER_MS", 1)
    stations = stations_of()
    await leaves(stations)
    await eventually(lambda: stations.counts["unseen high"])
    assert not stations.arbiter.unseen._due
    assert stations.tab.held == frozenset()
    assert [hide["fire"] for hide in stations.of("hide")] == [show["fire"] for show in stations.of("show")]
    stations.now += UNSEEN_AFTER_MS
    await stations.happens("exit_intent")
    assert shown(stations) == ["high", "high"]


async def test_what_pages_hold_popups_back_by_is_counted() -> None:
    stations = stations_of()
    await leaves(stations)
    fire = stations.of("show")[0]["fire"]
    for reason in ("typing", "typing", "a reason of nobody's"):
        await stations.happens("popup_held", fire=fire, reason=reason)
    assert (stations.counts["page typing"], stations.counts["page other"]) == (2, 1)


@pytest.mark.parametrize("said", ["popup_view", "popup_close"])
async def test_popup_that_was_viewed_is_not_released_and_its_page_not_kept_for_it(said: str) -> None:
    stations = stations_of()
    await leaves(stations)
    [due] = stations.arbiter.unseen._due.values()
    await stations.happens(said, fire=stations.of("show")[0]["fire"])
    assert due.cancelled()
    assert not stations.arbiter.unseen._due
    assert stations.tab.held == {"high"}


async def test_release_is_planned_for_the_end_of_the_minute() -> None:
    stations = stations_of()
    planned: list[float] = []
    stations.arbiter.unseen._loop = type("Loop", (), {"call_later": staticmethod(lambda s, *_: planned.append(s))})()
    await leaves(stations)
    assert planned == [60.0]
