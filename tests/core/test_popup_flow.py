"""A chat with a script, and what clicks in popups lead to."""

from __future__ import annotations

from engine.core.popup import placeholder_readings, render, start_of
from engine.core.popup_parts import starts_in, texts_in
from tests.core.reading import a_rule, problems, read
from tests.core.test_popup_kinds import SITE, WHEEL, a_show, rendered

FLOW = """
    chat:
      coupon: {pool: FIT, value: 100}
      steps:
        start:
          say: {en: Hello, zh-TW: 您好}
          options:
            - {text: Size, go: size}
            - {text: The wheel, start: r}
            - {text: Cart, url: /cart}
            - Nothing
          cards:
            - {title: Shoes, text: New, image: /a.png, url: /c}
        size:
          say: [Which, "{{product.name}}"]
          ask: {name: size, type: number, placeholder: "42", go: bye}
        bye:
          say: Bye
          coupon: yes
          go: person
        person:
          say: Wait
          handover: {text: Soon, away: Later, go: email}
        email:
          say: Where?
          ask: {name: email}
"""


def test_script_of_a_chat() -> None:
    popup = rendered(FLOW, product_name="Shoe")
    assert popup["coupon"] == {"code": "FIT", "value": "NT$100"}
    assert popup["steps"] == {
        "start": {
            "say": ["Hello"],
            "options": [
                {"text": "Size", "go": "size"},
                {"text": "The wheel", "start": True},
                {"text": "Cart", "url": "/cart"},
                {"text": "Nothing"},
            ],
            "cards": [{"title": "Shoes", "text": "New", "image": "/a.png", "url": "/c"}],
        },
        "size": {"say": ["Which", "Shoe"], "ask": {"name": "size", "type": "number", "placeholder": "42", "go": "bye"}},
        "bye": {"say": ["Bye"], "coupon": True, "go": "person"},
        "person": {"say": ["Wait"], "handover": {"online": False, "text": "Later", "go": "email"}},
        "email": {"say": ["Where?"], "ask": {"name": "email", "type": "email"}},
    }


def test_person_who_is_there_takes_the_chat_over() -> None:
    assert rendered(FLOW, agents_online=True)["steps"]["person"]["handover"] == {"online": True, "text": "Soon"}
    away = "{chat: {steps: {start: {say: a, handover: {text: b, away: c}}}}}"
    assert rendered(away)["steps"]["start"]["handover"] == {"online": False, "text": "c"}


def test_script_speaks_the_language_of_its_first_words() -> None:
    popup = render(a_show(FLOW), lambda _: None, "zh-HK", read("", SITE).site)
    assert (popup["lang"], popup["steps"]["start"]["say"]) == ("zh-TW", ["您好"])


def test_script_reads_whether_somebody_is_there() -> None:
    assert [str(each) for each in placeholder_readings(a_show(FLOW))] == ["product.name", "agents.online"]
    assert placeholder_readings(a_show("{chat: {steps: {start: {say: a}}}}")) == ()


def test_step_that_nothing_leads_to_is_doubted() -> None:
    rules = read(a_rule(show="{chat: {steps: {start: {say: a, options: [{text: b, go: start}]}, lost: {say: c}}}}"))
    assert rules.warnings == ("rules.yaml:4:75: no step leads to 'lost'",)


def test_script_that_comes_back_by_way_of_others_is_refused() -> None:
    said = problems(a_rule(show="{chat: {steps: {start: {say: a, go: b}, b: {say: b, go: c}, c: {say: c, go: b}}}}"))
    assert [each.split(": ", 1)[1] for each in said] == [
        "'b' comes back to itself without a question",
        "'c' comes back to itself without a question",
    ]


def test_script_has_a_bounded_number_of_steps() -> None:
    steps = ", ".join(f"s{n}: {{say: a}}" for n in range(40))
    (said,) = problems(a_rule(show=f"{{chat: {{steps: {{start: {{say: a}}, {steps}}}}}}}"))
    assert said.endswith("chat with 41 steps exceeds limit of 40")


def test_click_that_starts_another_rule() -> None:
    show = a_show(FLOW)
    assert start_of(show, "start", 1) == "r"
    assert [start_of(show, "start", n) for n in (0, 2, 3, 4, 5, -1)] == [None] * 6
    assert start_of(show, "nowhere", 0) is None
    replies = a_show("{chat: {text: a, replies: [b, {text: c, start: r}]}}")
    assert [start_of(replies, "start", n) for n in range(3)] == [None, "r", None]
    assert start_of(replies, "size", 1) is None
    button = a_show("{bar: {text: a, button: {text: b, start: r}}}")
    assert (start_of(button, "button", 0), start_of(button, "button", 1)) == ("r", None)
    assert start_of(a_show("{bar: {text: a}}"), "button", 0) is None
    assert start_of(a_show("{subscribe: {title: a, consent: b, button: c}}"), "button", 0) is None
    assert rendered("{bar: {text: a, button: {text: b, start: r}}}")["button"] == {"text": "b", "start": True}


def test_rules_that_clicks_start_are_known_beforehand() -> None:
    assert list(starts_in(tuple(a_show(FLOW).content.values()))) == ["r"]


def test_all_texts_of_a_popup_can_be_walked() -> None:
    for show, most in ((FLOW, 15), (WHEEL, 7), ("{subscribe: {title: T, channels: {line: L}}}", 2)):
        assert len(list(texts_in(tuple(a_show(show).content.values())))) == most
    assert len(list(texts_in(tuple(a_show("{bar: {text: a, done: b}}").content.values())))) == 2
