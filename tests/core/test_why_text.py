"""What came of the rules, as text and as JSON, for one visitor and summed up."""

from __future__ import annotations

from engine.core.counted_since import Since
from engine.core.why import answers_of
from engine.core.why_text import Sum, as_json, as_text
from tests.core.recordings import NOON, Recording, rules_of

RULES = """
- rule: sweetener
  when: [page is cart, page.dwell > 10s]
  show: {chat: {text: Hello}}
- rule: leaving
  when: [exit_intent]
  show: {chat: {text: Hello}}
- rule: either
  when: [{any: [page is home, exit_intent]}]
  show: {chat: {text: Hello}}
- rule: scrolled
  when: [page.scroll > 50%, page is cart]
  show: {chat: {text: Hello}}
"""
PAST = Recording().hello().views(0, "cart").does(2, "scroll", {"percent": 30}).dwells(6.1, 6_100)
PAST = PAST.does(70, "exit_intent").claims("leaving", "shown", "f_9").does(71, "copy")


def test_text_tells_each_event_and_what_has_changed_at_it() -> None:
    assert as_text(answers_of("v1", rules_of(RULES), PAST, ["sweetener", "leaving"]), "Asia/Taipei") == (
        """
session s1, 2024-10-04 20:00:00 (Asia/Taipei)
  0:00.000  page_view on cart /cart
      sweetener  page.dwell is more than 10s, it was 0s
      leaving    exit_intent
  0:02.000  scroll 30% on cart /cart
  0:06.100  page_dwell 6100 ms on cart /cart
      sweetener  page.dwell is more than 10s, it was 6100ms
  1:10.000  exit_intent on cart /cart
      leaving    fired
  1:11.000  copy on cart /cart
      leaving    exit_intent
  in all
      sweetener  came nearest at 1:11.000: page.dwell is more than 10s, it was 6100ms
      leaving    fired at 1:10.000
""".strip()
    )


def test_json_has_each_moment_with_each_rule_and_where_it_came_nearest() -> None:
    [session] = as_json(answers_of("v1", rules_of(RULES), PAST))
    moment = session["moments"][2]
    assert (moment["at_ms"], moment["event"], moment["doc"], moment["seq"]) == (NOON + 6_100, "page_dwell", "docaaa", 3)
    assert moment["page"] == {"kind": "cart", "path": "/cart"}
    assert moment["rules"][0] == {
        "rule": "sweetener", "verdict": "held", "because": "page.dwell is more than 10s", "had": 6_100,
        "expected": 10_000,
    }  # fmt: skip
    assert moment["rules"][2] == {
        "rule": "either", "verdict": "held", "because": "any of (page is home; exit_intent)",
        "several": [{"fact": "page", "had": "cart"}],
    }  # fmt: skip
    assert session["moments"][3]["rules"][1] == {"rule": "leaving", "verdict": "fired", "fire": "f_9"}
    refused = session["moments"][3]["rules"][2]
    assert (refused["verdict"], refused["reason"]) == ("refused", "outranked")
    assert [(each["rule"], each["fired"]) for each in session["rules"]] == [
        ("sweetener", 0), ("leaving", 1), ("either", 0), ("scrolled", 0)
    ]  # fmt: skip
    assert session["rules"][0]["nearest"]["had"] == 6_100


def test_expectation_that_json_has_no_word_for_is_told_in_words() -> None:
    rules = rules_of(
        "- rule: r\n  when: [page is home]\n  schedule: {hours: '09:00-10:00'}\n  show: {chat: {text: Hi}}"
    )
    [session] = as_json(answers_of("v1", rules, PAST))
    assert isinstance(session["rules"][0]["nearest"]["expected"], str)


def summed(rule: str, *visitors: Recording) -> Sum:
    total = Sum(rule)
    for records in visitors:
        part = Sum(rule)
        part.add(answers_of("v1", rules_of(RULES), records))
        total.merge(part)
    return total


def stays(*ms: int) -> list[Recording]:
    return [Recording().hello().views(0, "cart").dwells(60, each) for each in ms]


def test_sum_names_what_held_a_rule_most_often_with_the_middle_of_its_values() -> None:
    fires = Recording().hello().views(0, "cart").dwells(60, 10_001).claims("sweetener", "shown")
    left = Recording().hello().views(0, "cart").dwells(60, 10_001)
    total = summed("sweetener", *stays(6_100, 2_000, 9_000), fires, left, Recording().hello().views(0, "home"))
    assert str(total) == (
        """
sweetener: fired in 1 of 6 sessions, held 5 times:
        3  by `page.dwell is more than 10s` (median 6.1 s)
        1  by left: the page was left before it could show, or other rules were in force
        1  by `page is cart`
""".strip()
    )
    assert total.as_json() == {
        "rule": "sweetener", "sessions": 6, "fired": 1,
        "held": [
            {"by": "page.dwell is more than 10s", "sessions": 3, "median": 6_100},
            {"by": "left", "sessions": 1, "median": None},
            {"by": "page is cart", "sessions": 1, "median": None},
        ],
    }  # fmt: skip


def test_middle_of_a_measure_is_said_with_its_unit() -> None:
    records = Recording().hello().views(0, "cart").does(2, "scroll", {"percent": 30})
    assert "by `page.scroll is more than 50%` (median 30%)" in str(summed("scrolled", records))


def test_rule_that_is_not_in_what_is_added_adds_nothing() -> None:
    total = Sum("other")
    total.add(answers_of("v1", rules_of(RULES), Recording().hello().views(0, "home")))
    assert total.sessions == 0


def test_sum_of_nothing_says_so() -> None:
    total = Sum("sweetener")
    total.add([])
    assert str(total) == "sweetener: no session was recorded in that time"


def test_what_is_rare_is_told_in_one_line() -> None:
    total = Sum("r", sessions=12, held={f"condition {n}": [None] for n in range(12)})
    assert str(total).splitlines()[-1] == "        2  by other conditions"


def test_what_counts_not_long_enough_is_said_in_all_forms() -> None:
    rules = rules_of("- {rule: again, when: [views(cart) in 7d > 3], show: {chat: {text: Hello}}}")
    known = {"trail views:cart": Since(NOON + 1_000, 4, 7 * 86_400_000)}
    moments = answers_of("v1", rules, PAST, (), known)
    assert as_text(moments, "UTC").endswith(
        "views(cart) in 7d is more than 3, it was 0, counts since 2024-10-04 12:00 UTC\n"
        "             views(cart) in 7d counts since 2024-10-04 12:00 UTC"
    )
    since = [{"fact": "views(cart) in 7d", "since_ms": NOON + 1_000}]
    [session] = as_json(moments)
    assert session["rules"][0]["nearest"]["counts_since"] == since
    total, part = Sum("again"), Sum("again")
    part.add(moments)
    total.merge(part)
    assert total.as_json()["counts_since"] == since
    assert str(total).endswith("\n  views(cart) in 7d counts since 2024-10-04 12:00 UTC")
