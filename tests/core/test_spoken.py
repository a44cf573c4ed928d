"""Conditions as they are printed, read back."""

from __future__ import annotations

import pytest

from engine.core.line_parts import LineError
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
        "not: count(purchase) in 30d is more than 0",
        "views(cart) ever is at least 3",
        'any of (sequence: [view_item, add_to_cart where a is "x, y"] within 20m; since(login) is more than 5s)',
        "sequence: [page cart, login]",
    ],
)  # fmt: skip
def test_printed_condition_is_read_as_it_was(said: str) -> None:
    assert str(read_spoken(said)) == said


def test_condition_as_a_rule_has_it_is_read_too() -> None:
    assert read_spoken("views(cart) > 2") == read_spoken("views(cart) is more than 2")


def test_group_that_does_not_end_is_refused() -> None:
    with pytest.raises(LineError, match="expected '\\)' after 'any of \\('"):
        read_spoken("any of (page is cart")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("sequence: view_item, add_to_cart", "expected a list such as [view_item, add_to_cart] after 'sequence:'"),
        ("sequence: [a, b] in 20m", "expected 'within' and a duration such as 20m, found 'in 20m'"),
        ("sequence: [a, b] within 20", "expected 'within' and a duration such as 20m, found 'within 20'"),
        ("sequence: [a, B]", "expected the name of an event such as purchase, found 'B'"),
    ],
)
def test_sequence_that_cannot_be_read_is_refused(said: str, sentence: str) -> None:
    with pytest.raises(LineError) as error:
        read_spoken(said)
    assert str(error.value) == sentence


def test_nesting_has_an_end() -> None:
    with pytest.raises(LineError, match="nested deeper than 60 levels"):
        read_spoken("not: " * 1000 + "page is cart")
