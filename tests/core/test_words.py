"""Numbers, durations and percents as marketers write them, and the nearest known word."""

from __future__ import annotations

import pytest

from engine.core.words import (
    did_you_mean,
    expected_one_of,
    nearest,
    quoted,
    read_duration,
    read_number,
    read_percent,
)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("10s", 10_000), ("1.5h", 5_400_000), ("2 m", 120_000), ("0s", 0), ("3660d", 316_224_000_000), ("1ms", 1),
        ("3661d", None), ("10", None), ("s", None), ("-1s", None), ("1e3s", None), ("10S", None), ("0.0005s", None),
    ],
)  # fmt: skip
def test_duration(text: str, ms: int | None) -> None:
    assert read_duration(text) == ms


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1500", 1500),
        ("-2.5", -2.5),
        ("2.0", 2),
        ("1,5", None),
        ("1e3", None),
        ("inf", None),
        ("9" * 13, None),
        ("", None),
    ],
)
def test_number(text: str, number: float | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "percent"), [("50%", 50), ("12.5 %", 12.5), ("100%", 100), ("101%", None), ("50", None)]
)
def test_percent(text: str, percent: float | None) -> None:
    assert read_percent(text) == percent


def test_nearest_word_is_one_of_another_shop_or_one_mistyped() -> None:
    assert nearest("basket", ["home", "cart"]) == "cart"
    assert nearest("CARD", ["home", "cart"]) == "cart"
    assert nearest("xyz", ["home", "cart"]) is None


def test_nearest_word_may_be_a_short_one_or_one_of_which_a_part_was_written() -> None:
    assert nearest("iz", ["is", "is not", "in"]) == "is"
    assert nearest("stage", ["visitor.stage", "visitor.spent"]) == "visitor.stage"
    assert nearest("cart.missing", ["cart.lines", "cart.missing_for_free_shipping"]) == "cart.missing_for_free_shipping"
    assert nearest("utm_source", ["traffic.source", "traffic.medium"]) == "traffic.source"
    assert did_you_mean("basket", ["home"]) == ""


def test_long_lists_are_cut() -> None:
    assert expected_one_of(["a"]) == "expected a"
    assert expected_one_of("abcde") == "expected one of a, b, c, d, e"
    assert expected_one_of("abcdef") == "expected one of a, b, c, d, ..."


def test_quoted_text_stays_on_one_line_and_short() -> None:
    assert quoted("a\nb") == "'a b'"
    assert quoted("x" * 100) == f"'{'x' * 59}…'"
