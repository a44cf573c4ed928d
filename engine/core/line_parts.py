"""What lines of conditions are made of: what is still to be read, operators, what stands in brackets, what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.core.operators import OPERATORS, Operator

_SIGN = re.compile(r"[<>=!~≠≥≤≧≦＞＜＝]+")


class LineError(Exception):
    """What is wrong with a condition, and ``at`` which character of it; of a list's values the first wrong one."""

    def __init__(self, message: str, at: int, others: Iterable[LineError] = ()) -> None:
        super().__init__(message)
        self.at = at
        self._others = tuple(others)

    def each(self) -> Iterator[LineError]:
        """Yield it, and what is wrong with the list's other values."""
        yield self
        yield from self._others


@dataclass(frozen=True, slots=True)
class Rest:
    """What of the line is still to be read, and where in the line it begins."""

    text: str
    at: int

    def after(self, length: int) -> Rest:
        """Return what follows so many characters, and the spaces behind them."""
        rest = self.text[length:]
        stripped = rest.lstrip()
        return Rest(stripped.rstrip(), self.at + length + len(rest) - len(stripped))


def _by_length(symbols: dict[str, Operator]) -> list[tuple[re.Pattern[str], Operator]]:
    """Return what recognises each operator at the start of a text, the longest first."""
    longest_first = sorted(symbols, key=len, reverse=True)
    return [
        (re.compile(r"\s+".join(map(re.escape, each.split())) + r"(?!\w)"), symbols[each])
        for each in longest_first
        if each[0].isalpha()
    ]


_WORDS = _by_length(OPERATORS)
_SPOKEN = _by_length(OPERATORS | {each.words: each for each in reversed(OPERATORS.values())})


def operator_at_start(text: str, spoken: bool = False) -> tuple[Operator | None, str, int]:
    """Return the longest operator at the start (None: no known one), the word that stands there, and its length."""
    sign = _SIGN.match(text)
    if sign is not None:
        return OPERATORS.get(sign.group()), sign.group(), sign.end()
    for pattern, operator in _SPOKEN if spoken else _WORDS:
        match = pattern.match(text)
        if match is not None:
            return operator, match.group(), match.end()
    return None, text.split(None, 1)[0] if text else "", 0


def closing_bracket(text: str) -> int:
    """Return where the bracket closes that opens ``text``, outside quotes; -1 if it does not."""
    depth = 0
    for n, each in _outside_quotes(text):
        depth += (each == "(") - (each == ")")
        if depth == 0:
            return n
    return -1


def split_outside(text: str, separator: str) -> list[str]:
    """Split at the separators that stand in no brackets and no quotes."""
    parts, depth, last = [], 0, 0
    for n, each in _outside_quotes(text):
        depth += (each in "([") - (each in ")]")
        if each == separator and depth == 0:
            parts.append(text[last:n])
            last = n + 1
    return [*parts, text[last:]]


def _outside_quotes(text: str) -> Iterator[tuple[int, str]]:
    quoted = escaped = False
    for n, each in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = each == "\\", each != '"'
        elif each == '"':
            quoted = True
        else:
            yield n, each
