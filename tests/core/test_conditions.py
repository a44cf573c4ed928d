"""Conditions as values, and how they and their values are said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from engine.core.cart_items import CartPart
from engine.core.conditions import comparisons, say_duration, say_value
from engine.core.facts import FactType
from engine.core.spoken import read_spoken


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (10_000, "10s"),
        (90_000, "90s"),
        (60_000, "1m"),
        (7_200_000, "2h"),
        (604_800_000, "7d"),
        (10_001, "10001ms"),
        (0, "0s"),
    ],
)
def test_duration_is_said_in_its_largest_unit_without_a_rest(ms: int, said: str) -> None:
    assert say_duration(ms) == said


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (FactType.NUMBER, 1234567.5, "1234567.5"),
        (FactType.NUMBER, 1200.0, "1200"),
        (FactType.COUNT, 3, "3"),
        (FactType.PERCENT, 12.5, "12.5%"),
        (FactType.DURATION, 10_000, "10s"),
        (FactType.TEXT, "shoes", "shoes"),
        (FactType.TEXT, "two words", '"two words"'),
        (FactType.TEXT, "", '""'),
        (FactType.TEXT, "not", '"not"'),
        (FactType.TEXT, ("a", "b c"), '[a, "b c"]'),
        (FactType.YES_NO, False, "no"),
        (FactType.YES_NO, True, "yes"),
        (FactType.TEXT, None, "unknown"),
        (FactType.STAGE, 4, "repeat buyer"),
        (FactType.STAGE, (0, 2), "[visitor, shopper]"),
        (FactType.TAGS, ("shoes", "red hat"), '[shoes, "red hat"]'),
        (FactType.CART, CartPart("category", "shoes"), "category(shoes)"),
        (FactType.DATE, datetime.fromisoformat("2026-11-21T20:15"), "sat 2026-11-21 20:15"),
    ],
)
def test_value_is_said_as_a_rule_would_write_it(kind: FactType, value: Any, said: str) -> None:
    assert say_value(kind, value) == said


def test_comparisons_of_a_condition_come_in_the_order_as_written() -> None:
    said = "all of (page is cart; any of (exit_intent; not: views(cart) is more than 2); page.dwell is more than 10s)"
    assert [str(each.reading) for each in comparisons(read_spoken(said))] == [
        "page", "exit_intent", "views(cart)", "page.dwell",
    ]  # fmt: skip
