"""Conditions as they are printed, read back."""

from __future__ import annotations

import pytest

from engine.core.line_values import LineError
from engine.core.spoken import read_spoken


@pytest.mark.parametrize(
    "said",
    [
        "page is cart",
        "views(cart) is more than 2",
        "not: page is cart",
        "any of (page is cart; views(cart) is at most 3)",
        'all of (product.name is "a; b)"; not: any of (page.dwell is less than 10s; exit_intent))',
        r'page.title is "a \" ; b"',
        "page.title is none of [a, \"b, c\"]",
        "visitor.returning is no",
    ],
)  # fmt: skip
def test_printed_condition_is_read_as_it_was(said: str) -> None:
    assert str(read_spoken(said)) == said


def test_condition_as_a_rule_has_it_is_read_too() -> None:
    assert read_spoken("views(cart) > 2") == read_spoken("views(cart) is more than 2")


def test_group_that_does_not_end_is_refused() -> None:
    with pytest.raises(LineError, match="expected '\\)' after 'any of \\('"):
        read_spoken("any of (page is cart")


def test_nesting_has_an_end() -> None:
    with pytest.raises(LineError, match="nested deeper than 20 levels"):
        read_spoken("not: " * 1000 + "page is cart")
