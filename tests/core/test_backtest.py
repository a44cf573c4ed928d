"""What a draft would have done with recorded visitors: moments put in, sessions, orders and codes."""

from __future__ import annotations

from copy import deepcopy

import pytest

from engine.core.backtest import Backtest, Found, Reached, kinds_of, unknowable
from engine.core.popup import coupon_of
from engine.core.popup_wheel import seed_of
from tests.core.recordings import NOON, Recording, rules_of

EVER = 2**62


def backtest(rules: str, *visitors: Recording, since_s: float = 0, until_s: float = 10**6, site: str = "") -> Found:
    compiled = rules_of(rules, site or "holdout: 0%\npolicy: {quiet: 0s}\n")
    test = Backtest(compiled, compiled.by_id, NOON + round(since_s * 1000), NOON + round(until_s * 1000))
    for n, records in enumerate(visitors):
        test.take(f"v{n}", records)
    return test.found


def moments(found: Found) -> list[float]:
    return [(each.at_ms - NOON) / 1000 for each in found.reached]


CART = """
- rule: sweetener
  when: [page is cart, page.dwell > 10s]
  show: {coupon: {title: Hello, code: ADD50}}
"""
TWICE = """
- rule: sweetener
  when: [page is cart, page.dwell > 10s]
  show: {chat: {text: Hello}}
- rule: longer
  when: [page is cart, page.dwell > 20s]
  show: {chat: {text: Hello}}
"""
AGE = """
- rule: aged
  when: [session.age > 60s]
  show: {chat: {text: Hello}}
"""


def test_attention_that_was_reported_in_one_piece_is_cut_where_the_draft_would_have_asked() -> None:
    found = backtest(CART, Recording().hello().views(0, "cart").dwells(40, 35_000))
    assert moments(found) == [pytest.approx(40 - 35 + 10.001)]
    assert (found.visitors, found.events) == (1, 3)


def test_each_rule_is_asked_at_its_own_moment() -> None:
    found = backtest(TWICE, Recording().hello().views(0, "cart").dwells(40, 35_000))
    assert {each.rule: (each.at_ms - NOON) / 1000 for each in found.reached} == {
        "sweetener": pytest.approx(15.001), "longer": pytest.approx(25.001)
    }  # fmt: skip


def test_report_at_its_moment_is_left_in_one_piece() -> None:
    found = backtest(CART, Recording().hello().views(0, "cart").dwells(10.2, 10_013))
    assert moments(found) == [10.2]


def test_clock_wakes_where_the_draft_would_have_asked() -> None:
    found = backtest(AGE, Recording().hello().views(0, "home").dwells(90, 5_000))
    assert moments(found) == [60.001]


def test_wake_that_was_recorded_needs_no_other() -> None:
    found = backtest(AGE, Recording().hello().views(0, "home").does(62, "wake"))
    assert moments(found) == [62]


def test_waking_ends() -> None:
    rules = AGE.replace("session.age > 60s", "session.age > 60s, session.age < 61s, page is cart")
    assert moments(backtest(rules, Recording().hello().views(0, "home").dwells(90, 5_000))) == []


def test_what_an_earlier_document_left_is_taken_as_it_is() -> None:
    rules = "- {rule: r, when: [dwell(cart) > 10s], show: {chat: {text: Hello}}}"
    left = (
        Recording()
        .hello()
        .views(0, "home")
        .does(20, "page_dwell", {"ms": 30_000}, "docaaz", {"kind": "cart", "url": "/"})
    )
    assert moments(backtest(rules, left)) == [20]


def test_only_the_time_asked_for_counts_and_what_was_before_is_known() -> None:
    rules = "- rule: r\n  when: [views(cart) > 1]\n  show: {chat: {text: Hello}}\n  limit: 9 per session"
    records = Recording().hello().views(0, "cart").views(10, "cart").views(20, "cart").views(30, "cart")
    found = backtest(rules, records, since_s=15, until_s=30)
    assert moments(found) == [20]
    assert found.reached[0].times == 1


def test_session_that_ordered_and_the_code_it_would_have_used_are_told() -> None:
    records = (
        Recording().hello().views(0, "cart").dwells(40, 35_000).does(50, "purchase", {"value": 5, "currency": "EUR"})
    )
    other = Recording().hello().does(1, "purchase", {"value": 5, "currency": "EUR"}).views(2, "cart").dwells(40, 35_000)
    found = backtest(CART, records, other)
    assert [(each.ordered, each.codes) for each in found.reached] == [
        (True, frozenset({"ADD50"})), (False, frozenset({"ADD50"}))
    ]  # fmt: skip


def test_order_of_a_later_session_is_none_of_this_one() -> None:
    records = Recording().hello().views(0, "cart").dwells(40, 35_000)
    records.session = "s2"
    found = backtest(CART, records.does(9_000, "purchase", {"value": 5, "currency": "EUR"}))
    assert [(each.session, each.ordered) for each in found.reached] == [("s1", False)]


def test_variant_tells_the_code() -> None:
    rules = """
- rule: r
  when: [page is cart]
  show:
    - {variant: a, weight: 1, coupon: {title: A, code: ONE}}
    - {variant: b, weight: 1, chat: {text: B}}
"""
    found = backtest(rules, *(Recording().hello().views(0, "cart") for _ in range(20)))
    assert {each.codes for each in found.reached} == {frozenset({"ONE"}), frozenset()}


def test_wheel_draws_for_each_session_what_it_would_have_drawn_live() -> None:
    fields = ", ".join(f"{{text: T{n}, code: PRIZE{n}}}" for n in range(6))
    rules = f"- rule: r\n  when: [page is cart]\n  show: {{wheel: {{title: Turn, segments: [{fields}]}}}}\n"
    found = backtest(rules, *(Recording(session=f"s{n}").hello().views(0, "cart") for n in range(30)))
    (show,) = rules_of(rules).by_id["r"].rule.shows
    drawn = [coupon_of(show, seed_of(each.visitor, "r", each.session)) for each in found.reached]
    assert [each.codes for each in found.reached] == [frozenset({each.code}) for each in drawn if each]
    assert len({each.codes for each in found.reached}) > 3


def test_sessions_that_only_the_holdout_kept_back_are_counted_apart() -> None:
    found = backtest(CART, Recording().hello().views(0, "cart").dwells(40, 35_000), site="holdout: 100%\n")
    assert (found.reached, found.held_out) == ([], {"sweetener": 1})


def test_where_the_rule_fired_live_is_told_beside() -> None:
    records = Recording().hello().views(0, "cart").dwells(10.1, 10_001).claims("sweetener", "shown")
    found = backtest(CART, records.claims("other", "shown").claims("sweetener", "quiet"))
    assert (
        found.live == {("sweetener", "v0", "s1")} == {(each.rule, each.visitor, each.session) for each in found.reached}
    )


def test_only_drafts_are_told_of() -> None:
    rules = rules_of(TWICE)
    test = Backtest(rules, ["longer"], 0, EVER)
    test.take("v1", Recording().hello().views(0, "cart").dwells(40, 35_000))
    assert [each.rule for each in test.found.reached] == ["longer"]


def test_what_several_processes_found_is_put_together() -> None:
    one = Found(1, 5, [Reached("r", "v1", "s1", 1)], {("r", "v1", "s1")}, {"r": 1})
    one.merge(Found(2, 7, [Reached("r", "v2", "s2", 2)], {("r", "v2", "s2")}, {"r": 2, "q": 1}))
    assert (one.visitors, one.events, len(one.reached), len(one.live)) == (3, 12, 2, 2)
    assert one.held_out == {"r": 3, "q": 1}


def test_what_was_found_goes_from_one_process_to_another() -> None:
    found = Found(1, 5, [Reached("r", "v1", "s1", 1, codes=frozenset({"ADD50"}))], {("r", "v1", "s1")}, {"r": 1})
    assert deepcopy(found) == found  # as a pickle is: taken apart, and put together without being made


def test_what_is_recorded_only_where_it_was_asked_for_is_named() -> None:
    rules = rules_of("- {rule: r, when: [page is cart, exit_intent, page.scroll > 50%], show: {chat: {text: Hello}}}")
    assert unknowable(each.rule for each in rules.rules) == ["exit_intent", "page.scroll"]


def test_pages_on_which_a_draft_could_hold_are_known() -> None:
    assert kinds_of(rules_of(CART), ["sweetener"]) == ("cart",)
    assert kinds_of(rules_of(AGE), ["aged"]) == ()
