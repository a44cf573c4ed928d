"""Lists in brackets, as conditions have them: what stands between the commas, and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from engine.core.line_parts import LineError, Rest
from engine.core.words import quoted

Value = TypeVar("Value")

MOST_LISTED = 100

QUOTED = re.compile(r""""((?:[^"\\]|\\.)*)"|'([^']*)'""")
_BARE = re.compile(r"""[^"'\[\],]+""")


def read_items(text: str, at: int, expected: str = "a list such as [red, blue]") -> list[tuple[str, int]]:
    """Return what a list in brackets holds, each as it is written and where it begins. Raises LineError."""
    if not text.startswith("[") or not text.endswith("]"):
        raise LineError(f"expected {expected}, found {quoted(text)}", at)
    items = _split(text[1:-1], at)
    if not items:
        raise LineError(f"expected {expected}, found an empty one", at)
    if len(items) > MOST_LISTED:
        raise LineError(f"list with {len(items)} values exceeds limit of {MOST_LISTED}", at)
    return items


def read_each(items: list[tuple[str, int]], read: Callable[[str, int], Value]) -> tuple[Value, ...]:
    """Read the values of a list. Raises LineError, which has all that are wrong."""
    values: list[Value] = []
    wrong: list[LineError] = []
    for text, at in items:
        try:
            values.append(read(text, at))
        except LineError as error:
            wrong.append(error)
    if wrong:
        raise LineError(str(wrong[0]), wrong[0].at, wrong[1:])
    return tuple(values)


def _split(inside: str, at: int) -> list[tuple[str, int]]:
    """Split at the commas that stand outside quotes; ``at`` is where the bracket before it stands."""
    items: list[tuple[str, int]] = []
    rest = Rest(inside, at + 1).after(0)
    while rest.text:
        match = QUOTED.match(rest.text) or _BARE.match(rest.text)
        if match is None:
            raise LineError(f"expected values with commas between them, found {quoted(rest.text)}", at)
        items.append((match.group().strip(), rest.at))
        rest = rest.after(match.end())
        if rest.text and not rest.text.startswith(","):
            raise LineError(f"expected ',' between values, found {quoted(rest.text)}", at)
        if rest.text == ",":
            raise LineError("expected a value after ','", at)
        rest = rest.after(1)
    return items
