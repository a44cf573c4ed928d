"""Rule files as a whole: all problems at once, nothing half loaded."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.conditions import AllOf
from engine.core.rule_errors import RuleErrors
from engine.core.rulefile import read_rules
from engine.core.rules import Limit
from tests.core.cases import refused
from tests.core.reading import a_rule, problem, problems, read, read_one


def test_error_names_file_line_column_and_the_nearest_word() -> None:
    text = a_rule("page is cart", "page.dwell > 10s", "views(basket) > 2")
    with pytest.raises(RuleErrors) as errors:
        read_rules({"rules/cart.yaml": text})
    assert str(errors.value) == (
        "rules/cart.yaml:5:7: views(basket) > 2: unknown page kind 'basket', "
        "expected one of home, category, product, cart, ... (did you mean 'cart'?)"
    )


def test_column_of_a_wrong_value_is_that_of_the_value() -> None:
    assert problem(a_rule("page.dwell > 10")).startswith("rules.yaml:3:20: ")
    assert problem(a_rule('"page.dwell > 10"')).startswith("rules.yaml:3:21: ")


def test_column_in_a_folded_condition_is_that_of_the_condition() -> None:
    assert problem(a_rule("page.dwell\n       > 10")).startswith("rules.yaml:3:7: page.dwell > 10: expected a duration")


def test_all_problems_of_all_files_are_said_at_once_in_order() -> None:
    files = {
        "b.yaml": a_rule("views(bag) > 1", "page.dwell > 1", rule="other"),
        "a.yaml": a_rule("page is hone", more="limit: sometimes"),
        "site.yaml": "currency: dollars",
    }
    with pytest.raises(RuleErrors) as errors:
        read_rules(files)
    places = [(each.file, each.line) for each in errors.value.errors]
    assert places == [("a.yaml", 3), ("a.yaml", 5), ("b.yaml", 3), ("b.yaml", 4), ("site.yaml", 1)]
    assert len(str(errors.value).split("\n")) == 5


KINDS = "expected one of home, category, product, cart, ..."


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (
            'page not in [crt, "prodct" , home,chekout]',
            [
                (20, f"unknown page kind 'crt', {KINDS} (did you mean 'cart'?)"),
                (25, f"unknown page kind 'prodct', {KINDS} (did you mean 'product'?)"),
                (41, f"unknown page kind 'chekout', {KINDS} (did you mean 'checkout'?)"),
            ],
        ),
        (
            "clock.weekday in [fri-mon, mno, fri-tuesday]",
            [
                (34, "unknown weekday 'mno', expected one of mon, tue, wed, thu, ... (did you mean 'mon'?)"),
                (39, "unknown weekday 'fri-tuesday', expected one of mon, tue, wed, thu, ..."),
            ],
        ),
        (
            "count(view_item where size in [<5, 6, =7]) > 1",
            [
                (38, "expected a word or a text in quotes, found '<5'"),
                (45, "expected a word or a text in quotes, found '=7'"),
            ],
        ),
        (
            "views(cart) in 7d in [1, 2000, 2, 3000]",
            [(32, "a window counts to 1000, found 2000"), (41, "a window counts to 1000, found 3000")],
        ),
    ],
)  # fmt: skip
def test_every_wrong_value_of_a_list_is_said_with_its_own_place(condition: str, found: list[tuple[int, str]]) -> None:
    assert problems(a_rule(condition)) == [f"rules.yaml:3:{column}: {condition}: {each}" for column, each in found]


def test_every_wrong_value_of_a_list_in_a_step_is_said_with_its_own_place() -> None:
    step = "add_to_cart where size in [<5, 6, =7]"
    assert problems(a_rule(f"sequence: [view_item, '{step}']")) == [
        f"rules.yaml:3:57: {step}: expected a word or a text in quotes, found '<5'",
        f"rules.yaml:3:64: {step}: expected a word or a text in quotes, found '=7'",
    ]


def test_rules_keep_the_order_of_file_names_and_of_the_file() -> None:
    files = {"b.yaml": a_rule(rule="third"), "a.yaml": a_rule(rule="first") + a_rule(rule="second")}
    assert [each.rule.id for each in read_rules(files).rules] == ["first", "second", "third"]


def test_everything_about_a_rule_is_read() -> None:
    more = "name: {en: Cart, zh-TW: 購物車}\nlimit: 2 per day\npriority: 2.5\nholdout: 10%\n"
    rule = read_one(a_rule("page is cart", "views(cart) > 2", more=more))
    assert rule.name == {"en": "Cart", "zh-TW": "購物車"}
    assert (rule.limit, rule.priority, rule.holdout) == (Limit("days", 2, 1), 2.5, 0.1)
    assert rule.where == "rules.yaml:1"
    assert str(rule.when) == "all of (page is cart; views(cart) is more than 2)"


def test_rule_without_more_has_the_defaults() -> None:
    rule = read_one(a_rule())
    assert (rule.limit, rule.priority, rule.holdout, rule.name) == (Limit("session", 1), 0, None, {})


def test_empty_file_and_file_of_comments_are_fine() -> None:
    assert read("").rules == ()
    assert read("# nothing yet\n").rules == ()
    assert read("\ufeff" + a_rule()).rules[0].rule.id == "r"


@pytest.mark.parametrize("case", refused("rules"), ids=lambda case: case["says"])
def test_wrong_rule_is_refused_with_a_sentence(case: dict[str, Any]) -> None:
    assert problem(case["text"]) == case["says"]


def test_rule_has_a_bounded_number_of_conditions() -> None:
    said = problem(a_rule(*["page is cart"] * 201))
    assert said == "rules.yaml:3:5: rule with 201 conditions exceeds limit of 200"


def test_two_groups_in_one_item_are_told_apart() -> None:
    assert problems(a_rule("any: [page is cart]\n      all: [page is home]")) == [
        "rules.yaml:3:7: 'any' stands in a list item of its own, after '- '",
        "rules.yaml:4:7: 'all' stands in a list item of its own, after '- '",
    ]


def test_id_is_unique_over_all_files() -> None:
    with pytest.raises(RuleErrors, match=r"b\.yaml:1:9: 'r': another rule has this id, at a\.yaml:1"):
        read_rules({"a.yaml": a_rule(), "b.yaml": a_rule()})


def test_folder_has_one_site_file() -> None:
    with pytest.raises(RuleErrors, match=r"shop/site\.yaml:1:1: a site has one site\.yaml, the other is a/site\.yaml"):
        read_rules({"a/site.yaml": "currency: TWD", "shop/site.yaml": "currency: TWD"})


def test_file_with_hundreds_of_problems_is_not_listed_to_its_end() -> None:
    said = problems("".join(a_rule("pge is cart", rule=f"r{n}") for n in range(300)))
    assert len(said) == 101
    assert said[-1].endswith("more than 100 problems, not all listed")


def test_long_condition_is_clipped_in_its_error() -> None:
    said = problem(a_rule("page.title is " + "x " * 200))
    assert "…: text with 399 characters exceeds limit of 256" in said


def test_step_of_a_sequence_that_is_nearly_an_event_of_ga4_is_doubted() -> None:
    rules = read(a_rule("sequence: [view_itm, quiz_finished, add_to_cart]"))
    assert [each.rsplit(", ", 1)[1] for each in rules.warnings] == ["or was 'view_item' meant?"]


def test_schedule_of_a_rule_whose_when_is_misspelt_is_not_to_blame() -> None:
    misspelt = a_rule(more="schedule: {days: mon}\n").replace("when:", "wen:")
    assert [each.split(",")[0].split(" ", 1)[1] for each in problems(misspelt)] == [
        "expected 'when:'",
        "unknown key of a rule 'wen'",
    ]


def test_address_that_asks_for_more_than_pages_tell_is_doubted() -> None:
    fine = [
        'page.url contains "utm_source=ig"',
        "page.url starts with /sale",
        "page.url in [/a, /b]",
        "page.path is /?a",
    ]
    assert read(a_rule(*fine)).warnings == ()
    for asked in ('page.url contains "ref=mail"', "page.url starts with https://a.example/", "page.url in [/a, /b?c]"):
        (warning,) = read(a_rule(asked)).warnings
        assert warning.endswith("a page tells of its address the path, and of a query only utm_...")


def test_event_that_is_nearly_one_of_ga4_is_doubted() -> None:
    rules = read(a_rule("count(add_to_cat) > 1", "count(quiz_finished) > 1", "count(purchase) > 1", "page is cart"))
    assert rules.warnings == (
        "rules.yaml:1:1: r: count(add_to_cat) is about an event of the shop's own, or was 'add_to_cart' meant?",
    )


def test_hundreds_of_doubts_are_not_listed_to_their_end() -> None:
    text = "".join(a_rule(show="{chat: {text: '{{coupon.value}}', coupon: A}}", rule=f"r{n}") for n in range(120))
    assert len(read(text).warnings) == 100


def test_groups_nest_as_written() -> None:
    rule = read_one(
        a_rule(
            "any: [page is cart, {all: [page is home, {not: visitor.returning}]}]", "not: [page is home, page is cart]"
        )
    )
    assert isinstance(rule.when, AllOf)
    assert [str(each) for each in rule.when.conditions] == [
        "any of (page is cart; all of (page is home; not: visitor.returning))",
        "not: any of (page is home; page is cart)",
    ]


def test_rules_may_name_those_beside_them_and_be_started_by_those() -> None:
    more = "- {rule: more, show: {chat: {text: More}}}\n"
    first = "- {rule: first, when: [page is home], show: {chat: {text: A, replies: [{text: B, start: more}]}}}"
    beside = read(more + first)
    text = more.replace("show", "after: first, show")
    with pytest.raises(RuleErrors, match="unknown rule 'first'"):
        read_rules({"draft.yaml": text})
    found = read_rules({"draft.yaml": text}, [each.rule for each in beside.rules])
    assert [each.rule.id for each in found.rules] == ["more"]
