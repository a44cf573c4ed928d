"""
Which values a fact can still have: sets of numbers and of words, narrowed one condition after the other.

    Numbers   spans between cuts, such as all from 3 to below 10
    Words     these words, or all but these

``unknown`` tells whether the fact may also have no value at all (the price on a
page without a product): most comparisons are false then, their negations true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import floor, inf
from typing import Any

from engine.core.operators import Operator

Cut = tuple[float, int]
"""A place between numbers: (5, 0) is just below 5, (5, 1) just above it."""

_FIRST, _LAST = (-inf, 0), (inf, 1)


@dataclass(frozen=True, slots=True)
class Numbers:
    """
    Numbers between cuts, in pairs: ``((3, 0), (10, 0))`` is all from 3 to below 10.

    Of a ``whole`` measure (a count, ms) there is nothing between 3 and 4.
    """

    cuts: tuple[Cut, ...] = (_FIRST, _LAST)
    unknown: bool = False
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.cuts) or self.unknown

    def narrowed(self, operator: Operator, expected: Any, wanted: bool) -> Numbers:
        """Return those of which a comparison is ``wanted`` (true or false)."""
        cuts = _CUTS[operator.symbol](expected)
        unknown = operator.unknown
        if not wanted:
            cuts, unknown = _others(cuts), not unknown
        return self.within(Numbers(cuts, unknown))

    def within(self, other: Numbers) -> Numbers:
        """Return what is in both."""
        cuts = _both(self.cuts, other.cuts)
        return Numbers(_whole(cuts) if self.whole else cuts, self.unknown and other.unknown, self.whole)

    @property
    def least(self) -> float:
        """The lower end; infinite where there are none."""
        return self.cuts[0][0] if self.cuts else inf

    @property
    def most(self) -> float:
        """The upper end."""
        return self.cuts[-1][0] if self.cuts else -inf


def numbers(least: float = -inf, most: float = inf, *, unknown: bool = False, whole: bool = False) -> Numbers:
    """Return all numbers from ``least`` to ``most``, both included."""
    return Numbers(_whole(((least, 0), (most, 1))) if whole else ((least, 0), (most, 1)), unknown, whole)


def _exactly(values: Iterable[float]) -> tuple[Cut, ...]:
    return tuple(cut for each in sorted(set(values)) for cut in ((each, 0), (each, 1)))


_CUTS: dict[str, Callable[[Any], tuple[Cut, ...]]] = {
    "is": lambda n: _exactly([n]),
    "=": lambda n: _exactly([n]),
    "is not": lambda n: _others(_exactly([n])),
    "at least": lambda n: ((n, 0), _LAST),
    "at most": lambda n: (_FIRST, (n, 1)),
    ">": lambda n: ((n, 1), _LAST),
    ">=": lambda n: ((n, 0), _LAST),
    "<": lambda n: (_FIRST, (n, 0)),
    "<=": lambda n: (_FIRST, (n, 1)),
    "in": _exactly,
    "not in": lambda listed: _others(_exactly(listed)),
}


def _others(cuts: tuple[Cut, ...]) -> tuple[Cut, ...]:
    """Return the cuts of all that is not between these."""
    inner = cuts[1:] if cuts[:1] == (_FIRST,) else (_FIRST, *cuts)
    return inner[:-1] if inner[-1:] == (_LAST,) else (*inner, _LAST)


def _both(one: tuple[Cut, ...], other: tuple[Cut, ...]) -> tuple[Cut, ...]:
    """Return the cuts of what is in both: a span of one and a span of the other share one span at most."""
    shared = [
        (max(start, begin), min(end, finish))
        for start, end in zip(one[::2], one[1::2], strict=True)
        for begin, finish in zip(other[::2], other[1::2], strict=True)
    ]
    return tuple(cut for start, end in sorted(shared) if start < end for cut in (start, end))


def _whole(cuts: tuple[Cut, ...]) -> tuple[Cut, ...]:
    """Move each cut to below the next whole number, and drop the spans that hold none."""
    moved = [(value, side) if abs(value) == inf else (_next_whole(value, side), 0) for value, side in cuts]
    spans = zip(moved[::2], moved[1::2], strict=True)
    return tuple(cut for start, end in spans if start < end for cut in (start, end))


def _next_whole(value: float, side: int) -> int:
    """Return the lowest whole number above a cut."""
    below = floor(value)
    return below if below == value and side == 0 else below + 1


@dataclass(frozen=True, slots=True)
class Words:
    """
    Some words, or all but some: ``of`` a fixed list there are no others.

    ``tests`` are comparisons by a part of the text, each with whether it is true.
    """

    words: frozenset[Any] = frozenset()
    but: bool = True
    unknown: bool = False
    tests: tuple[tuple[Operator, Any, bool], ...] = ()

    def __bool__(self) -> bool:
        if self.unknown:
            return True
        if self.but:
            return not _contradict(self.tests)
        return any(self._passes(each) for each in self.words)

    def _passes(self, word: Any) -> bool:
        return all(operator.test(word, expected) is wanted for operator, expected, wanted in self.tests)

    def narrowed(self, operator: Operator, expected: Any, wanted: bool) -> Words:
        """Return those of which a comparison is ``wanted`` (true or false)."""
        unknown = self.unknown and operator.unknown is wanted
        if operator.symbol not in _NAMES_WORDS:
            return Words(self.words, self.but, unknown, (*self.tests, (operator, expected, wanted)))
        named = frozenset(expected if operator.takes == "list" else (expected,))
        keeps = wanted is (operator.symbol in ("is", "=", "in"))
        words, but = self._only(named) if keeps else self._without(named)
        return Words(words, but, unknown, self.tests)

    def _only(self, named: frozenset[Any]) -> tuple[frozenset[Any], bool]:
        return (named - self.words if self.but else named & self.words), False

    def _without(self, named: frozenset[Any]) -> tuple[frozenset[Any], bool]:
        return (self.words | named if self.but else self.words - named), self.but


_NAMES_WORDS = ("is", "is not", "=", "in", "not in")


def words(of: Iterable[Any], *, unknown: bool = False) -> Words:
    """Return the words of a fixed list."""
    return Words(frozenset(of), but=False, unknown=unknown)


def _contradict(tests: tuple[tuple[Operator, Any, bool], ...]) -> bool:
    """Tell whether no text at all passes: a test and its opposite, or two beginnings that differ."""
    if any((operator, expected, not wanted) in tests for operator, expected, wanted in tests):
        return True
    begins = sorted(
        (expected for operator, expected, wanted in tests if wanted and operator.symbol == "starts with"), key=len
    )
    return any(not longer.startswith(shorter) for shorter, longer in pairwise(begins))
