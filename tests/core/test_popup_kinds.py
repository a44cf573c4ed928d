"""Every kind of popup as the renderer takes it: what is drawn, counted, or given for one shopper."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from engine.core.facts import FACTS
from engine.core.labels import labels
from engine.core.popup import coupon_of, coupons_of, placeholder_readings, render
from engine.core.popup_parts import Coupon, Given, Issued, Product, Shelf
from engine.core.popup_wheel import prize_of
from engine.core.products import shelf_of
from engine.core.rules import Show
from tests.core.reading import a_rule, problems, read, read_one

SITE = "{currency: TWD, languages: [en, zh-TW], channels: {line: '@shop', messenger: my.shop}, feeds: {new: {url: 'https://a.example/f'}}}"

WHEEL = """
    wheel:
      title: Spin
      segments:
        - {text: 100 off, pool: W100, value: 100, weight: 3}
        - {text: Next time}
        - {text: 10 %, code: W10, value: 10%}
        - Nothing
        - {text: Almost}
        - {text: Not today}
""".replace("- Nothing", "- {text: Nothing}")


def a_show(show: str) -> Show:
    """Read one popup of a site with everything."""
    (popup,) = read_one(a_rule(show=show), SITE).shows
    return popup


def rendered(show: str, given: Given | None = None, language: str = "en", **facts: Any) -> dict[str, Any]:
    """Render one popup, without what every popup has."""
    said = {name.replace("_", ".", 1): value for name, value in facts.items()}
    site = read("", SITE).site
    popup = render(a_show(show), lambda fact: said.get(str(fact)), language, site, given or Given())
    return {name: part for name, part in popup.items() if name not in ("kind", "lang", "dir", "labels")}


def test_every_kind_has_the_labels_of_its_renderer() -> None:
    popup = render(a_show("{image: {src: /a.png, alt: A, width: 2, height: 1}}"), lambda _: None, "de", read("").site)
    assert popup["labels"] == {"close": "Schließen"}
    assert set(labels("en", "countdown")) > {"close", "copy", "expired", "days", "seconds"}


def test_issued_coupon_is_shown_in_place_of_the_pool() -> None:
    issued = Issued("K7-2F", 50, expires_at_ms=90_000, apply_url="https://shop.example/discount/K7-2F")
    popup = rendered(
        "{coupon: {title: '{{coupon.code}} {{coupon.value}}', pool: P}}", Given(issued=issued, now_ms=60_000)
    )
    assert popup == {
        "title": "K7-2F NT$50",
        "coupon": {
            "code": "K7-2F",
            "value": "NT$50",
            "expires_ms": 30_000,
            "apply": "https://shop.example/discount/K7-2F",
        },
    }


def test_coupon_that_is_over_has_no_time_left() -> None:
    over = Given(issued=Issued("A", expires_at_ms=1), now_ms=60_000)
    assert rendered("{coupon: {title: a, pool: P}}", over)["coupon"] == {"code": "A", "expires_ms": 0}


def test_countdown_runs_to_the_end_of_its_coupon() -> None:
    popup = rendered("{countdown: {title: a, text: b, coupon: {pool: P, expires: 15m}}}", Given(now_ms=5))
    assert popup == {"title": "a", "text": "b", "coupon": {"code": "P", "expires_ms": 900_000}}


def test_bar_that_follows_the_cart() -> None:
    popup = rendered("{bar: {text: '{{cart.missing_for_free_shipping}} to go'}}", cart_value=880.5)
    assert popup == {
        "text": "{missing} to go",
        "position": "bottom",
        "progress": {
            "goal": 1500,
            "value": 880.5,
            "currency": "TWD",
            "money": {"pattern": "NT$#", "group": ",", "point": ".", "decimals": 0},
            "done": "Your order ships free!",
        },
    }


def test_bar_with_words_of_its_own_for_the_goal() -> None:
    popup = rendered("{bar: {text: '{{cart.value}}', done: Free!, position: top, coupon: A}}", cart_value=1000)
    assert (popup["text"], popup["progress"]["done"], popup["position"]) == ("NT$1,000", "Free!", "top")
    assert popup["coupon"] == {"code": "A"}


def test_bar_that_only_says_something() -> None:
    show = "{bar: {text: hello, button: {text: go, url: /a}}}"
    assert rendered(show) == {"text": "hello", "position": "bottom", "button": {"text": "go", "url": "/a"}}
    assert placeholder_readings(a_show(show)) == ()


def test_bar_reads_the_cart_also_where_no_text_does() -> None:
    show = a_show("{bar: {text: hello, done: Free!}}")
    assert [str(each) for each in placeholder_readings(show)] == ["cart.value"]


def test_products_are_those_that_are_given() -> None:
    products = (
        Product("a", "Mug\u202e", 680, "EUR", "https://img.example/a.png", "/p/a"),
        Product("b", "Towel", url="/p/b"),
        Product("c", "Soap", url="/p/c"),
    )
    popup = rendered("{products: {title: t, from: new, most: 2}}", Given(products=products))
    assert popup["products"] == [
        {"id": "a", "name": "Mug", "url": "/p/a", "price": "€680", "image": "https://img.example/a.png"},
        {"id": "b", "name": "Towel", "url": "/p/b"},
    ]


def test_where_products_come_from_is_known_beforehand() -> None:
    assert shelf_of(a_show("{products: {title: t, from: recently_viewed}}")) == Shelf("recently_viewed", 6)
    assert shelf_of(a_show("{chat: {text: a}}")) is None


def test_survey_is_rendered_without_what_only_the_engine_needs() -> None:
    popup = rendered("{survey: {question: How?, low: bad, high: good, comment: Why?, field: nps, coupon: THX}}")
    assert popup == {
        "question": "How?",
        "scale": "nps",
        "low": "bad",
        "high": "good",
        "comment": "Why?",
        "thanks": "Thank you!",
        "coupon": {"code": "THX"},
    }


def test_survey_with_options_is_a_choice() -> None:
    popup = rendered("{survey: {question: How?, options: [{en: A, zh-TW: 甲}, B], thanks: Ta}}", language="zh-TW")
    assert (popup["scale"], popup["options"], popup["thanks"]) == ("choice", ["甲", "B"], "Ta")
    assert rendered("{survey: {question: How?, scale: stars}}")["scale"] == "stars"


def test_image_with_its_size() -> None:
    popup = rendered("{image: {src: 'https://a.example/b.png', alt: A, width: 2, height: 1, url: /c, title: T}}")
    image = {"src": "https://a.example/b.png", "alt": "A", "width": 2, "height": 1}
    assert popup == {"title": "T", "image": image, "url": "/c"}


def test_subscription_by_form_and_messengers() -> None:
    popup = rendered(
        "{subscribe: {title: T, consent: yes please, channels: [line, messenger]}}", Given(reference="k1.v.s")
    )
    assert popup == {
        "title": "T",
        "consent": "yes please",
        "placeholder": "E-mail address",
        "button": "Subscribe",
        "thanks": "Thank you!",
        "channels": [
            {"kind": "line", "text": "Continue in LINE", "url": "https://line.me/R/oaMessage/%40shop/?k1.v.s"},
            {"kind": "messenger", "text": "Continue in Messenger", "url": "https://m.me/my.shop?ref=k1.v.s"},
        ],
    }


def test_subscription_by_messenger_alone_has_no_form() -> None:
    popup = rendered("{subscribe: {title: T, channels: {line: Add us}}}")
    assert set(popup) == {"title", "channels"}
    assert popup["channels"][0]["text"] == "Add us"


def test_form_keeps_the_words_of_its_own() -> None:
    popup = rendered("{subscribe: {title: T, consent: c, placeholder: p, button: b, thanks: t}}")
    assert (popup["placeholder"], popup["button"], popup["thanks"]) == ("p", "b", "t")


def test_wheel_stops_where_the_engine_has_drawn() -> None:
    show = a_show(WHEEL)
    for seed in map(str, range(20)):
        popup, coupon = rendered(WHEEL, Given(seed=seed)), coupon_of(show, seed)
        assert popup["prize"] == prize_of(show.content["segments"], seed)
        if coupon is None:
            assert (popup["result"], "coupon" in popup) == ("Not this time", False)
        else:
            said = f"You won: {popup['segments'][popup['prize']]}"
            assert (popup["result"], popup["coupon"]["code"]) == (said, coupon.code)


def test_wheel_says_what_the_marketer_wrote_of_the_prize() -> None:
    words = '      win: "{{coupon.code}} is {{coupon.value}}"\n      lose: Sorry\n      button: Turn\n'
    seeds = {prize_of(a_show(WHEEL).content["segments"], seed): seed for seed in map(str, range(99))}
    assert rendered(WHEEL + words, Given(seed=seeds[0]))["result"] == "W100 is NT$100"
    assert rendered(WHEEL + words, Given(seed=seeds[2]))["result"] == "W10 is 10%"
    assert rendered(WHEEL + words, Given(seed=seeds[1]))["result"] == "Sorry"
    assert rendered(WHEEL + words)["button"] == "Turn"


def test_segments_come_out_as_often_as_their_weights_say() -> None:
    segments = a_show(WHEEL).content["segments"]
    drawn = Counter(prize_of(segments, f"visitor {n}") for n in range(4000))
    assert drawn[0] == pytest.approx(1500, abs=150)
    assert all(drawn[n] == pytest.approx(500, abs=100) for n in range(1, 6))


def test_coupons_of_a_popup_are_known_beforehand() -> None:
    assert coupons_of(a_show(WHEEL)) == (Coupon("W100", 100, pool=True), Coupon("W10", 10, percent=True))
    assert coupons_of(a_show("{chat: {text: a, coupon: {pool: P, expires: 1d}}}")) == (
        Coupon("P", pool=True, expires_ms=86_400_000),
    )
    assert coupons_of(a_show("{chat: {text: a}}")) == ()


def test_names_of_other_things_are_looked_up_when_all_is_read() -> None:
    (said,) = problems(a_rule(show="{products: {title: a, from: knew}}"), SITE)
    assert said.endswith("unknown feed 'knew', expected new (did you mean 'new'?)")
    assert not problems(a_rule(show="{chat: {text: a, replies: [{text: b, start: r}]}}"))


def test_facts_that_popups_show_by_themselves_are_facts() -> None:
    assert {"cart.value", "agents.online"} <= set(FACTS)
