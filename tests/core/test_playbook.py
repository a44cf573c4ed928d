"""The playbook: every play fires and holds as its sessions say, in every language of its shop, and disturbs nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.core.facts import FactType
from engine.core.golden import GoldenSession, read_sessions, run_session
from engine.core.lint import lint
from engine.core.popup import coupon_of, render
from engine.core.popup_parts import Given, Issued, Product
from engine.core.rule_schema import rule_schema, site_schema
from engine.core.rulefile import SITE_FILE, read_rules
from engine.core.rules import Show
from engine.core.ruleset import RuleSet
from tests.core.json_schema import accepts

PLAYBOOK = Path(__file__).parent.parent.parent / "rules" / "playbook"

PLAYS = {
    "browse abandonment": "browse-abandonment",
    "last pieces in stock": "last-pieces",
    "add-on offer": "add-on-offer",
    "cart hesitation": "cart-hesitation",
    "hesitation after adding": "hesitant-after-adding",
    "exit intent with a full cart": "exit-intent-full-cart",
    "one question on leaving": "exit-intent-question",
    "free-shipping bar": "free-shipping-bar",
    "welcome on the first visit": "first-visit-welcome",
    "welcome by source": "welcome-by-source",
    "escalation by visit, second": "second-visit",
    "escalation by visit, third": "third-visit",
    "subscription": "subscribe-after-third-product",
    "favourites": "favourites",
    "long browsing in a category": "category-guide",
    "price-copying": "price-copying",
    "recently viewed on return": "recently-viewed-on-return",
    "cart waiting on return": "cart-waiting",
    "returning after days": "returning-after-days",
    "win-back after six months": "win-back",
    "thank-you with a referral code": "thank-you-referral",
    "repeat-buyer treat": "repeat-buyer-treat",
    "NPS after the second order": "nps-second-order",
    "out-of-hours chat": "out-of-hours",
    "help at the checkout": "checkout-help",
    "wheel for newcomers": "wheel-for-newcomers",
    "gift wrapping": "gift-wrapping",
    "help with searching": "search-help",
    "interest tags": "tag-tea-lovers",
    "by interest": "tea-news",
}
"""What shop owners expect to find, and the rule that does it."""


def files(wanted: bool) -> dict[str, str]:
    """Return the files of sessions (True), or those of rules and settings."""
    return {
        path.name: path.read_text("utf-8")
        for path in sorted(PLAYBOOK.glob("*.yaml"))
        if path.name.endswith(".session.yaml") is wanted
    }


@cache
def rules() -> RuleSet:
    return read_rules(files(wanted=False))


@cache
def sessions(name: str) -> tuple[GoldenSession, ...]:
    return tuple(read_sessions({name: files(wanted=True)[name]}))


RULE_FILES = sorted(set(files(wanted=False)) - {SITE_FILE})
SESSION_FILES = sorted(files(wanted=True))


def ids_in(name: str) -> list[str]:
    """Return the rules that a file holds."""
    return [each["rule"] for each in yaml.safe_load(files(wanted=False)[name])]


def test_every_play_that_shop_owners_expect_is_there_and_no_other() -> None:
    assert {each.rule.id for each in rules().rules} == set(PLAYS.values())


def test_playbook_is_read_without_a_warning_and_passes_lint() -> None:
    assert rules().warnings == ()
    assert list(map(str, lint(files(wanted=False), rules()))) == []


@pytest.mark.parametrize("name", SESSION_FILES)
def test_sessions_come_out_as_they_say(name: str) -> None:
    outcomes = [run_session(rules(), each) for each in sessions(name)]
    assert all(each.passed for each in outcomes), "\n".join(map(str, outcomes))


@pytest.mark.parametrize("name", RULE_FILES)
def test_every_rule_has_sessions_in_which_it_fires_and_in_which_it_holds(name: str) -> None:
    written = sessions(name.replace(".yaml", ".session.yaml"))
    for rule in ids_in(name):
        assert any(rule in each.fires for each in written)
        assert any(rule in each.holds for each in written)


@pytest.mark.parametrize("name", RULE_FILES)
def test_every_file_tells_editors_its_schema_and_the_marketer_what_to_change(name: str) -> None:
    first, *others = files(wanted=False)[name].splitlines()
    assert first == "# yaml-language-server: $schema=../rule.schema.json"
    comment = [line for line in others if line.startswith("#")]
    assert len(comment) >= 2
    assert any(line.startswith("# Change: ") for line in comment)


@pytest.mark.parametrize("name", [*RULE_FILES, SITE_FILE])
def test_schema_accepts_the_playbook(name: str) -> None:
    schema = site_schema() if name == SITE_FILE else rule_schema()
    assert accepts(schema, yaml.safe_load(files(wanted=False)[name]))


def texts(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, dict) and "en" in node:
        yield node
    elif isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from texts(each)


def test_every_text_is_in_both_languages_of_the_shop() -> None:
    found = [each for text in files(wanted=False).values() for each in texts(yaml.safe_load(text))]
    assert len(found) > 100
    assert all(each.keys() == {"en", "zh-TW"} for each in found)


def test_nobody_is_shouted_at() -> None:
    found = [each for text in files(wanted=False).values() for each in texts(yaml.safe_load(text))]
    loud = re.compile(r"[!！]{2}|\b[A-Z]{4,}\b")
    said = [re.sub(r"\{\{.*?\}\}", "", text) for each in found for text in each.values()]
    assert [text for text in said if loud.search(text)] == []


def issued_for(show: Show, seed: str) -> Issued | None:
    coupon = coupon_of(show, seed)
    return None if coupon is None else Issued(coupon.code, coupon.value, coupon.percent, 1_000_000)


@pytest.mark.parametrize("language", ["zh-TW", "zh-CN", "en-GB", "de", "ar", ""])
def test_every_play_is_rendered_whole_in_any_language(language: str) -> None:
    for each in rules().rules:
        for show in each.rule.shows:
            given = Given("seed", issued_for(show, "seed"), (Product("cup", "Cup"),), now_ms=500_000)
            popup = render(
                show,
                lambda reading: "Cup" if reading.fact.type is FactType.TEXT else 320,
                language,
                rules().site,
                given,
            )
            assert popup["lang"] == ("en" if language == "en-GB" else "zh-TW")
            assert "{{" not in json.dumps(popup)


STROLL = """
- session: a newcomer strolls through the whole shop
  events:
    - page_view: {kind: home, url: /}
    - {after: 25s, page_view: {kind: category, url: /c/tea, category: Tea}}
    - {after: 30s, page_view: {kind: product, url: /p/oolong, product: {id: oolong, price: 680, category: Tea}}}
    - {after: 40s, page_view: {kind: product, url: /p/mug, product: {id: mug, price: 620, stock: 3}}}
    - {after: 30s, page_view: {kind: product, url: /p/pot, product: {id: pot, price: 1880, stock: 2}}}
    - {after: 30s, exit_intent: true}
    - {after: 9s, page_view: {kind: product, url: /p/mug, product: {id: mug, price: 620, stock: 3}}}
    - {after: 30s, cart: {value: 620, currency: TWD, items: [{item_id: mug, price: 620, quantity: 1}]}}
    - {after: 20s, page_view: {kind: cart, url: /cart}}
    - {after: 30s, page_view: {kind: category, url: /c/tea, category: Tea}}
    - {after: 30s, page_view: {kind: cart, url: /cart}}
    - {after: 30s, page_view: {kind: checkout, url: /checkout}}
    - {after: 60s, page_view: {kind: thanks, url: /thanks}}
    - purchase: {transaction_id: A1, value: 620, currency: TWD}
    - {after: 60s, attentive: true}
"""


def test_newcomer_who_strolls_through_the_whole_shop_meets_three_popups_well_apart() -> None:
    (stroll,) = read_sessions({"stroll": STROLL})
    fired = [each for each in run_session(rules(), stroll).fired if rules().by_id[each.rule].rule.shows]
    assert len(fired) == 3
    gaps = [later.at_ms - earlier.at_ms for earlier, later in pairwise(fired)]
    assert min(gaps) >= 15_000
