"""The parts of a line: brackets and separators outside quotes, operators at the start."""

from __future__ import annotations

import pytest

from engine.core.line_parts import closing_bracket, operator_at_start, split_outside


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("(a)", 2),
        ("(a (b) c) d", 8),
        ('(a is "x) y")', 12),
        (r'(a is "\")" )', 12),
        ("(a", -1),
        ('(a ")', -1),
        ("", -1),
    ],
)
def test_bracket_closes_outside_quotes(text: str, at: int) -> None:
    assert closing_bracket(text) == at


def test_text_is_split_outside_brackets_and_quotes() -> None:
    assert split_outside('a, b (c, d), [e, f], "g, h", i', ",") == ["a", " b (c, d)", " [e, f]", ' "g, h"', " i"]
    assert split_outside("", ",") == [""]


@pytest.mark.parametrize(
    ("text", "symbol", "word", "length"),
    [
        (">= 3", ">=", ">=", 2),
        ("not  in [a]", "not in", "not  in", 7),
        ("is not a", "is not", "is not", 6),
        ("isle", None, "isle", 0),
        ("=> 3", None, "=>", 2),
        ("", None, "", 0),
    ],
)
def test_longest_operator_is_found_at_the_start(text: str, symbol: str | None, word: str, length: int) -> None:
    operator, found, ends = operator_at_start(text)
    assert (operator and operator.symbol, found, ends) == (symbol, word, length)
