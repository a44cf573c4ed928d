"""``count(add_to_cart where price > 1000)``: which events of a name are counted, by what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.operators import OPERATORS, Operator
from engine.core.written import quote_text, say_number, say_text

NUMERIC = (">", ">=", "<", "<=")
"""Operators that compare with a number; all others compare texts, without regard to case."""

_ODD_NUMBER = re.compile(r"-|\d(?!\d*$)|0\d", re.ASCII)
_OPPOSITES = {"is not": "is", "not in": "in"}


@dataclass(frozen=True, slots=True)
class Where:
    """
    One comparison with what an event says under ``key``.

    A key is looked up in the event's data (``product.id``: in what it holds),
    then in its ``fields``, then in each of its items (``items.price`` in these
    alone): one item that fits is enough. ``is not`` and ``not in`` are true where nothing fits.
    """

    key: str
    operator: Operator
    expected: Any

    def __str__(self) -> str:
        return f"{self.key} {self.operator.symbol} {_say(self.expected)}"

    def is_true_of(self, data: Mapping[str, Any]) -> bool:
        """Tell whether an event that says ``data`` is meant. Nothing is raised, whatever it says."""
        opposite = _OPPOSITES.get(self.operator.symbol)
        test = OPERATORS[opposite] if opposite else self.operator
        return any(_holds(test, found, self.expected) for found in _found(self.key, data)) is (opposite is None)


def _say(expected: Any) -> str:
    if isinstance(expected, tuple):
        return "[" + ", ".join(map(_say, expected)) + "]"
    if not isinstance(expected, str):
        return say_number(expected)
    # what looks like a number is written without zeros that say nothing; a text that has them is quoted
    return quote_text(expected) if _ODD_NUMBER.match(expected) else say_text(expected)


def _found(key: str, data: Mapping[str, Any]) -> list[Any]:
    for place in (data, data.get("fields")):
        found = _at(key, place)
        if found is not None:
            return [found]
    items = data.get("items")
    key = key.removeprefix("items.")
    values = [_at(key, each) for each in items] if isinstance(items, list) else []
    return [each for each in values if each is not None]


def _at(key: str, place: Any) -> Any:
    for name in key.split("."):
        place = place.get(name) if isinstance(place, Mapping) else None
    return place


def _holds(operator: Operator, found: Any, expected: Any) -> bool:
    if operator.symbol in NUMERIC:
        return isinstance(found, int | float) and bool(operator.test(found, expected))
    return any(operator.test(text, expected) for text in _texts(found))


def _texts(found: Any) -> tuple[str, ...]:
    """Return how a value may be written in a rule, folded."""
    if isinstance(found, bool):
        return ("yes", "true") if found else ("no", "false")
    if isinstance(found, int | float):
        return (say_number(found),)
    return (found.casefold(),) if isinstance(found, str) else ()
