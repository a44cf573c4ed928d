"""
What is kept of the past because rules look back, and what an event adds to it.

A rule set is asked once what its rules read. A site whose rules read nothing of
this kind keeps nothing, and its events cost nothing more. The verbs, beside
those of :func:`engine.core.counters.deltas`:

    +v field n          adds to the visitor's counter, for `ever`
    last field -        sets it in the session to the moment of this event, for `since`
    moment field kept   adds this moment to a trail; kept: how many to keep, and the longest window, ms
    part field kept     adds dwell to a trail; kept: the ms, how many ms to keep, and the longest window, ms
    seen most card      keeps a product's card as the visitor's newest, for popups that show them; most: how many
    step field told     goes on in a sequence; told: the time it may take, how many steps it has, and which of
                        them this event is, the last one first
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.cart_items import written_items
from engine.core.conditions import EVER, Comparison, Reading, Step
from engine.core.counters import CART_ITEMS, FAMILIES, LAST, Op, deltas
from engine.core.events import Event, Page
from engine.core.facts import FactType
from engine.core.page_kinds import PageKinds
from engine.core.products import seen_changes
from engine.core.stages import Intent, StageMoves
from engine.core.where import Where

Taken = str | Reading
"""What is told of the steps that an event takes, or the sequence that finds out for each event."""

_FAMILY = 2
"""So many letters of a counter's name say what it counts, where the page gives the rest."""


@dataclass(slots=True)
class Kept:
    """
    What is kept of a counter beside the session's number.

    ``most`` is the highest number (count, or ms of dwell) that a comparison in
    a window needs, ``longest_ms`` its longest window; 0 if there is no such window.
    """

    is_dwell: bool = False
    ever: bool = False
    last: bool = False
    most: int = 0
    longest_ms: int = 0


class Tracking:
    """
    What these comparisons read of the past.

    ``kept`` is by the name of the session's counter, or by its first two letters where the page gives the rest.
    ``longest_ms`` is the longest window of all, ``has_cart_items`` tells whether the cart's items are kept, and
    ``most_seen`` how many of the products looked at are, because a popup shows them; ``pages`` is what the site
    says of its addresses. What moves a visitor from stage to stage is kept always.
    """

    __slots__ = (
        "_sequences",
        "_stage_moves",
        "_wheres",
        "has_cart_items",
        "has_trails",
        "is_empty",
        "kept",
        "longest_ms",
        "most_seen",
        "pages",
    )

    def __init__(
        self,
        comparisons: Iterable[Comparison] = (),
        intent: Intent | None = None,
        most_seen: int = 0,
        pages: PageKinds | None = None,
    ) -> None:
        self.most_seen = most_seen
        self.pages = pages or PageKinds()
        self._stage_moves = StageMoves(intent or Intent())
        self.has_cart_items = False
        self.kept: dict[str, Kept] = {}
        self._wheres: dict[str, dict[str, Where]] = {}
        self._sequences: dict[str, dict[str, Taken]] = {}
        for each in comparisons:
            if each.reading.steps:
                for event in {step.event for step in each.reading.steps}:
                    self._sequences.setdefault(event, {})[_name(each.reading)] = _taken_by(each.reading, event)
            else:
                self._track(each)
        self.longest_ms = max((each.longest_ms for each in self.kept.values()), default=0)
        self.has_trails = self.longest_ms > 0
        self.is_empty = not (self.kept or self._wheres or self._sequences)

    def _track(self, comparison: Comparison) -> None:
        reading = comparison.reading
        self.has_cart_items = self.has_cart_items or reading.fact.type is FactType.CART
        counted = reading.counted
        if counted is None:
            return
        name = counted.field if isinstance(counted.field, str) else FAMILIES[counted.field]
        if reading.where is not None:
            self._wheres.setdefault(reading.argument, {})[name] = reading.where
        if not reading.window_ms and not reading.is_since:
            return
        kept = self.kept.setdefault(name, Kept(is_dwell=_is_dwell(reading)))
        if reading.is_since:
            kept.last = True
        elif reading.window_ms == EVER:
            kept.ever = True
        else:
            kept.most = max(kept.most, _needed(comparison))
            kept.longest_ms = max(kept.longest_ms, reading.window_ms)

    def changes(self, event: Event, page: Page) -> list[Op]:
        """Return what ``event``, which belongs to ``page``, changes: its deltas, and what is kept of them."""
        ops = deltas(event, page)
        self._stage_moves.add(ops, event, page)
        if self.has_cart_items and event.cart is not None:
            ops += ("=", CART_ITEMS, written_items(event.data.get("items") or ()))
        if self.most_seen:
            ops += seen_changes(event, page, self.most_seen)
        if not self.is_empty:
            self._keep_past(ops, event, page)
        return ops

    def asks_what_is_said(self, name: str) -> bool:
        """Tell whether what an event of this name changes hangs on what it says beside its numbers."""
        found_out = (each for each in self._sequences.get(name, {}).values() if not isinstance(each, str))
        return name in self._wheres or any(step.where for each in found_out for step in each.steps)

    def _keep_past(self, ops: list[Op], event: Event, page: Page) -> None:
        for field, where in self._wheres.get(event.name, {}).items():
            if where.is_true_of(event.data):
                ops += ("+", field, 1)
        for n in range(0, len(ops), 3):
            if ops[n] in ("+", "1"):
                name = str(ops[n + 1])
                kept = self.kept.get(name) or self.kept.get(name[:_FAMILY])
                if kept is not None:
                    self._keep(ops, kept, name, 1 if ops[n] == "1" else int(ops[n + 2]))
        for field, taken in self._sequences.get(event.name, {}).items():
            told = taken if isinstance(taken, str) else _told(taken, event, page)
            if told:
                ops += ("step", field, told)

    def _keep(self, ops: list[Op], kept: Kept, name: str, amount: int) -> None:
        if kept.last:
            ops += ("last", LAST + name, "-")
        if kept.ever:
            ops += ("+v", name, amount)
        if kept.most and kept.is_dwell:
            ops += ("part", name, f"{amount} {kept.most} {self.longest_ms}")
        elif kept.most:
            ops += ("moment", name, f"{kept.most} {self.longest_ms}")


def _name(reading: Reading) -> str:
    counter = reading.counter
    return str(counter.field) if counter is not None else ""


def _is_dwell(reading: Reading) -> bool:
    return reading.fact.type is FactType.DURATION and not reading.is_since


def _needed(comparison: Comparison) -> int:
    """Return how much of the newest decides the comparison: one more moment than its number, ms of dwell."""
    expected = comparison.expected
    highest = max(expected) if isinstance(expected, tuple) else expected
    return max(1, int(highest)) if _is_dwell(comparison.reading) else int(highest) + 1


def _taken_by(reading: Reading, event: str) -> Taken:
    """Return what events of a name do to a sequence; the sequence itself where that hangs on what they say."""
    own = [step for step in reading.steps if step.event == event]
    if any(step.kind or step.where for step in own):
        return reading
    return _step_words(reading, [step.event == event for step in reading.steps])


def _told(reading: Reading, event: Event, page: Page) -> str:
    return _step_words(reading, [_is_step(step, event, page) for step in reading.steps])


def _step_words(reading: Reading, taken: list[bool]) -> str:
    """Write which steps are taken, the last one first; empty if none is."""
    numbers = [str(n + 1) for n in reversed(range(len(taken))) if taken[n]]
    return f"{reading.window_ms} {len(taken)} {' '.join(numbers)}" if numbers else ""


def _is_step(step: Step, event: Event, page: Page) -> bool:
    if step.event != event.name or (step.kind and step.kind != page.kind):
        return False
    return step.where is None or step.where.is_true_of(event.data)
