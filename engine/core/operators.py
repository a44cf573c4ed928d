"""The operators of the rule language. One table feeds judging, explaining, documentation and the schema."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Operator:
    """
    One operator: how it is written, how it is said, what it tests and what its opposite is.

    ``test(found, expected)`` is never called with an unknown (None) ``found``;
    ``unknown`` is the answer then.
    """

    symbol: str
    words: str
    test: Callable[[Any, Any], bool]
    unknown: bool = False
    takes: str = "one"


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    """
    Compile a glob: ``*`` stands for any text, ``?`` for one character, all else for itself.

    What stands between two stars is looked for once and never given back
    (an atomic group), so no pattern can take more than a pass over the text for each star.
    """
    first, *parts = [
        "".join("." if c == "?" else re.escape(c) for c in part) for part in re.sub(r"\*+", "*", pattern).split("*")
    ]
    if not parts:
        return re.compile(first, re.S)
    middle = "".join(f"(?>.*?{part})" for part in parts[:-1])
    return re.compile(f"{first}{middle}.*{parts[-1]}", re.S)


def matches(text: str, pattern: str) -> bool:
    """Tell whether the whole ``text`` matches the glob ``pattern``."""
    return _glob(pattern).fullmatch(text) is not None


def _in(found: Any, expected: tuple[Any, ...]) -> bool:
    return found in expected


def _not_in(found: Any, expected: tuple[Any, ...]) -> bool:
    return found not in expected


OPERATORS = {
    each.symbol: each
    for each in (
        Operator("is", "is", operator.eq),
        Operator("is not", "is not", operator.ne, unknown=True),
        Operator("=", "is", operator.eq),
        Operator(">", "is more than", operator.gt),
        Operator(">=", "is at least", operator.ge),
        Operator("<", "is less than", operator.lt),
        Operator("<=", "is at most", operator.le),
        Operator("in", "is one of", _in, takes="list"),
        Operator("not in", "is none of", _not_in, unknown=True, takes="list"),
        Operator("contains", "contains", operator.contains),
        Operator("starts with", "starts with", str.startswith),
        Operator("matches", "matches", matches),
        Operator("has", "has", operator.contains),
        Operator("at least", "is at least", operator.ge),
        Operator("at most", "is at most", operator.le),
    )
}
"""Every operator by its symbol, in the order of the reference page."""
