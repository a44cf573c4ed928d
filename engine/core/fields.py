"""A shop's own fields of a visitor: numbers and texts, and how a condition compares them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.core.operators import Operator
from engine.core.words import read_number
from engine.core.written import say_number

FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
LONGEST_FIELD = 256

ORDERED = (">", ">=", "<", "<=")
"""Operators that compare a field as a number; the others compare it as a text, without regard to case."""


def as_text(value: int | float | str) -> str:
    """Return a field's value as a text is compared: numbers as they are written, texts folded."""
    if isinstance(value, str):
        number = read_number(value)
        return value.casefold() if number is None else say_number(number)
    return say_number(value)


def field_test(operator: Operator) -> Callable[[Any, Any], bool]:
    """Return what compares a field's value; one that is no number is neither more nor less than any."""
    test = operator.test
    if operator.symbol not in ORDERED:
        return lambda found, expected: test(as_text(found), expected)

    def compare(found: Any, expected: Any) -> bool:
        number = read_number(found) if isinstance(found, str) else found
        return number is not None and test(number, expected)

    return compare
