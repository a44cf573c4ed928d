"""What to ask Redis for along with the counting of one event, and which rules to judge by the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from engine.core.compile import Slots
from engine.core.compiled_rule import CompiledRule
from engine.core.counters import DOCUMENT, SESSION, TRAIL, VISITOR, Counter
from engine.core.events import Page
from engine.core.sieve import Junction


class Plan:
    """
    The counters to read, and the rules to judge by them.

    ``sieve`` is set on the plan of a page view: it finds the rules that are
    alive on the page. Without it ``rules`` are those of the alive ones that the
    event concerns. ``fixed_words`` are the words that ask for the counters as
    far as they do not depend on the page; ``packed`` is free for what a caller
    makes of these.
    """

    __slots__ = ("_asked", "_slots", "_words_here", "fixed_words", "packed", "rules", "sieve")

    def __init__(
        self,
        counters: Iterable[Counter],
        slots: Slots,
        rules: tuple[CompiledRule, ...] = (),
        sieve: Junction | None = None,
    ) -> None:
        asked, words = _asked(tuple(dict.fromkeys(counters)))
        fixed = next((n for n, each in enumerate(words) if isinstance(each, Counter)), len(words))
        self.fixed_words = tuple(str(each) for each in words[:fixed])
        self._words_here = words[fixed:]
        self._asked = tuple((each.scope, each.field) for each in asked)
        self._slots = tuple(slots.number(each) for each in asked)
        self.packed: tuple[int, bytes] | None = None
        self.rules = rules
        self.sieve = sieve

    @property
    def slots(self) -> tuple[int, ...]:
        """Return the numbers of the counters, in the order of their values."""
        return self._slots

    def is_answered_by(self, counts: Mapping[int, Any]) -> bool:
        """Tell whether a view that has these counts needs no reading."""
        return all(slot in counts for slot in self._slots)

    def words_on(self, page: Page) -> list[str]:
        """Return the words that follow the fixed ones; a name is empty where ``page`` has no such thing."""
        return [each if isinstance(each, str) else each.name_on(page) or "" for each in self._words_here]

    def words(self, page: Page) -> list[str]:
        """
        Return what to ask Redis for: the number of names and the names, of each scope.

        The document's, then the session's; where anything else is read, the visitor's; the trails, without
        their number, end the list.
        """
        return [*self.fixed_words, *self.words_on(page)]

    def counts_in(self, kept: Mapping[str, Mapping[str, Any]], page: Page) -> dict[int, Any]:
        """Return what the counters are, as a view holds them, where what is kept is at hand by scope and name."""
        counts: dict[int, Any] = {}
        for n, (scope, field) in enumerate(self._asked):
            name = field if isinstance(field, str) else field(page) or ""
            value = kept[scope].get(name)
            if value is None:
                value = [] if scope == TRAIL else 0
            # a text is JSON, as in Redis
            counts[self._slots[n]] = orjson.loads(value) if isinstance(value, str) else value
        return counts

    def counts(self, values: bytes) -> dict[int, Any]:
        """Return the values that Redis answered, a JSON list in the order of the words, as a view holds them."""
        found: list[Any] = orjson.loads(values)
        if len(found) != len(self._slots):
            raise ValueError(f"{len(found)} values, expected {len(self._slots)}")
        counts: dict[int, Any] = {}
        for n, slot in enumerate(self._slots):
            counts[slot] = found[n]
        return counts


def _asked(read: tuple[Counter, ...]) -> tuple[list[Counter], list[str | Counter]]:
    """Return the counters in the order of their values, and the words, those that need a page as counters."""
    by_scope = {scope: _fixed_first(read, scope) for scope in (DOCUMENT, SESSION, VISITOR, TRAIL)}
    words: list[str | Counter] = []
    for scope in (DOCUMENT, SESSION, VISITOR):
        words += [str(len(by_scope[scope])), *map(_word, by_scope[scope])]
    words += map(_word, by_scope[TRAIL])
    if not by_scope[VISITOR] and not by_scope[TRAIL]:
        words.pop()
    return [each for scope in by_scope.values() for each in scope], words


def _fixed_first(read: tuple[Counter, ...], scope: str) -> list[Counter]:
    return sorted((each for each in read if each.scope == scope), key=lambda each: not isinstance(each.field, str))


def _word(counter: Counter) -> str | Counter:
    return counter.field if isinstance(counter.field, str) else counter
