"""A shop's own fields, compared, and tags."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.fields import as_text, field_test
from engine.core.operators import OPERATORS
from engine.core.tags import LONGEST_TAG, read_tag


@pytest.mark.parametrize(
    ("found", "symbol", "expected", "holds"),
    [
        ("Gold", "is", "gold", True),
        (42, "is", "42", True),
        (42.0, "is", "42", True),
        ("42.0", "is", "42", True),
        ("Gold", "in", ("silver", "gold"), True),
        ("Gold", "is not", "gold", False),
        ("Golden", "starts with", "gold", True),
        (42, ">", 41, True),
        ("42", ">", 41, True),
        ("Gold", ">", 41, False),
        ("Gold", "<", 41, False),
    ],
)
def test_field_is_compared_as_a_text_or_as_a_number(found: Any, symbol: str, expected: Any, holds: bool) -> None:
    assert field_test(OPERATORS[symbol])(found, expected) is holds


def test_numbers_are_written_as_a_rule_would() -> None:
    assert [as_text(each) for each in (1, 1.5, 1.0, "1.50", "Big")] == ["1", "1.5", "1", "1.5", "big"]


def test_tag_is_folded_on_one_line_and_not_too_long() -> None:
    assert read_tag("  Running \n Shoes ") == "running shoes"
    assert read_tag(" ") is None
    assert read_tag("x" * LONGEST_TAG) == "x" * LONGEST_TAG
    assert read_tag("x" * (LONGEST_TAG + 1)) is None
