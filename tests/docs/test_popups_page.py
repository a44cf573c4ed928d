"""The reference of popups says what the code does, and leaves out no kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.core.popup_file import SHOW_KINDS
from tests.docs.pages import Example, examples
from tools.render_popup_reference import PAGE, render_page

KINDS = [each.name for each in SHOW_KINDS]


def test_rendered_tables_and_json_are_current() -> None:
    text = PAGE.read_text("utf-8")
    assert text == render_page(text), "run: python -m tools.render_popup_reference"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_example_with_its_json(kind: str) -> None:
    shown = map(_json, examples(PAGE, "json"))
    assert kind in [each.get("kind") for each in shown]
    assert any(each.text.startswith(f"{kind}:\n") for each in examples(PAGE, "yaml"))


def test_wheel_of_the_example_has_won() -> None:
    (wheel,) = (each for each in map(_json, examples(PAGE, "json")) if each.get("kind") == "wheel")
    assert wheel["coupon"]["code"] in wheel["result"]


def _json(example: Example) -> Any:
    return json.loads(example.text)
