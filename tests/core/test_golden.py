"""Golden sessions: read with all their problems, played on models, explained where they differ."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.golden import Outcome, read_sessions, run_session
from engine.core.golden_file import GoldenVisitor
from engine.core.golden_steps import Step
from engine.core.rule_errors import RuleErrors
from tests.core.cases import refused
from tests.core.reading import a_rule, read

CART = a_rule("page is cart", "views(cart) > 2", "page.dwell > 10s", rule="treat")


def played(rules: str, session: str, site: str = "") -> Outcome:
    (golden,) = read_sessions({"s": session})
    return run_session(read(rules, site), golden)


def errors(text: str) -> list[str]:
    with pytest.raises(RuleErrors) as refused:
        read_sessions({"s": text})
    return str(refused.value).split("\n")


def an_event(event: str) -> str:
    return f"- session: a\n  events:\n    - {event}\n"


THREE_CARTS = """
- session: third visit
  events: [page_view: cart, {after: 4s, page_view: cart}, {after: 4s, page_view: cart}, {after: 11s}]
  fires: [treat]
"""


def test_session_that_comes_as_expected_says_so_in_one_line() -> None:
    outcome = played(CART, THREE_CARTS)
    assert outcome.passed
    assert str(outcome) == "ok   third visit (s:2)"


def test_rule_fires_at_the_threshold_itself() -> None:
    outcome = played(CART, THREE_CARTS)
    assert [each.at_ms - outcome.session.at_ms for each in outcome.fired] == [18_001]


def test_rule_that_did_not_fire_is_explained_by_its_nearest_miss() -> None:
    outcome = played(CART, THREE_CARTS.replace("11s", "9s"))
    assert str(outcome).split("\n") == [
        "FAIL third visit (s:2)",
        "     expected to fire  treat",
        "     fired             nothing",
        "     treat came nearest at 0:17: page.dwell is more than 10s, it was 9s",
    ]


def test_nearest_miss_is_where_most_conditions_held() -> None:
    session = (
        "- session: a\n  events: [page_view: cart, {after: 65s, page_view: home}, {after: 2m}]\n  fires: [treat]\n"
    )
    assert played(CART, session).differences[2:] == (
        "treat came nearest at 1:05: views(cart) is more than 2, it was 1",
    )


def test_rule_that_fired_unexpectedly_is_said_with_its_moment() -> None:
    outcome = played(CART, THREE_CARTS.replace("fires: [treat]", "fires: []"))
    assert outcome.differences == (
        "expected to fire  nothing",
        "fired             treat",
        "treat fired at 0:18.001",
    )


def test_rule_that_was_true_and_held_back_is_said_with_the_reason() -> None:
    rules = a_rule("page is home", rule="first") + a_rule("page is cart", rule="second")
    session = """
- session: a
  events: [page_view: home, {after: 9s, page_view: cart}, {after: 1s}]
  fires: [first, second]
"""
    assert played(rules, session).differences == (
        "expected to fire  first, second",
        "fired             first",
        "second was true at 0:09 and held back by quiet: another popup was shown just before",
    )


def test_rule_that_no_event_asked_about_has_nothing_to_say() -> None:
    session = "- session: a\n  events: []\n  fires: [treat]\n"
    assert played(CART, session).differences == ("expected to fire  treat", "fired             nothing")


def test_same_rules_in_another_order_differ() -> None:
    rules = a_rule("page is home", rule="a") + a_rule("page is cart", rule="b")
    session = "- session: a\n  events: [page_view: home, {after: 1s, page_view: cart}]\n  fires: [b, a]\n"
    outcome = played(rules, session, "policy: {quiet: 0s}")
    assert outcome.differences == ("expected to fire  b, a", "fired             a, b")


def test_what_holds_a_rule_is_compared_as_written_or_as_said() -> None:
    session = "- session: a\n  events: [page_view: home]\n  holds: {treat: %s}\n"
    for written in ("page is cart", '"page = cart"', "' page  is cart '"):
        assert played(CART, session % written).passed
    assert played(CART, session % "page.dwell > 10s").differences == (
        "treat expected to be held by  page.dwell is more than 10s",
        "treat is held by              page is cart, it was home",
    )


def test_group_that_holds_a_rule_is_written_as_yaml_too() -> None:
    rules = a_rule("any: [page is cart, page is search]", rule="r")
    session = "- session: a\n  events: [page_view: home]\n  holds: {r: {any: [page is cart, page is search]}}\n"
    assert played(rules, session).passed
    wrong = session.replace("search]}", "other]}")
    assert played(rules, wrong).differences[1] == "r is held by              any of (page is cart; page is search)"


def test_signal_that_holds_a_rule_has_no_value_to_say() -> None:
    outcome = played(a_rule("exit_intent"), "- session: a\n  events: [page_view: home]\n  holds: {r: page is cart}\n")
    assert outcome.differences[1] == "r is held by              exit_intent"


def test_attention_not_reported_yet_counts_for_what_holds_at_the_end() -> None:
    rules = a_rule("page.dwell > 60s")
    outcome = played(rules, "- session: a\n  events: [page_view: home, {after: 42s}]\n  holds: {r: page is cart}\n")
    assert outcome.differences[1] == "r is held by              page.dwell is more than 1m, it was 42s"


@pytest.mark.parametrize(
    ("more", "word"),
    [("", "limit"), ("limit: 9 per session", "page_view")],
)
def test_rule_that_fired_is_held_by_its_limit_or_by_this_page_view(more: str, word: str) -> None:
    session = f"- session: a\n  events: [page_view: cart]\n  fires: [r]\n  holds: {{r: {word}}}\n"
    assert played(a_rule(more=more), session).passed


def test_rule_that_nothing_holds_back_is_said_so() -> None:
    session = "- session: a\n  events: []\n  holds: {r: page is cart}\n"
    outcome = played(a_rule("page is other"), session)
    assert outcome.differences[1] == "r is held by              nothing"


def test_rules_that_do_not_exist_are_named() -> None:
    session = "- session: a\n  events: [page_view: home]\n  fires: [treet]\n  holds: {xyz: limit, treet: quiet}\n"
    assert played(CART, session).differences == (
        "there is no rule 'treet' (did you mean 'treat'?)",
        "there is no rule 'xyz'",
        "expected to fire  treet",
        "fired             nothing",
    )


def test_popup_event_is_about_the_newest_popup() -> None:
    rules = a_rule("page is home", rule="first") + a_rule("count(popup_copy) > 0", rule="second")
    session = "- session: a\n  events: [page_view: home, {popup_copy: {}}]\n  fires: [first, second]\n"
    assert played(rules, session, "policy: {quiet: 0s}").passed
    nothing = "- session: a\n  events: [page_view: cart, {popup_copy: {}}]\n  fires: [second]\n"
    assert played(rules, nothing, "policy: {quiet: 0s}").passed


def test_session_may_begin_without_a_page() -> None:
    rules = a_rule("count(login) = 1")
    session = "- session: a\n  events: [{after: 3s, login: {method: mail}}, {after: 3s}]\n  fires: [r]\n"
    assert played(rules, session).passed


def test_next_popup_opens_when_the_first_is_closed() -> None:
    rules = a_rule("session.age > 1s", rule="a") + a_rule("session.age > 2s", rule="b")
    session = "- session: a\n  events: [page_view: home, {after: 30s, away: true}, page_view: cart]\n  fires: [a]\n"
    assert played(rules, session).passed


def test_everything_about_a_session_is_read() -> None:
    (session,) = read_sessions(
        {
            "s": """
- session: all of it
  at: 2026-11-21T20:15:00+08:00
  visitor: {sessions: 3, returning: true, language: zh-TW, device: phone, referrer: r, source: s, medium: m,
            campaign: c, holdout: false, country: tw, orders: 2, spent: 12.5, tags: [Shoes, shoes], fields: {size: 42}}
  events:
    - page_view: cart
    - {after: 1500ms, away: true}
    - {after: 2m, idle: true, popup: unseen, my_event: {n: 1, x: 1.5, t: "1", yes: true, no: null, l: v}}
    - {scroll: 60%}
    - purchase: {transaction_id: A1, items: [{item_id: a, quantity: 2}]}
    - copy
  fires: [a, b]
  holds: {c: quiet}
"""
        }
    )
    assert session.at_ms == 1_795_263_300_000
    known = {"stage": 4, "orders": 2, "spent": 12.5, "tags": ["shoes"], "f:size": [42]}
    assert session.visitor == GoldenVisitor(3, "zh-TW", "phone", "r", "s", "m", "c", False, country="TW", known=known)
    assert session.steps == (
        Step(name="page_view", data={"kind": "cart", "url": "/cart"}),
        Step(1_500, "away"),
        Step(120_000, "idle", "my_event", {"n": 1, "x": 1.5, "t": "1", "yes": True, "no": None, "l": "v"}, "unseen"),
        Step(name="scroll", data={"percent": 60}),
        Step(name="purchase", data={"transaction_id": "A1", "items": [{"item_id": "a", "quantity": 2}]}),
        Step(name="copy"),
    )
    assert (session.fires, session.holds) == (("a", "b"), {"c": "quiet"})


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("stage: visitor", {}),
        ("stage: shopper", {"stage": 2}),
        ("stage: buyer", {"stage": 3, "orders": 1}),
        ("stage: repeat buyer", {"stage": 4, "orders": 2}),
        ("stage: subscriber, orders: 1", {"stage": 3, "orders": 1}),
        ("orders: 0", {}),
        ("tags: []", {}),
    ],
)
def test_stage_and_orders_of_a_visitor_go_together(said: str, known: dict[str, Any]) -> None:
    (session,) = read_sessions({"s": f"- session: a\n  visitor: {{{said}}}\n  events: []\n"})
    assert session.visitor.known == known


def test_session_file_may_be_empty() -> None:
    assert read_sessions({"s": "", "t": "# none\n"}) == []


@pytest.mark.parametrize("at", ["2026-01-05 12:00", "2026-01-05T12:00:00", "2026-01-05T12:00+09:00"])
def test_time_without_an_offset_is_the_site_s(at: str) -> None:
    session = f"- session: a\n  at: {at}\n  events: [page_view: cart]\n  fires: [r]\n"
    outcome = played(a_rule("clock.hour = 12"), session, "timezone: Asia/Tokyo")
    assert outcome.passed
    assert outcome.session.at_ms == 1_767_582_000_000


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        (a_rule("page is cart", more="holdout: 10%\n"), "holdout"),
        (a_rule("page is cart") + a_rule("page is cart", rule="q", more="priority: 2\n"), "priority"),
        (a_rule("page is cart", more="schedule: {until: 2026-01-01}\n"), "schedule"),
        (a_rule("all: [page is cart, any: [page.dwell > 1m, views(cart) > 2]]"), "views(cart) > 2"),
    ],
)
def test_what_holds_a_rule_is_named_by_its_key_or_by_the_part_that_fails(rule: str, word: str) -> None:
    held = "visitor: {holdout: true}\n  " if word == "holdout" else ""
    fires = "fires: [q]\n  " if word == "priority" else ""
    session = f"- session: a\n  {held}events: [page_view: cart]\n  {fires}holds: {{r: {word}}}\n"
    assert played(rule, session).passed


def test_part_of_a_group_that_is_true_does_not_hold_a_rule() -> None:
    session = "- session: a\n  events: [page_view: cart]\n  holds: {r: page is cart}\n"
    assert not played(a_rule("all: [page is cart, page.dwell > 1m]"), session).passed


@pytest.mark.parametrize("case", refused("sessions"), ids=lambda case: case["says"])
def test_wrong_session_is_refused_with_a_sentence(case: dict[str, Any]) -> None:
    assert errors(case["text"]) == [case["says"]]


def test_problems_of_all_session_files_are_said_at_once() -> None:
    with pytest.raises(RuleErrors) as refused:
        read_sessions({"b": an_event("wake"), "a": an_event("{after: 1}") + an_event("{after: 2}")})
    assert [(each.file, each.line) for each in refused.value.errors] == [("a", 3), ("a", 6), ("b", 3)]


def test_every_wrong_value_of_what_holds_a_rule_is_said() -> None:
    with pytest.raises(RuleErrors) as refused:
        read_sessions({"a": "- session: a\n  events: []\n  holds: {r: 'page in [crt, cart, hme]'}\n"})
    assert [str(each).split(", expected")[0] for each in refused.value.errors] == [
        "a:3:14: page in [crt, cart, hme]: unknown page kind 'crt'",
        "a:3:14: page in [crt, cart, hme]: unknown page kind 'hme'",
    ]


def test_endless_file_of_problems_ends() -> None:
    assert errors(an_event("wake") * 300)[-1].endswith("more than 100 problems, not all listed")
