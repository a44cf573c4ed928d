"""The engine's model beyond what golden sessions reach: what an earlier document left, and popups that nobody saw."""

from __future__ import annotations

from engine.core.engine_model import EngineModel
from engine.core.event_data import read_data
from engine.core.events import NOWHERE, Page
from engine.core.firings import UNSEEN_AFTER_MS
from engine.core.rulefile import read_rules
from engine.core.store_model import VisitorModel
from engine.core.view import Visitor

NOON = 20_000 * 86_400_000 + 12 * 3_600_000
CART = Page(kind="cart", url="/cart", path="/cart")
RULES = """
- rule: long-in-the-cart
  when: [dwell(cart) > 10s]
  show: {chat: {text: Hello}}
- rule: copied
  when: [copy]
  show: {chat: {text: Hello}}
"""


def an_engine(rules: str = RULES, site: str = "holdout: 0%\npolicy: {quiet: 0s}\n") -> EngineModel:
    engine = EngineModel(read_rules({"rules.yaml": rules, "site.yaml": site}), VisitorModel(), Visitor())
    engine.open("docbbb", {"kind": "home", "url": "/"}, NOON)
    engine.take(1, "page_view", {"kind": "home", "url": "/"}, NOON)
    return engine


def test_what_an_earlier_document_left_counts_for_the_page_that_it_carries() -> None:
    engine = an_engine()
    engine.apply(read_data(7, "page_dwell", {"ms": 11_000}, "docaaa", CART), NOON + 1)
    assert [each.rule for each in engine.fired] == ["long-in-the-cart"]
    assert engine.page.kind == "home"


def test_what_an_earlier_document_left_without_a_page_counts_for_none() -> None:
    engine = an_engine()
    engine.apply(read_data(7, "page_dwell", {"ms": 11_000}, "docaaa", None), NOON + 1)
    assert engine.fired == []
    assert engine.page is not NOWHERE


def test_page_view_of_an_earlier_document_turns_nothing() -> None:
    engine = an_engine()
    engine.apply(read_data(6, "page_view", {"kind": "cart", "url": "/cart"}, "docaaa", None), NOON + 1)
    assert engine.page.kind == "home"


def test_signal_of_an_earlier_document_is_none_of_this_page() -> None:
    engine = an_engine()
    engine.apply(read_data(7, "copy", {}, "docaaa", CART), NOON + 1)
    assert engine.fired == []
    engine.take(2, "copy", {}, NOON + 2)
    assert [each.rule for each in engine.fired] == ["copied"]


def test_rule_whose_popup_nobody_viewed_in_time_fires_again_on_the_same_page() -> None:
    engine = an_engine()
    engine.take(2, "copy", {}, NOON)
    engine.take(3, "copy", {}, NOON + UNSEEN_AFTER_MS - 1)
    assert len(engine.fired) == 1
    engine.take(4, "copy", {}, NOON + UNSEEN_AFTER_MS)
    assert [each.at_ms for each in engine.fired] == [NOON, NOON + UNSEEN_AFTER_MS]


def test_popup_that_nobody_viewed_is_none_of_the_sessions_and_waits_over_a_reconnect() -> None:
    engine = an_engine(site="holdout: 0%\npolicy: {quiet: 5m, popups_per_session: 1}\n")
    engine.take(2, "copy", {}, NOON)
    engine.open("docccc", {"kind": "home", "url": "/"}, NOON + 1)
    engine.take(1, "page_view", {"kind": "home", "url": "/"}, NOON + 2)
    engine.take(2, "copy", {}, NOON + UNSEEN_AFTER_MS - 1)
    engine.take(3, "copy", {}, NOON + UNSEEN_AFTER_MS)
    assert [each.at_ms for each in engine.fired] == [NOON, NOON + UNSEEN_AFTER_MS]


def test_rule_whose_popup_was_viewed_stays_spent() -> None:
    engine = an_engine()
    engine.take(2, "copy", {}, NOON)
    engine.take(3, "popup_view", {"fire": engine.fired[0].fire}, NOON + 1)
    engine.take(4, "copy", {}, NOON + UNSEEN_AFTER_MS)
    assert len(engine.fired) == 1


def test_what_was_seen_holds_the_signal_of_its_moment() -> None:
    engine = an_engine()
    event = read_data(2, "copy", {}, None, None)
    engine.apply(event, NOON)
    view = engine.seen(event, NOON)
    assert (view.signal, view.page.kind, view.now_ms) == ("copy", "home", NOON)
