"""A recorded visitor lives again: sessions, sources, documents, and what came of claims."""

from __future__ import annotations

import pytest

from engine.core.firings import LEFT
from engine.core.recorded import Record, claims_of
from engine.core.replay import Happened, Replay
from engine.core.ruleset import RuleSet
from tests.core.recordings import NOON, Recording, rules_of

SIGNALS = """
- rule: leaving
  when: [exit_intent]
  show: {chat: {text: Wait}}
  limit: 5 per session
"""


def replayed(
    records: list[Record], rules: RuleSet | None = None, follow: bool = False
) -> tuple[Replay, list[Happened]]:
    replay = Replay("v1", rules or rules_of(), claims_of(records), follow)
    return replay, [each for each in map(replay.take, records) if each is not None]


def fired(happened: list[Happened]) -> list[int]:
    return [each.record.seq for each in happened for _ in each.fired]


def test_what_fired_fires_again() -> None:
    records = Recording().hello().views(0, "cart").dwells(10.1, 10_001)
    _, happened = replayed(records)
    assert fired(happened) == [2]


def test_visitor_is_who_said_hello_and_the_session_came_from_there() -> None:
    records = Recording().hello(
        page={"kind": "home", "url": "/in"}, language="th", source="ig", sessions=3, country="TH"
    )
    records += Recording("docbbb").hello(5, language="en", source="mail").views(5, "home")
    _, [happened] = replayed(records)
    who = happened.tab.who
    assert (who.language, who.source, who.landing, who.sessions) == ("en", "ig", "/in", 3)
    assert who.session_started_ms == NOON


def test_first_session_that_is_known_may_have_begun_before() -> None:
    records = Recording().hello(started_ms=NOON - 60_000).views(0, "home")
    replay, [happened] = replayed(records)
    assert happened.tab.who.session_started_ms == NOON - 60_000
    assert replay.began_ms[happened.session] == NOON - 60_000


def test_session_ends_after_half_an_hour_and_bears_the_name_that_it_got() -> None:
    records = Recording().hello().views(0, "home").views(3_000, "cart")
    records.session = "s2"
    records.views(3_001, "home").claims("other", "quiet")
    replay, happened = replayed(records)
    assert [replay.recorded(each.session) for each in happened] == ["s1", "s2", "s2"]
    assert happened[-1].tab.who.sessions == 2
    assert happened[-1].tab.who.landing == "/cart"


def test_later_hello_begins_a_session_at_its_own_time() -> None:
    records = Recording().hello().views(0, "home")
    records += Recording("docbbb", "s2").hello(4_000, started_ms=NOON).views(4_000, "home")
    _, happened = replayed(records)
    assert happened[-1].tab.who.session_started_ms == NOON + 4_000_000


def test_document_that_reconnects_is_on_its_page_still() -> None:
    records = Recording().hello().views(0, "cart", title="Cart").dwells(5, 5_000).hello(6).dwells(12, 6_000)
    _, happened = replayed(records)
    assert fired(happened) == [3]
    assert happened[-1].tab.page.title == "Cart"


def test_reconnecting_hello_may_say_more_of_the_page() -> None:
    records = Recording().hello().views(0, "cart").hello(6, {"kind": "cart", "url": "/cart", "title": "Cart"})
    _, happened = replayed([*records, *Recording().does(7, "copy")])
    assert happened[-1].tab.page.title == "Cart"


def test_event_whose_hello_is_not_kept_is_taken_all_the_same() -> None:
    replay, happened = replayed(Recording().views(0, "cart").dwells(11, 10_001))
    assert fired(happened) == [2]
    assert replay.recorded(happened[0].session) == "s1"


def test_visitor_whose_records_begin_within_a_session_is_known_by_the_next_hello() -> None:
    records = Recording().views(0, "home")
    records += Recording("docbbb").hello(5, sessions=4, had={"e:purchase": 2}).views(6, "home")
    rules = rules_of("- {rule: r, when: [count(purchase) ever > 1], show: {chat: {text: Hello}}}")
    _, happened = replayed(records, rules)
    assert [(each.tab.who.sessions, len(each.fired)) for each in happened] == [(1, 0), (4, 1)]


def test_what_cannot_be_read_is_left_out() -> None:
    records = Recording().hello(page={"kind": "basket", "url": "/"}).does(1, "page_dwell", {"ms": -1})
    assert replayed(records)[1] == []


def test_what_the_visitor_had_behind_them_counts() -> None:
    rules = rules_of("- {rule: r, when: [count(purchase) ever > 1], show: {chat: {text: Hello}}}")
    records = Recording().hello(had={"e:purchase": 2}).views(0, "home")
    assert fired(replayed(records, rules)[1]) == [1]


@pytest.mark.parametrize(
    ("came_of_it", "fires", "refused"),
    [("shown", [2], []), ("held_out", [], ["held_out"]), ("quiet", [], ["quiet"]), ("", [], [LEFT])],
)
def test_what_was_recorded_of_a_claim_holds(came_of_it: str, fires: list[int], refused: list[str]) -> None:
    records = Recording().hello().views(0, "cart").dwells(11, 10_001)
    if came_of_it:
        records.claims("sweetener", came_of_it)
    _, happened = replayed(records, follow=True)
    assert fired(happened) == fires
    assert [each.reason for one in happened for each in one.refused] == refused


@pytest.mark.parametrize("follow", [True, False])
def test_quiet_time_goes_from_when_the_rule_asked(follow: bool) -> None:
    records = Recording().hello().views(0, "home").does(1, "exit_intent").claims("leaving", "shown", late_s=0.5)
    records.does(1.2, "popup_view", {"fire": "f_1"}).does(1.3, "popup_close", {"fire": "f_1"})
    records.views(2, "home").does(6.4, "exit_intent").does(6.6, "exit_intent")
    if follow:
        records.claims("leaving", "shown", "f_2")
    rules = rules_of(SIGNALS, "holdout: 0%\npolicy: {quiet: 5s}\n")
    _, happened = replayed(records, rules, follow)
    assert fired(happened) == [2, 7]
    assert [each.reason for one in happened for each in one.refused] == ["quiet"]


def test_recorded_popup_that_nobody_saw_lets_its_rule_fire_again() -> None:
    records = Recording().hello().views(0, "home").does(1, "exit_intent").claims("leaving", "shown", "f_1")
    records.does(62, "exit_intent").claims("leaving", "shown", "f_2")
    assert fired(replayed(records, rules_of(SIGNALS))[1]) == [2, 3]


def test_recorded_popup_that_is_open_holds_back_the_next() -> None:
    records = Recording().hello().views(0, "home").does(1, "exit_intent").claims("leaving", "shown", "f_1")
    records.does(2, "popup_view", {"fire": "f_1"}).views(3, "home").does(4, "exit_intent")
    _, happened = replayed(records, rules_of(SIGNALS))
    assert fired(happened) == [2, 5]


CHAIN = """
- rule: asks
  when: [page is home]
  show: {chat: {text: Hello, replies: [Later, {text: Tell me, start: told, tag: asked}]}}
- rule: told
  show: {chat: {text: This is how}}
- rule: asked
  when: [visitor.tags has asked]
  do: [{tag: known}]
"""
CLICK = {"fire": "f_live", "fields": {"step": "start", "choice": "1"}}


def test_click_in_a_popup_does_what_it_did_then() -> None:
    records = Recording().hello().views(0, "home").claims("asks", "shown", "f_live").does(2, "popup_submit", CLICK)
    _, happened = replayed(records.claims("told", "shown", "f_next"), rules_of(CHAIN))
    assert [[each.rule for each in one.fired] for one in happened] == [["asks"], ["told", "asked"]]


def test_click_that_an_earlier_page_left_behind_starts_nothing_any_more() -> None:
    records = Recording().hello().views(0, "home").claims("asks", "shown", "f_live")
    records += Recording("docbbb").hello(1).does(2, "popup_submit", CLICK, doc="docaaa")
    _, happened = replayed(records, rules_of(CHAIN))
    assert [[each.rule for each in one.fired] for one in happened] == [["asks"], ["asked"]]


def test_click_in_a_popup_of_a_rule_that_is_no_more_is_nothing() -> None:
    records = Recording().hello().views(0, "home").claims("gone", "shown", "f_live").does(2, "popup_submit", CLICK)
    _, happened = replayed(records, rules_of(CHAIN), follow=True)
    assert [each.fired for each in happened] == [(), ()]


def test_popup_that_was_never_shown_is_taken_as_seen_and_closed() -> None:
    records = Recording().hello().views(0, "home").does(1, "exit_intent").does(62, "exit_intent")
    _, happened = replayed(records, rules_of(SIGNALS))
    assert fired(happened) == [2]


def test_claim_that_the_model_refuses_stays_refused() -> None:
    rules = rules_of(SIGNALS, "holdout: 0%\npolicy: {never_on: [home], quiet: 0s, popups_per_session: 1}\n")
    records = Recording().hello().views(0, "cart").does(1, "exit_intent").views(2, "cart").does(3, "exit_intent")
    _, happened = replayed(records, rules)
    assert [each.reason for one in happened for each in one.refused] == ["popups_per_session"]


def test_holdout_is_that_of_the_visitor() -> None:
    rules = rules_of(SIGNALS, "holdout: 100%\npolicy: {quiet: 0s}\n")
    _, happened = replayed(Recording().hello().views(0, "home").does(1, "exit_intent"), rules)
    assert [each.reason for one in happened for each in one.refused] == ["held_out"]


def test_page_that_was_left_fires_nothing_that_shows() -> None:
    records = Recording().hello().views(0, "cart").hello(11, left=True).dwells(11, 10_001).hello(12).dwells(13, 1)
    _, happened = replayed(records)
    assert [each.reason for one in happened for each in one.refused] == [LEFT]
    assert fired(happened) == [3]


@pytest.mark.parametrize("follow", [False, True])
def test_popup_whose_page_was_left_unseen_may_fire_on_any_page_again(follow: bool) -> None:
    rules = rules_of(SIGNALS.replace("5 per session", "once per session"))
    first, beside = Recording().hello().views(0, "home"), Recording("docbbb").hello().views(0, "home")
    first.does(1, "exit_intent").claims("leaving", "shown", "f_1")
    beside.does(2, "exit_intent").claims("leaving", "limit")
    records = [*first, *beside, *Recording().leaves_unseen(3, "leaving")]
    records += beside.does(4, "exit_intent").claims("leaving", "shown", "f_2")[-2:]
    _, happened = replayed(records, rules, follow)
    assert [each.record.doc for each in happened for _ in each.fired] == ["docaaa", "docbbb"]
    assert fired(happened) == [2, 3]
