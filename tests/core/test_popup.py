"""Popups: read, checked, and rendered in the shopper's language as plain text."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.labels import labels
from engine.core.popup import placeholder_readings, render
from engine.core.popup_parts import Given, Issued
from engine.core.rules import Show, Site
from tests.core.cases import refused
from tests.core.reading import a_rule, problem, problems, read, read_one

SITE = Site(currency="TWD", languages=("zh-TW", "en"))

CHAT = """
    chat:
      title: {en: Treat, zh-TW: 小心意}
      text:
        en: "{{coupon.code}} takes {{coupon.value}} off {{cart.value}}."
        zh-TW: "輸入 {{coupon.code}} 現折 {{coupon.value}}。"
      coupon: {code: WELCOME100, value: 100}
      replies:
        - Size advice
        - text: {en: Delivery, zh-TW: 送貨}
          follow_up: {en: Two days., zh-TW: 兩天。}
      follow_up: Thanks!
"""

COUPON = """
    coupon:
      title: 50 off
      text: Only today.
      pool: ADD50
      value: 10%
      button: {text: To the cart, url: /cart}
"""


def a_show(show: str) -> Show:
    (popup,) = read_one(a_rule(show=show)).shows
    return popup


def rendered(show: str, language: str = "en", site: Site = SITE, currency: str = "", **facts: Any) -> dict[str, Any]:
    said = {name.replace("_", ".", 1): value for name, value in facts.items()}
    given = Given(currency=currency)
    return render(a_show(show), lambda reading: said.get(str(reading)), language, site, given)


def test_chat_in_the_shoppers_language() -> None:
    assert rendered(CHAT, "zh-HK") == {
        "kind": "chat",
        "lang": "zh-TW",
        "dir": "ltr",
        "labels": labels("zh-TW", "chat"),
        "title": "小心意",
        "text": "輸入 WELCOME100 現折 NT$100。",
        "coupon": {"code": "WELCOME100", "value": "NT$100"},
        "replies": [{"text": "Size advice"}, {"text": "送貨", "follow_up": "兩天。"}],
        "follow_up": "Thanks!",
    }


def test_coupon_popup() -> None:
    assert rendered(COUPON) == {
        "kind": "coupon",
        "lang": "zh-TW",
        "dir": "ltr",
        "labels": labels("zh-TW", "coupon"),
        "title": "50 off",
        "text": "Only today.",
        "coupon": {"code": "ADD50", "value": "10%"},
        "button": {"text": "To the cart", "url": "/cart"},
    }


def test_placeholders_are_written_as_the_language_writes_them() -> None:
    assert rendered(CHAT, "en-GB", cart_value=12345)["text"] == "WELCOME100 takes NT$100 off NT$12,345."


def test_text_of_every_type_of_fact() -> None:
    show = "{chat: {text: '{{page.dwell}} {{scroll}} {{views(cart)}} {{product.stock}} {{page}} {{product.price}}'}}"
    facts = {
        "page_dwell": 65_000,
        "page_scroll": 40,
        "views(cart)": 1200,
        "product_stock": 3,
        "page": "cart",
        "product_price": 9.5,
    }
    popup = rendered(show, "en", Site(languages=("en",)), "EUR", **facts)
    assert popup["text"] == "1 min 5 s 40% 1,200 3 cart €9.50"


def test_dates_are_written_as_the_language_writes_them() -> None:
    show = "{chat: {text: '{{clock.weekday}}, {{clock.date}}'}}"
    facts = {"clock_weekday": "sat", "clock_date": "2026-11-21"}
    assert rendered(show, "de", Site(), **facts)["text"] == "Samstag, 21.11.2026"
    assert rendered(show, "de", Site(), clock_date=None)["text"] == ", "


def test_site_currency_goes_before_that_of_the_page() -> None:
    show = "{chat: {text: '{{product.price}}'}}"
    assert rendered(show, "en", SITE, "EUR", product_price=10)["text"] == "NT$10"
    assert rendered(show, "en", Site(), "EUR", product_price=10)["text"] == "€10"
    assert rendered(show, "en", Site(), "", product_price=10)["text"] == "10"


def test_unknown_value_is_empty() -> None:
    assert rendered("{chat: {text: 'Only {{product.stock}} left'}}")["text"] == "Only  left"


def test_what_a_shop_says_cannot_rewrite_the_sentence() -> None:
    evil = "Mug\u202e {{coupon.code}}\n<img src=x>\x00" + "x" * 5000
    text = rendered("{chat: {text: 'For {{product.name}}', coupon: SECRET}}", product_name=evil)["text"]
    assert text.startswith("For Mug {{coupon.code}} <img src=x> xxx")
    assert len(text) == 204


def test_text_without_a_language_is_in_the_sites_first_one() -> None:
    show = "{chat: {text: hello}}"
    assert rendered(show, "de", SITE)["lang"] == "zh-TW"
    assert rendered(show, "ar-EG", Site())["lang"] == "ar-EG"
    assert rendered(show, "ar-EG", Site())["dir"] == "rtl"
    assert rendered(show, "", Site())["lang"] == "en"


def test_each_text_falls_back_on_its_own() -> None:
    popup = rendered("{chat: {title: {en: Hi}, text: {en: Hello, zh-TW: 您好}}}", "zh-TW")
    assert (popup["title"], popup["text"], popup["lang"]) == ("Hi", "您好", "zh-TW")


def test_coupon_code_alone_has_no_value() -> None:
    popup = rendered("{chat: {text: 'Take {{coupon.code}}{{coupon.value}}', coupon: ADD50}}")
    assert popup["coupon"] == {"code": "ADD50"}
    assert popup["text"] == "Take ADD50"


def test_least_order_is_written_as_money_and_empty_where_there_is_none() -> None:
    show = a_show("{chat: {text: 'from {{coupon.minimum}}', coupon: ADD50}}")
    for minimum, said in ((1500.0, "from NT$1,500"), (None, "from ")):
        given = Given(issued=Issued("A1", minimum=minimum))
        assert render(show, lambda _reading: None, "en", SITE, given)["text"] == said


def test_facts_that_placeholders_read_are_known_beforehand() -> None:
    show = a_show("""
    coupon:
      title: {en: "{{cart.value}}", zh-TW: "{{views( cart )}}"}
      code: X
      button: {text: "{{cart.value}} {{page.title}}", url: /cart}
""")
    assert [str(each) for each in placeholder_readings(show)] == ["cart.value", "views(cart)", "page.title"]
    replies = a_show("{chat: {text: hi, replies: [{text: '{{product.name}}', follow_up: '{{product.price}}'}, plain]}}")
    assert [str(each) for each in placeholder_readings(replies)] == ["product.name", "product.price"]
    assert placeholder_readings(a_show("{chat: {text: hi, coupon: A}}")) == ()


def test_value_that_the_coupon_does_not_have_is_doubted() -> None:
    rules = read(a_rule(show="{chat: {text: '{{coupon.value}} off', coupon: {code: ADD50}}}"))
    assert rules.warnings == ("rules.yaml:4:23: {{coupon.value}} is empty, the coupon has no 'value:'",)
    (warning,) = read(a_rule(show="{chat: {text: '{{coupon.value}} off', coupon: ADD50}}")).warnings
    assert warning.endswith("the coupon has no 'value:', where no pool of that name has one")


@pytest.mark.parametrize("url", ["/cart", "/", "https://shop.example/a?b=c", "mailto:a@b.example", "tel:+886-2-1234"])
def test_links_that_are_safe(url: str) -> None:
    assert not problems(a_rule(show=f"{{coupon: {{title: a, code: A, button: {{text: go, url: '{url}'}}}}}}"))


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "//evil.example", "/\\evil.example", "data:text/html,x", "cart", "https://a b", "ftp://x"],
)
def test_links_that_are_not(url: str) -> None:
    said = problem(a_rule(show=f"{{coupon: {{title: a, code: A, button: {{text: go, url: '{url}'}}}}}}"))
    assert said.endswith("expected a path such as /cart, or an address with https:, mailto: or tel:")


@pytest.mark.parametrize("case", [*refused("popups"), *refused("popup-kinds")], ids=lambda case: case["says"])
def test_wrong_popup_is_refused_with_a_sentence(case: dict[str, Any]) -> None:
    assert problem(a_rule(show=case["show"])) == f"rules.yaml:{case['says']}"


def test_text_has_a_bounded_length() -> None:
    said = problem(a_rule(show="{chat: {text: " + "x" * 1001 + "}}"))
    assert said == f"rules.yaml:4:23: '{'x' * 59}…': text with 1001 characters exceeds limit of 1000"


def test_place_in_a_text_of_several_lines_is_where_it_begins() -> None:
    said = problem(a_rule(show="\n    chat:\n      text: |-\n        a\n        {{nothing}}"))
    assert said.startswith("rules.yaml:6:13: unknown placeholder 'nothing'")


def test_all_that_is_wrong_in_a_text_is_said_at_once() -> None:
    said = problems(a_rule(show="{chat: {text: '{{visitor.tags}} {{exit_intent}} }} {{coupon.code}} {{page'}}"))
    assert said == [
        "rules.yaml:4:23: {{coupon.code}}: this popup has no coupon",
        "rules.yaml:4:24: {{visitor.tags}}: visitor.tags has no text to write",
        "rules.yaml:4:41: {{exit_intent}}: exit_intent has no text to write",
        "rules.yaml:4:57: '}}' without '{{' before it",
        "rules.yaml:4:76: '{{' is never closed by '}}'",
    ]
