"""The model of what Redis keeps: counted once, claimed once, in the order of the refusals."""

from __future__ import annotations

import json
from dataclasses import replace

from engine.core.conditions import AllOf
from engine.core.firings import DAY_MS, UNSEEN_AFTER_MS
from engine.core.rules import Limit, Rule, Show, Site
from engine.core.store_model import SESSION_ENDS_AFTER_MS, Claim, VisitorModel

SITE = Site(popups_per_session=2, quiet_ms=30_000)


def a_rule(name: str = "r", limit: Limit | None = None) -> Rule:
    return Rule(name, AllOf(()), Show("chat", {}), limit=limit or Limit())


def a_claim(fire: str, rule: Rule | None = None, site: Site = SITE, doc: str = "doc001", view: int = 1) -> Claim:
    return Claim(fire, rule or a_rule(), site, "s_1", doc, view)


def read(store: VisitorModel, doc: str, measures: list[str], names: list[str], now_ms: int) -> list[float]:
    values: list[float] = json.loads(store.look(doc, [str(len(measures)), *measures, str(len(names)), *names], now_ms))
    return values


def viewed_and_closed(store: VisitorModel, claim: Claim, now_ms: int) -> tuple[str, int]:
    answer = store.claim(claim, now_ms)
    store.settle(claim.fire, "view")
    store.settle(claim.fire, "close")
    return answer


def test_event_that_comes_again_is_not_counted_again() -> None:
    store = VisitorModel()
    assert store.observe("doc001", 1, ["+", "views", 1], 0) == (True, True)
    assert store.observe("doc001", 1, ["+", "views", 1], 5) == (False, False)
    assert store.observe("doc001", 2, ["+", "views", 1], 9) == (True, False)
    assert read(store, "doc001", [], ["views", "other"], 9) == [2, 0]


def test_documents_have_their_own_sequence_and_measures() -> None:
    store = VisitorModel()
    store.observe("doc001", 1, ["page", "record", "-", "dwell", 500, "-"], 0)
    store.observe("doc002", 1, ["page", "record", "-", "dwell", 70, "-", "scroll", 60, "-", "scroll", 40, "-"], 0)
    assert read(store, "doc001", ["d", "s"], [], 0) == [500, 0]
    assert read(store, "doc002", ["d", "s"], [], 0) == [70, 60]
    store.observe("doc002", 2, ["page", "record", "-"], 0)
    assert read(store, "doc002", ["d", "s"], [], 0) == [0, 0]
    assert read(store, "doc003", ["d"], [], 0) == [0]


def test_verbs_of_the_list_of_changes() -> None:
    store = VisitorModel()
    store.observe("doc001", 1, ["=", "cart:v", 12.5, "1", "i:a", "products", "1", "i:a", "products"], 0)
    store.observe("doc001", 2, ["once", "A1", "-", "order", 100, "-", "+", "e:purchase", 1], 0)
    store.observe("doc001", 3, ["once", "A1", "-", "order", 100, "-", "+", "e:purchase", 1], 0)
    names = ["cart:v", "i:a", "products", "e:purchase"]
    assert read(store, "doc001", [], names, 0) == [12.5, 2, 1, 1]
    assert (store.orders, store.spent) == (1, 100)


def test_session_ends_after_half_an_hour_without_an_event() -> None:
    store = VisitorModel()
    store.observe("doc001", 1, ["+", "views", 1], 0)
    assert read(store, "doc001", [], ["views"], SESSION_ENDS_AFTER_MS) == [1]
    assert read(store, "doc001", [], ["views"], SESSION_ENDS_AFTER_MS + 1) == [0]
    assert store.observe("doc001", 2, ["+", "views", 1], SESSION_ENDS_AFTER_MS + 1) == (True, True)
    assert (store.session, store.sessions, store.session_started_ms) == ("s_2", 2, SESSION_ENDS_AFTER_MS + 1)


def test_greeting_begins_a_session_once() -> None:
    store = VisitorModel(sessions=4)
    assert (store.greet(0), store.greet(1), store.sessions) == (True, False, 5)
    assert store.observe("doc001", 1, [], 2) == (True, False)


def test_first_claim_shows() -> None:
    assert VisitorModel().claim(a_claim("f1"), 0) == ("", 0)


def test_refusals_come_in_their_order() -> None:
    store = VisitorModel()
    store.claim(a_claim("f1"), 0)
    assert store.claim(a_claim("f2"), 1) == ("page_view", 0)
    assert store.claim(a_claim("f2", view=2), 1) == ("limit", 0)
    other = a_rule("other")
    assert store.claim(a_claim("f2", other), 1) == ("open", 0)
    store.settle("f1", "close")
    assert store.claim(a_claim("f2", other), 10_000) == ("quiet", 20_000)
    assert viewed_and_closed(store, a_claim("f2", other), 30_000) == ("", 0)
    assert store.claim(a_claim("f3", a_rule("third"), view=3), 90_000) == ("popups_per_session", 0)


def test_popup_left_open_on_another_page_view_does_not_hold() -> None:
    store = VisitorModel()
    store.claim(a_claim("f1"), 0)
    assert store.claim(a_claim("f2", a_rule("other"), view=2), 30_000) == ("", 0)


def test_firing_that_nobody_viewed_is_released_after_a_minute() -> None:
    store = VisitorModel()
    store.claim(a_claim("f1"), 0)
    assert store.claim(a_claim("f2", view=2), UNSEEN_AFTER_MS - 1) == ("limit", 0)
    assert store.claim(a_claim("f2", view=2), UNSEEN_AFTER_MS) == ("", 0)


def test_popups_that_nobody_viewed_are_taken_back_when_their_page_is_left() -> None:
    store = VisitorModel()
    store.claim(a_claim("f1"), 0)
    other = a_rule("other")
    viewed_and_closed(store, a_claim("f2", other, view=2), 30_000)
    store.claim(replace(a_claim("f3", a_rule("elsewhere"), view=3), doc="doc002"), 60_000 - 1)
    assert store.leave("doc001", 50_000) == ["r", "f1"]
    assert store.leave("doc001", 50_000) == []
    assert store.claim(a_claim("f4", view=4), 60_000) == ("", 0)


def test_limit_of_days_counts_back_from_now() -> None:
    rule = a_rule(limit=Limit("days", 1, 3))
    store = VisitorModel()
    viewed_and_closed(store, a_claim("f1", rule), 0)
    later = replace(a_claim("f2", rule, view=2), session="s_9")
    assert store.claim(later, 3 * DAY_MS - 1) == ("limit", 0)
    assert store.claim(later, 3 * DAY_MS) == ("", 0)


def test_limit_of_a_visitor_holds_in_every_session() -> None:
    rule = a_rule(limit=Limit("visitor", 1))
    store = VisitorModel()
    viewed_and_closed(store, a_claim("f1", rule), 0)
    assert store.claim(replace(a_claim("f2", rule, view=2), session="s_9"), 10**12) == ("limit", 0)


def test_firing_that_is_held_out_spends_the_limit_and_no_popup_of_the_session() -> None:
    store = VisitorModel()
    held = replace(a_claim("f1"), held_out=True)
    assert store.claim(held, 0) == ("", 0)
    assert store.claim(replace(held, fire="f2", view=2), UNSEEN_AFTER_MS * 2) == ("limit", 0)
    assert store.claim(a_claim("f3", a_rule("other")), 1) == ("", 0)


def test_settling_tells_whose_firing_it_was() -> None:
    store = VisitorModel()
    store.claim(a_claim("f1"), 0)
    assert store.settle("f1", "view") == "r"
    assert store.settle("f0", "view") == ""
    assert store.firings["r"] == [{"f": "f1", "t": 0, "s": "s_1", "d": "doc001", "v": 1, "w": 1, "c": 0, "h": 0}]


def test_no_quiet_time_is_no_quiet_time() -> None:
    site = Site(quiet_ms=0)
    store = VisitorModel()
    viewed_and_closed(store, a_claim("f1", site=site), 5)
    assert store.claim(a_claim("f2", a_rule("other"), site), 5) == ("", 0)


def test_finished_sequence_stays_finished() -> None:
    store = VisitorModel()
    for seq, told in enumerate(("0 2 1", "0 2 2", "0 2 1"), start=1):
        store.observe("doc001", seq, ["step", "then", told], seq)
        assert read(store, "doc001", [], ["then"], seq) == [[1] if seq == 1 else 1]
