"""Lint: rules that can be read, and cannot do what they were written for."""

from __future__ import annotations

import pytest

from engine.core.lint import Known, lint
from engine.core.rule_places import Place, RulePlaces
from engine.core.rulefile import read_rules
from tests.core.reading import a_rule

ONE_POPUP = "policy: {popups_per_session: 1}\nholdout: 0%\n"
TWO_LANGUAGES = "languages: [zh-TW, en]\n"


def findings(text: str, site: str = "holdout: 0%\n", known: Known | None = None) -> list[str]:
    """Return what lint says of one file of rules, and of its site."""
    files = {"rules.yaml": text, "site.yaml": site}
    return [str(each) for each in lint(files, read_rules(files), known)]


def test_rules_that_are_well_are_passed_over() -> None:
    assert findings(a_rule("page is cart", rule="a") + a_rule("page is home", rule="b")) == []


@pytest.mark.parametrize(
    ("when", "why"),
    [
        (["page is cart", "cart.lines < 0"], "4:7: {} 'cart.lines is less than 0' is never true; change one of them"),
        (["visitor.sessions = 0"], "3:7: {} 'visitor.sessions is 0' is never true; change it"),
        (
            ["page is cart", "exit_intent", "page is home"],
            "5:7: {} 'page is cart' and 'page is home' are never true together; change one of them",
        ),
        (
            ["page in [cart, home]", "page is not cart", "page is not home"],
            "5:7: {} 'page is not home' is never true together with what stands before it; change one of them",
        ),
    ],
)
def test_rule_that_can_never_fire_is_told_with_the_condition(when: list[str], why: str) -> None:
    assert findings(a_rule(*when)) == [f"rules.yaml:{why.format('error: r can never fire:')}"]


def test_rule_for_pages_where_nothing_shows_is_told() -> None:
    assert findings(a_rule("page.dwell > 3s", "page is checkout")) == [
        "rules.yaml:4:7: error: r can never show: it is true only where the site's policy lets nothing show "
        "(checkout); name another kind of page, or change 'never_on' in site.yaml"
    ]


def test_rule_for_other_pages_as_well_is_passed_over() -> None:
    assert findings(a_rule("page in [checkout, cart]")) == []
    assert findings(a_rule("page is checkout"), "holdout: 0%\npolicy: {never_on: []}\n") == []


def test_holdout_of_everybody_is_told() -> None:
    assert findings(a_rule(more="holdout: 100%")) == [
        "rules.yaml:5:12: error: r can never show: its holdout keeps every visitor from it; "
        "hold out a smaller share, such as 10%"
    ]


def test_site_without_popups_is_told_once() -> None:
    assert findings(a_rule(rule="a"), "policy: {popups_per_session: 0}\n") == [
        "site.yaml:1:30: error: the site allows 0 popups in a session: nothing ever shows; allow one or more"
    ]
    assert findings("", "policy: {popups_per_session: 0}\n") == []


def test_rule_that_is_always_beaten_is_told_with_the_one_that_beats_it() -> None:
    rules = a_rule("page is cart", rule="all", more="priority: 5\n") + a_rule(
        "page is cart", "cart.lines > 3", rule="few"
    )
    assert findings(rules, ONE_POPUP) == [
        "rules.yaml:8:5: error: few is always beaten by all (rules.yaml:3:5), which is true whenever it is and goes "
        "first; the site allows one popup in a session: give it a higher priority, or other conditions"
    ]


@pytest.mark.parametrize("site", ["policy: {popups_per_session: 1}\nholdout: 5%\n", "holdout: 0%\n"])
def test_rule_that_gets_its_turn_after_another_is_only_doubtful(site: str) -> None:
    rules = a_rule("page is cart", rule="all", more="priority: 5\n") + a_rule(
        "page is cart", "cart.lines > 3", rule="few"
    )
    assert findings(rules, site) == [
        "rules.yaml:8:5: warning: few shows only after all (rules.yaml:3:5), which is true whenever it is and goes "
        "first; give it the higher priority if it is the special case of the two"
    ]


def test_rule_behind_one_that_shows_less_often_is_passed_over() -> None:
    rules = a_rule("page is cart", rule="a", more="priority: 5\nlimit: once per visitor\n")
    assert findings(rules + a_rule("page is cart", "cart.lines > 3", rule="b")) == []


def test_special_case_that_goes_first_is_passed_over() -> None:
    rules = a_rule("page is cart", rule="a") + a_rule("page is cart", "cart.lines > 3", rule="b", more="priority: 5\n")
    assert findings(rules) == []


def test_rules_that_cannot_be_told_apart_are_told() -> None:
    rules = a_rule("page is cart", "views(cart) > 2", rule="a") + a_rule("views(cart) >= 3", "page is cart", rule="b")
    assert findings(rules) == [
        "rules.yaml:8:5: warning: b cannot be told apart from a (rules.yaml:3:5); both are true at the same moments "
        "and have the same priority: change one, or say which goes first"
    ]


def test_rules_that_overlap_in_part_are_passed_over() -> None:
    rules = a_rule("page is cart", "views(cart) > 2", rule="a") + a_rule("page is cart", "views(cart) > 3", rule="b")
    assert findings(rules) == []


@pytest.mark.parametrize(
    ("show", "said"),
    [
        ("{chat: {text: {en: hello}}}", ["rules.yaml:4:23: warning: r: a text is written in en, and not in zh-TW; "]),
        ("{chat: {text: hello}}", ["rules.yaml:4:23: warning: r: a text is written in zh-TW, and not in en; "]),
        ("{chat: {text: {en: hello, zh-TW: 你好}}}", []),
        ("{chat: {text: {en-GB: hello, zh-HK: 你好}}}", []),
        ("{chat: {text: '{{product.name}} 50%!'}}", []),
        (
            "{chat: {text: {en: a, zh-TW: b}, replies: [c, {en: d}, {text: {en: e, zh-TW: f}, follow_up: {en: g}}]}}",
            [
                "4:52: warning: r: a text is written in zh-TW",
                "4:55: warning: r: a text",
                "warning: r: a text is written in en, and not in zh-TW; ",
            ],
        ),
        ("{coupon: {title: {en: a, zh-TW: b}, code: hello, button: {text: {en: c, zh-TW: d}, url: /cart}}}", []),
    ],
)
def test_text_that_misses_in_a_language_of_the_site_is_told(show: str, said: list[str]) -> None:
    found = findings(a_rule(show=show), TWO_LANGUAGES)
    assert [part for part, each in zip(said, found, strict=True) if part not in each] == []
    assert all(each.endswith("; write it in every language that site.yaml names") for each in found)


def test_site_of_one_language_needs_no_others() -> None:
    assert findings(a_rule(show="{chat: {text: {en: hello}}}"), "languages: [zh-TW]\n") == []


def test_product_that_the_feed_does_not_have_is_told() -> None:
    known = Known(products=frozenset({"Cup-1", "Pot-2"}))
    rules = a_rule("page is product", "any: [product.id is cup-2, 'product.id in [CUP-1, mug]']", "product.id is not x")
    assert findings(rules, known=known) == [
        "rules.yaml:4:7: warning: r: no product of the feed has the id 'cup-2'; look it up in the feed "
        "(did you mean 'Cup-1'?)",
        "rules.yaml:4:7: warning: r: no product of the feed has the id 'mug'; look it up in the feed",
    ]
    assert findings(rules) == []


def test_part_of_a_rule_that_is_not_written_is_where_the_nearest_around_it_is() -> None:
    places = RulePlaces({"a/rules.yaml": a_rule("page is cart"), "a/site.yaml": "policy: {quiet: 3s}\n", "b.yaml": ""})
    assert places.of("r", "limit") == Place("a/rules.yaml", 1, 3)
    assert places.of("r", "when", 7) == Place("a/rules.yaml", 3, 5)
    assert places.of("r", "when", "x") == Place("a/rules.yaml", 3, 5)
    assert places.of("r", "rule", "x") == Place("a/rules.yaml", 1, 9)
    assert places.of_site("policy", "never_on") == Place("a/site.yaml", 1, 9)
    assert [str(place) for _, _, place in places.parts("r", "rule")] == ["a/rules.yaml:1:9"]
    assert RulePlaces({}).of_site("policy") == Place("site.yaml", 1, 1)
