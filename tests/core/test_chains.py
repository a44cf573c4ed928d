"""Clicks that show another rule's popup: what they say, and which rule they mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.core.chains import Click, click_of, started_rule
from engine.core.event_data import read_data
from engine.core.events import Event
from tests.core.reading import a_rule, problems, read

CHAIN = a_rule(
    rule="ask",
    show="[{variant: a, chat: {text: A, replies: [{text: Yes, start: tell}]}}, {variant: b, chat: {text: B}}]",
)
TELL = "- {rule: tell, show: {chat: {text: Told}}}\n"


def submitted(fields: Any) -> Event:
    return read_data(1, "popup_submit", {"fire": "f_1"} | ({} if fields is None else {"fields": fields}), None, None)


@pytest.mark.parametrize(
    ("fields", "click"),
    [
        ({"step": "start", "choice": "2"}, Click("start", 2)),
        ({"step": "button", "choice": 0}, Click("button", 0)),
        ({"step": "start", "choice": "9999"}, None),
        ({"step": "start", "choice": "two"}, None),
        ({"step": "start", "choice": "²"}, None),
        ({"step": "start", "choice": True}, None),
        ({"step": "start", "choice": 1.5}, None),
        ({"step": 1, "choice": 1}, None),
        ({"choice": "2"}, None),
        (None, None),
    ],
)
def test_submission_with_a_step_and_a_choice_is_a_click(fields: Any, click: Click | None) -> None:
    assert click_of(submitted(fields)) == click


def test_no_other_event_is_a_click() -> None:
    assert click_of(read_data(1, "login", {}, None, None)) is None


def test_click_means_the_rule_that_the_variant_on_the_page_names() -> None:
    rule = read(CHAIN + TELL).by_id["ask"].rule
    assert started_rule(rule, "a", Click("start", 0)) == "tell"
    assert started_rule(rule, "a", Click("start", 1)) is None
    assert started_rule(rule, "b", Click("start", 0)) is None
    assert started_rule(rule, "gone", Click("start", 0)) is None


def test_rule_of_one_popup_is_asked_by_no_variant() -> None:
    rules = read(a_rule(rule="ask", show="{chat: {text: A, replies: [{text: Yes, start: tell}]}}") + TELL)
    assert started_rule(rules.by_id["ask"].rule, "", Click("start", 0)) == "tell"
    assert started_rule(replace(rules.by_id["ask"].rule, show=None), "", Click("start", 0)) is None
    assert rules.by_id["tell"].rule.is_only_started
    assert rules.by_id["tell"].kinds == frozenset()


def test_rule_without_conditions_that_nothing_starts_is_refused() -> None:
    assert problems(TELL) == ["rules.yaml:1:3: expected 'when:', a list of conditions, all of which must be true"]


def test_rule_that_a_rule_with_a_mistake_starts_has_none_itself() -> None:
    [only] = problems(CHAIN.replace("show:", "limit: seldom\n  show:") + TELL)
    assert "seldom" in only


def test_rule_that_is_only_started_has_no_schedule() -> None:
    scheduled = "- {rule: tell, schedule: {days: mon-fri}, show: {chat: {text: Told}}}\n"
    assert "expected no schedule on a rule that only another rule's popup starts" in problems(CHAIN + scheduled)[0]
