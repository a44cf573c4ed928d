"""What a shopper sends off in a popup is what its rule asked for, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.rules import Show
from engine.core.submissions import Answer, Subscription, is_address, read_submission
from tests.core.reading import a_rule, read_one

SUBSCRIBE = "{subscribe: {title: a, consent: b}}"
FLOW = """
    chat:
      steps:
        start: {say: a, options: [{text: b, go: size}]}
        size: {say: a, ask: {name: foot_cm, type: number, go: name}}
        name: {say: a, ask: {name: call_me, go: email}}
        email: {say: a, ask: {name: email}}
"""


def submitted(popup: str, *languages: str, **fields: Any) -> Subscription | Answer | None:
    show: Show
    (show,) = read_one(a_rule(show=popup), "{channels: {line: '@shop'}}").shows
    return read_submission(show, fields, languages)


def test_address_with_its_consent_is_a_subscription() -> None:
    assert submitted(SUBSCRIBE, email=" Jo@Shop.example ", consent=True) == Subscription("Jo@Shop.example")


@pytest.mark.parametrize("consent", [None, False, "true", 1])
def test_address_without_a_consent_is_none(consent: Any) -> None:
    assert submitted(SUBSCRIBE, email="jo@shop.example", consent=consent) is None


def test_popup_that_asks_for_no_address_takes_none() -> None:
    channels = "{subscribe: {title: a, channels: [line]}}"
    assert submitted(channels, email="jo@shop.example", consent=True) is None
    assert submitted("{chat: {text: a}}", email="jo@shop.example", consent=True) is None
    assert submitted(SUBSCRIBE, consent=True) is None


@pytest.mark.parametrize(
    "address", ["jo@shop.example", "jo.van+news@a-b.co.uk", "ünï@bücher.example", "a@b.co", "黃@例え.テスト"]
)
def test_addresses(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "jo", "jo@", "@shop.example", "jo@shop", "jo@shop..example", "jo@-shop.example", "jo@shop.123", "a@b.c@d.ef",
     "jo@shop.example\nBcc: all@shop.example", "jo smith@shop.example", '"jo"@shop.example', "jo,al@shop.example",
     "<jo@shop.example>", "x" * 65 + "@shop.example", "jo@" + "a." * 130 + "example"],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize(
    ("scale", "score", "value"),
    [
        ("nps", "9", "9"), ("nps", 0, "0"), ("nps", "10", "10"), ("nps", 11, None), ("nps", -1, None),
        ("nps", "9.5", None), ("nps", "nine", None), ("nps", None, None), ("stars", 1, "1"), ("stars", 0, None),
        ("stars", 5, "5"), ("stars", 6, None),
    ],
)  # fmt: skip
def test_scores_of_a_survey(scale: str, score: Any, value: str | None) -> None:
    found = submitted(f"{{survey: {{question: a, scale: {scale}}}}}", score=score)
    assert found == (None if value is None else Answer(scale, value))


def test_survey_without_an_answer_says_nothing() -> None:
    assert submitted("{survey: {question: a}}", comment="hello") is None


def test_comment_is_kept_where_the_survey_asks_for_one() -> None:
    asks = "{survey: {question: a, comment: Why?, field: nps}}"
    assert submitted(asks, score="3", comment="Too\nslow\u202e") == Answer("nps", "3", "Too slow", "nps")
    assert submitted("{survey: {question: a}}", score="3", comment="Too slow") == Answer("nps", "3")


@pytest.mark.parametrize(("choice", "value"), [("0", "Geschenk"), (1, "B"), ("2", None), ("-1", None), ("x", None)])
def test_choice_is_kept_in_the_words_of_the_shops_first_language(choice: Any, value: str | None) -> None:
    survey = "{survey: {question: a, options: [{en: Present, de: Geschenk}, 'B {{product.name}}']}}"
    assert submitted(survey, "de", "en", choice=choice) == (None if value is None else Answer("choice", value))


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"step": "size", "foot_cm": "24.5"}, Answer("foot_cm", "24.5", field="foot_cm")),
        ({"step": "size", "foot_cm": 24}, Answer("foot_cm", "24", field="foot_cm")),
        ({"step": "size", "foot_cm": "long"}, None),
        ({"step": "name", "call_me": " Jo\n"}, Answer("call_me", "Jo", field="call_me")),
        ({"step": "name", "call_me": ""}, None),
        ({"step": "name", "vip": "yes"}, None),
        ({"step": "email", "email": "jo@shop.example"}, Answer("email", "jo@shop.example", field="email")),
        ({"step": "email", "email": "jo"}, None),
        ({"step": "start", "choice": "0"}, None),
        ({"step": "nowhere", "foot_cm": 1}, None),
        ({"foot_cm": 1}, None),
    ],
)
def test_answer_to_a_step_that_asks(fields: dict[str, Any], answer: Answer | None) -> None:
    assert submitted(FLOW, **fields) == answer


def test_wheel_that_was_turned_says_nothing() -> None:
    segments = "{text: a, code: A}" + ", {text: b}" * 5
    assert submitted(f"{{wheel: {{title: a, segments: [{segments}]}}}}", spun=True) is None
