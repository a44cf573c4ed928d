"""Why, and why not: of each event and rule what came of it, and where a rule came nearest."""

from __future__ import annotations

import pytest

from engine.core.recorded import Record
from engine.core.why import Answer, Moment, answers_of, nearest, sessions_of
from tests.core.recordings import Recording, rules_of

RULES = """
- rule: sweetener
  when: [page is cart, views(cart) > 1, page.dwell > 10s]
  show: {chat: {text: Hello}}
- rule: few
  when: [session.views < 2, page.dwell > 1h]
  show: {chat: {text: Hello}}
- rule: either
  when: [{any: [page is home, exit_intent]}, page is checkout]
  show: {chat: {text: Hello}}
- rule: leaving
  when: [exit_intent]
  show: {chat: {text: Hello}}
"""


def told(records: list[Record], rule: str) -> list[str]:
    return [str(each) for moment in answers_of("v1", rules_of(RULES), records, [rule]) for each in moment.answers]


def test_each_event_says_which_condition_failed_and_what_it_found() -> None:
    records = Recording().hello().views(0, "cart").views(5, "cart").dwells(11, 6_100).dwells(16, 4_000)
    assert told(records.claims("sweetener", "shown"), "sweetener") == [
        "views(cart) is more than 1, it was 1",
        "page.dwell is more than 10s, it was 0s",
        "page.dwell is more than 10s, it was 6100ms",
        "fired",
    ]


def test_condition_made_of_several_says_what_each_of_them_found() -> None:
    records = Recording().hello().views(0, "cart")
    assert told(records, "either") == ["any of (page is home; exit_intent), page was cart"]
    assert told(records, "leaving") == ["exit_intent"]


def test_rule_that_was_true_and_refused_says_what_held_it_back() -> None:
    records = Recording().hello().views(0, "cart").does(1, "exit_intent").claims("leaving", "quiet")
    assert told(records, "leaving")[1] == "held back by quiet: another popup was shown just before"


def test_rule_that_was_true_when_the_page_was_left_says_so() -> None:
    records = Recording().hello().views(0, "cart").does(1, "exit_intent")
    assert told(records, "leaving")[1].startswith("held back by left: the page was left before it could show")


def test_rule_that_is_spent_says_its_limit() -> None:
    records = Recording().hello().views(0, "cart").does(1, "exit_intent").claims("leaving", "shown")
    assert told(records.does(2, "exit_intent"), "leaving")[1:] == ["fired", "held back by limit: its limit is spent"]


def test_popup_that_the_page_held_back_says_by_what() -> None:
    records = Recording().hello().views(0, "cart").does(1, "exit_intent").claims("leaving", "shown", "f_7")
    records.does(2, "popup_held", {"fire": "f_7", "reason": "typing"})
    records.does(3, "popup_held", {"fire": "f_of nobody", "reason": "typing"})
    assert told(records, "leaving")[1:] == [
        "fired",
        "held back by page_typing: the shopper was typing",
        "exit_intent",
    ]


def test_all_rules_answer_where_none_is_named() -> None:
    [moment] = answers_of("v1", rules_of(RULES), Recording().hello().views(0, "home"))
    assert [each.rule for each in moment.answers] == ["sweetener", "few", "either", "leaving"]
    assert (moment.kind, moment.path, moment.session) == ("home", "/home", "s1")


def test_nearest_is_where_most_was_true_and_the_measure_was_closest() -> None:
    records = Recording().hello().views(0, "cart").dwells(1, 200).views(5, "cart").dwells(11, 6_100).views(12, "cart")
    found = nearest(answers_of("v1", rules_of(RULES), records), "sweetener")
    assert found is not None
    moment, answer = found
    assert (moment.record.seq, answer.met, answer.near) == (4, 2, 0.61)


@pytest.mark.parametrize(
    ("condition", "nearness"),
    [("session.views < 1", [1.0, 0.5]), ("session.views = 9", [0.0, 0.0]), ("session.views > 4", [0.25, 0.5])],
)
def test_how_near_a_measure_was_depends_on_what_is_expected_of_it(condition: str, nearness: list[float]) -> None:
    rules = rules_of(f"- {{rule: r, when: [{condition}], show: {{chat: {{text: Hello}}}}}}")
    moments = answers_of("v1", rules, Recording().hello().views(0, "home").views(1, "home"))
    assert [each.near for moment in moments for each in moment.answers] == nearness


def test_firing_is_nearer_than_being_refused_and_that_nearer_than_being_held() -> None:
    records = Recording().hello().views(0, "cart").does(1, "exit_intent").claims("leaving", "shown")
    found = nearest(answers_of("v1", rules_of(RULES), records.does(2, "exit_intent")), "leaving")
    assert found is not None
    assert found[1].verdict == "fired"


def test_rule_that_was_never_asked_came_nowhere_near() -> None:
    assert nearest([], "sweetener") is None


def test_sessions_are_told_apart() -> None:
    records = Recording().hello().views(0, "home").views(4_000, "home")
    records.session = "s2"
    found: dict[str, list[Moment]] = sessions_of(answers_of("v1", rules_of(RULES), records.views(4_001, "home")))
    assert {session: len(moments) for session, moments in found.items()} == {"s1": 1, "s2": 2}


def test_answer_without_a_word_for_its_reason_says_the_reason() -> None:
    assert str(Answer("r", "refused", reason="odd")) == "held back by odd: odd"
