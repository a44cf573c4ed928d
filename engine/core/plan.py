"""What to ask Redis for along with the counting of one event, and which rules to judge by the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson

from engine.core.compile import Slots
from engine.core.compiled_rule import CompiledRule
from engine.core.counters import SESSION, Counter
from engine.core.events import NOWHERE, Page
from engine.core.sieve import Junction


class Plan:
    """
    The counters to read, and the rules to judge by them.

    ``sieve`` is set on the plan of a page view: it finds the rules that are
    alive on the page. Without it ``rules`` are those of the alive ones that the
    event concerns. ``document`` names the counters of the document to read,
    ``fixed_names`` those of the session whose names do not depend on the page;
    ``packed`` is free for what a caller makes of these two.
    """

    __slots__ = ("_dynamic", "_slots", "document", "fixed_names", "packed", "rules", "sieve")

    def __init__(
        self,
        counters: Iterable[Counter],
        slots: Slots,
        rules: tuple[CompiledRule, ...] = (),
        sieve: Junction | None = None,
    ) -> None:
        read = tuple(dict.fromkeys(counters))
        document = [each for each in read if each.scope != SESSION]
        fixed = [each for each in read if each.scope == SESSION and isinstance(each.field, str)]
        dynamic = [each for each in read if each.scope == SESSION and not isinstance(each.field, str)]
        self.document = tuple(each.name_on(NOWHERE) or "" for each in document)
        self.fixed_names = tuple(each.name_on(NOWHERE) or "" for each in fixed)
        self._dynamic = tuple(dynamic)
        self._slots = tuple(slots.number(each) for each in (*document, *fixed, *dynamic))
        self.packed: tuple[int, bytes] | None = None
        self.rules = rules
        self.sieve = sieve

    def is_answered_by(self, counts: Mapping[int, float]) -> bool:
        """Tell whether a view that has these counts needs no reading."""
        return all(slot in counts for slot in self._slots)

    def page_names(self, page: Page) -> list[str]:
        """Return the names of session counters that ``page`` gives their names; empty where it has no such thing."""
        return [each.name_on(page) or "" for each in self._dynamic]

    def session_names(self, page: Page) -> list[str]:
        """Return the names of all session counters to read on ``page``, in the order of the answer."""
        return [*self.fixed_names, *self.page_names(page)]

    def counts(self, values: bytes) -> dict[int, float]:
        """Return the values that Redis answered, a JSON list with document counters first, as a view holds them."""
        return dict(zip(self._slots, orjson.loads(values), strict=True))
