"""Lint: rules that can be read, and cannot do what they were written for."""

from __future__ import annotations

import pytest

from engine.core.conditions import AllOf
from engine.core.coupons import Pool
from engine.core.events import PAGE_KINDS
from engine.core.lint import Known, lint
from engine.core.rule_places import Place, RulePlaces
from engine.core.rulefile import read_rules
from engine.core.rules import Rule
from engine.core.ruleset import RuleSet
from tests.core.reading import a_rule, read_one

ONE_POPUP = "policy: {popups_per_session: 1}\nholdout: 0%\n"
NOW_MS = 1_795_314_810_000
"""2026-11-22, half a minute after 10:33 in Taipei."""
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


def test_rule_of_a_shop_where_nothing_shows_on_any_page_is_told() -> None:
    site = f"holdout: 0%\npolicy: {{never_on: [{', '.join(PAGE_KINDS)}]}}\n"
    (found,) = findings(a_rule("page.dwell > 3s"), site)
    assert found.startswith("rules.yaml:3:7: error: r can never show: it is true only where the site's policy lets")


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


@pytest.mark.parametrize("priority", [5, 0])
def test_rule_that_is_always_beaten_is_told_with_the_one_that_beats_it(priority: int) -> None:
    rules = a_rule("page is cart", rule="all", more=f"priority: {priority}\n") + a_rule(
        "page is cart", "cart.lines > 3", rule="few"
    )
    assert findings(rules, ONE_POPUP) == [
        "rules.yaml:8:5: error: few is always beaten by all (rules.yaml:3:5), which is true whenever it is and goes "
        "first; the site allows one popup in a session: give it a higher priority, or other conditions"
    ]


def test_bar_is_beaten_by_no_popup() -> None:
    bar = a_rule("page is cart", "cart.lines > 3", rule="line", show="{bar: {text: hello}}")
    assert findings(a_rule("page is cart", rule="all", more="priority: 5\n") + bar, ONE_POPUP) == []
    assert findings(bar, "policy: {popups_per_session: 0}\nholdout: 0%\n") == []


def test_rule_that_can_never_fire_is_compared_with_no_other() -> None:
    rules = a_rule("page is cart", rule="all", more="priority: 5\n") + a_rule(
        "page is cart", "page is home", rule="dead"
    )
    assert [each.split(";")[0] for each in findings(rules, ONE_POPUP)] == [
        "rules.yaml:9:7: error: dead can never fire: 'page is cart' and 'page is home' are never true together"
    ]


@pytest.mark.parametrize("site", ["policy: {popups_per_session: 1}\nholdout: 5%\n", "holdout: 0%\n"])
@pytest.mark.parametrize("limit", ["once per session", "9 per session"])
def test_rule_that_gets_its_turn_after_another_is_only_doubtful(site: str, limit: str) -> None:
    rules = a_rule("page is cart", rule="all", more=f"priority: 5\nlimit: {limit}\n") + a_rule(
        "page is cart", "cart.lines > 3", rule="few"
    )
    assert findings(rules, site) == [
        "rules.yaml:9:5: warning: few shows only after all (rules.yaml:3:5), which is true whenever it is and goes "
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


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("{days: sun, from: 2026-11-02, until: 2026-11-06}", " is open at no time; name a day that lies within"),
        ("{hours: '09:00-10:00', from: 2026-11-02 10:00, until: 2026-11-03 09:00}", " is open at no time; name a day"),
        ("{until: 2026-11-20}", "again: its schedule (until 2026-11-20) is over; set it a later end, or take the rule"),
        ("{until: 2026-11-22 10:33, timezone: Asia/Taipei}", " is over; "),
    ],
)
def test_schedule_that_opens_no_more_is_told(schedule: str, why: str) -> None:
    (found,) = findings(a_rule(more=f"schedule: {schedule}\n"), known=Known(now_ms=NOW_MS))
    assert found.startswith("rules.yaml:5:13: error: r can never fire")
    assert why in found


@pytest.mark.parametrize(
    "schedule",
    [
        "{days: mon-fri, hours: '09:00-18:00'}",
        "{from: 2026-11-22}",
        "{until: 2026-11-22}",
        "{until: 2026-11-22 10:34}",
        "{days: sun, from: 2026-11-02, until: 2026-12-06}",
        "{days: sat, hours: '22:00-02:00', from: 2026-11-29, until: 2026-11-29}",
    ],
)
def test_schedule_that_opens_some_day_is_passed_over(schedule: str) -> None:
    assert findings(a_rule(more=f"schedule: {schedule}\n"), known=Known(now_ms=NOW_MS)) == []
    assert findings(a_rule(more=f"schedule: {schedule}\n")) == []


def test_condition_of_a_scheduled_rule_is_told_at_its_own_place() -> None:
    rule = a_rule("page is cart", "page is home", more="schedule: {days: mon-fri}\n")
    assert findings(rule)[0].startswith("rules.yaml:4:7: error: r can never fire: 'page is cart' and 'page is home'")


def test_rules_that_wait_for_each_other_are_told() -> None:
    rules = a_rule("page is cart", rule="a", more="after: b\n") + a_rule("page is home", rule="b", more="after: c\n")
    assert findings(rules + a_rule("page is search", rule="c", more="after: {rule: a}\n"))[::2] == [
        "rules.yaml:5:10: error: a can never fire: it waits for itself (a after b after c after a); "
        "let one of them wait for nothing",
        "rules.yaml:15:10: error: c can never fire: it waits for itself (c after a after b after c); "
        "let one of them wait for nothing",
    ]
    assert findings(rules + a_rule("page is search", rule="c")) == []


def test_popups_that_start_each_other_are_told() -> None:
    button = "{{coupon: {{title: t, code: C, button: {{text: b, start: {}}}}}}}"
    rules = a_rule("page is cart", rule="a", show=button.format("b"))
    assert findings(rules + a_rule("page is home", rule="b", show=button.format("a"))) == [
        "rules.yaml:4:9: warning: a: clicks lead back to its popup (a starts b starts a); "
        "let one of the popups be the last",
        "rules.yaml:8:9: warning: b: clicks lead back to its popup (b starts a starts b); "
        "let one of the popups be the last",
    ]
    assert findings(rules + a_rule("page is home", rule="b")) == []


def test_popups_that_lead_to_one_by_two_ways_are_passed_over() -> None:
    replies = "{{chat: {{text: t, replies: [{{text: x, start: b}}, {{text: y, start: {}}}]}}}}"
    rules = a_rule("page is cart", rule="a", show=replies.format("c"))
    rules += a_rule("page is home", rule="b", show=replies.format("c").replace("start: b", "start: d"))
    assert findings(rules + a_rule("page is search", rule="c") + a_rule("page is thanks", rule="d")) == []


def test_rule_without_conditions_that_nothing_starts_is_told() -> None:
    show = read_one(a_rule()).show
    rules = RuleSet([Rule("r", AllOf(()), show)])
    (found,) = lint({"rules.yaml": "- rule: r\n  show: {chat: {text: hello}}\n"}, rules)
    assert str(found) == (
        "rules.yaml:1:3: error: r can never fire: it has no conditions, and no popup starts it; "
        "give it a 'when:', or a popup with 'start: r'"
    )


def test_pool_that_the_shop_does_not_have_is_told() -> None:
    rules = a_rule(show="{coupon: {title: t, pool: WELCOME}}") + a_rule(
        "page is home", rule="b", show="{chat: {text: t, coupon: {code: OTHER}}}"
    )
    assert findings(rules, known=Known(pools={"WELCOME10": Pool("WELCOME10")})) == [
        "rules.yaml:4:9: warning: r: there is no pool of coupons 'WELCOME', every shopper gets this very word; "
        "make the pool, or write 'code: WELCOME' (did you mean 'WELCOME10'?)"
    ]
    assert findings(rules, known=Known(pools={"WELCOME": Pool("WELCOME")})) == []


@pytest.mark.parametrize(
    ("value", "pool", "said"),
    [
        ("200", Pool("BIG", value=100), "it promises 200, the pool 'BIG' takes off 100"),
        ("10", Pool("BIG", kind="percent", value=10), "it promises 10, the pool 'BIG' takes off 10%"),
        ("5%", Pool("BIG", kind="shipping"), "it promises 5%, the pool 'BIG' takes off the shipping"),
        ("10%", Pool("BIG", kind="percent", value=10.0), ""),
        ("10%", Pool("BIG"), ""),
    ],
)
def test_promise_that_the_pool_does_not_keep_is_told(value: str, pool: Pool, said: str) -> None:
    rules = a_rule(show=f"{{coupon: {{title: t, pool: BIG, value: {value}}}}}")
    told = f"rules.yaml:4:9: warning: r: {said}; say the same in both, or leave 'value:' out: then the pool's holds"
    assert findings(rules, known=Known(pools={"BIG": pool})) == ([told] if said else [])
    assert findings(rules) == []


@pytest.mark.parametrize("more", ["after: c\n", "show: {coupon: {title: t, pool: P}}\n", "show: {bar: {text: t}}\n"])
def test_rule_that_may_be_held_back_does_not_always_win(more: str) -> None:
    first = a_rule("page is cart", rule="a", more=f"priority: 5\n{more}")
    if "show" in more:
        first = first.replace("  show: {chat: {text: hello}}\n", "")
    rules = first + a_rule("page is cart", "cart.lines > 3", rule="b") + a_rule("page is home", rule="c")
    assert not any("always beaten" in each for each in findings(rules, ONE_POPUP))


def test_items_of_the_cart_are_looked_up_in_the_feed_as_well() -> None:
    rules = a_rule("cart has cup", "cart has product", "cart has category(mugs)", "cart has mug")
    assert findings(rules, known=Known(products=frozenset({"cup"}))) == [
        "rules.yaml:6:7: warning: r: no product of the feed has the id 'mug'; look it up in the feed"
    ]


def test_products_that_events_shall_name_are_looked_up_in_the_feed_as_well() -> None:
    rules = a_rule(
        "count(add_to_cart where items.item_id in [cup, mug]) > 0",
        "sequence: [page_view where product.id is cap, purchase where value > 5, login where plan is gold]",
        "count(add_to_cart where item_id is not pot) > 0",
    )
    assert [each.split("has the id ")[1] for each in findings(rules, known=Known(products=frozenset({"cup"})))] == [
        "'mug'; look it up in the feed",
        "'cap'; look it up in the feed (did you mean 'cup'?)",
    ]


@pytest.mark.parametrize(
    ("chars", "site", "said"),
    [(990, "languages: [zh-TW]\n", ["21,310 bytes in zh-TW"]), (990, "", ["21,296 bytes in en"]), (700, "", [])],
)
def test_popup_that_fits_into_no_message_is_told(chars: int, site: str, said: list[str]) -> None:
    words = ", ".join(["長" * chars] * 5)
    text = (
        "- rule: r\n  when: [page is home]\n  show:\n    chat:\n      steps:\n"
        f"        start: {{say: [{words}], options: [{{text: More, go: more}}]}}\n"
        f"        more: {{say: [{'長' * chars}, {'長' * chars}]}}\n"
    )
    advice = "and a message has at most 16,384; say it in fewer words, or start another rule's popup from it"
    assert findings(text, "holdout: 0%\n" + site) == [
        f"rules.yaml:4:5: warning: r: its popup takes {size}, {advice}" for size in said
    ]
