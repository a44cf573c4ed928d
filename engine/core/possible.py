"""
Can these conditions be true at the same moment? Asked of the rules alone, before any shopper came.

    is_possible   whether they can, as far as can be told
    implies       whether one is true whenever the other is

Each way in which alternatives can come true is a *world*: for each fact the
values that it can still have there. A condition narrows them; a world in which
a fact has none left is dropped, and where no world is left, the conditions
contradict each other. What cannot be told is taken as possible.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from engine.core.conditions import AllOf, AnyOf, Comparison, Condition, Not, Reading
from engine.core.events import PAGE_KINDS, SIGNALS
from engine.core.facts import DEVICES, FACTS, FREE_SHIPPING, SCHEDULE, Fact, FactType
from engine.core.fields import ORDERED
from engine.core.operators import OPERATORS
from engine.core.possible_values import Numbers, Words, numbers, words
from engine.core.rules import Site
from engine.core.stages import STAGES
from engine.core.wall_clock import WEEKDAYS

MOST_WORLDS = 1_000

_SIGNAL = "signal"
"""What the moment's own event is: at most one signal, and none while idleness is reported."""
_NO_SIGNAL = ""

_SESSIONS = Reading(FACTS["visitor.sessions"])
_IDLE = Reading(FACTS["idle"])
_CART_VALUE = Reading(FACTS["cart.value"])
_MISSING = Reading(FACTS[FREE_SHIPPING])
_ALWAYS_KNOWN = (
    "page",
    "clock.hour",
    "clock.weekday",
    "clock.date",
    "idle",
    "session.age",
    "visitor.sessions",
    "visitor.device",
    FREE_SHIPPING,
)
_UNKNOWN_UNTIL_TOLD = ("since",)
_FROM = {
    "visitor.sessions": 1,
    **dict.fromkeys(
        ("product.price", "product.stock", "cart.value", "cart.quantity", FREE_SHIPPING, "visitor.spent"), 0
    ),
}
"""Where the numbers of a fact begin, where its type does not tell."""

_WORDS_OF: dict[FactType, tuple[object, ...]] = {
    FactType.KIND: PAGE_KINDS,
    FactType.DEVICE: DEVICES,
    FactType.YES_NO: (True, False),
    FactType.WEEKDAY: WEEKDAYS,
}
_NUMBERS = {
    FactType.COUNT: numbers(0, whole=True),
    FactType.NUMBER: numbers(),
    FactType.DURATION: numbers(0, whole=True),
    FactType.PERCENT: numbers(0, 100),
    FactType.HOUR: numbers(0, 23, whole=True),
    FactType.STAGE: numbers(0, len(STAGES) - 1, whole=True),
    FactType.DATE: numbers(whole=True),
}
_COMPARED_OTHERWISE = (FactType.TAGS, FactType.CART)
"""Types whose values are lists."""


class _TooManyWorlds(Exception):
    """The alternatives are too many to follow each."""


@dataclass(frozen=True, slots=True)
class World:
    """
    What the facts can be in one of the ways in which conditions come true.

    ``values`` are by reading. ``told`` holds the conditions that are looked at
    only as a whole, each with whether it is true.
    """

    values: Mapping[Hashable, Numbers | Words] = field(default_factory=dict)
    told: Mapping[Condition, bool] = field(default_factory=dict)

    def with_comparison(self, comparison: Comparison, wanted: bool) -> World | None:
        """Return the world in which a comparison is ``wanted`` (true or false); None if there is none."""
        reading, operator, expected = comparison.reading, comparison.operator, comparison.expected
        if reading.fact.type is FactType.SIGNAL:
            signals = words((_NO_SIGNAL, *SIGNALS))
            return self._narrowed(_SIGNAL, self._of(_SIGNAL, signals).narrowed(operator, reading.fact.name, wanted))
        if reading.fact.name == "visitor.returning":
            wanted = operator.test(True, expected) is wanted
            reading, operator, expected = _SESSIONS, OPERATORS[">"], 1
        if reading.fact.type in _COMPARED_OTHERWISE or reading.fact is SCHEDULE:
            return self.with_whole(comparison, wanted)
        if reading.fact.type is FactType.FIELD:
            # now a text and now a number: each for itself
            start = numbers(unknown=True) if operator.symbol in ORDERED else Words(unknown=True)
            key = (reading, type(start))
            return self._narrowed(key, self._of(key, start).narrowed(operator, expected, wanted))
        if reading.fact.type is FactType.DATE:
            expected = tuple(map(_day, expected)) if operator.takes == "list" else _day(expected)
        values = self._of(reading, _all_values_of(reading.fact))
        return self._narrowed(reading, values.narrowed(operator, expected, wanted))

    def with_whole(self, condition: Condition, wanted: bool) -> World | None:
        """Return the world in which a condition is ``wanted``, whatever it reads; None if it is told otherwise."""
        if self.told.get(condition, wanted) is not wanted:
            return None
        return replace(self, told={**self.told, condition: wanted})

    def agrees(self, site: Site) -> bool:
        """Tell whether facts that depend on each other can be so together."""
        idle, signals = self.values.get(_IDLE), self.values.get(_SIGNAL)
        if isinstance(idle, Numbers) and isinstance(signals, Words) and _NO_SIGNAL not in signals.words:
            return idle.least == 0
        value, missing = self.values.get(_CART_VALUE), self.values.get(_MISSING)
        if isinstance(value, Numbers) and isinstance(missing, Numbers):
            return _cart_agrees(value, missing, site.free_shipping_from)
        return True

    def _of(self, key: Hashable, start: Numbers | Words) -> Numbers | Words:
        return self.values.get(key, start)

    def _narrowed(self, key: Hashable, values: Numbers | Words) -> World | None:
        return replace(self, values={**self.values, key: values}) if values else None


def _day(written: str) -> int:
    return date.fromisoformat(written).toordinal()


def _all_values_of(fact: Fact) -> Numbers | Words:
    """Return what a fact can be where no condition has narrowed it."""
    counted = fact.counter is not None and fact.name not in _UNKNOWN_UNTIL_TOLD
    known = counted or fact.name in _ALWAYS_KNOWN
    if fact.type in _WORDS_OF:
        return words(_WORDS_OF[fact.type], unknown=not known)
    if fact.type not in _NUMBERS:
        return Words(unknown=True)
    values = _NUMBERS[fact.type]
    if fact.name in _FROM:
        values = values.within(numbers(_FROM[fact.name]))
    return replace(values, unknown=not known)


def _cart_agrees(value: Numbers, missing: Numbers, free_from: float) -> bool:
    """Tell whether a cart can be of this value while this much is missing: the one falls as the other rises."""
    if not value.within(numbers(free_from)):
        missing = missing.narrowed(OPERATORS[">"], 0, wanted=True)
    least, most = max(0.0, free_from - value.most), max(0.0, free_from - value.least)
    return bool(missing.within(numbers(least, most)))


def is_possible(conditions: Iterable[Condition], site: Site) -> bool:
    """Tell whether all conditions can be true at once; True where that cannot be told."""
    try:
        worlds = _after_each(World(), conditions, wanted=True)
    except _TooManyWorlds:
        return True
    return any(each.agrees(site) for each in worlds)


def implies(first: Condition, second: Condition, site: Site) -> bool:
    """Tell whether the second is true whenever the first is; False where that cannot be told."""
    return not is_possible((first, Not(second)), site)


def _after(world: World, condition: Any, wanted: bool) -> list[World]:
    """Return every way in which a condition becomes ``wanted`` in a world."""
    match condition:
        case Not(inner):
            return _after(world, inner, not wanted)
        case AllOf(conditions) | AnyOf(conditions):
            if isinstance(condition, AllOf) is wanted:
                return _after_each(world, conditions, wanted)
            return _enough([after for each in conditions for after in _after(world, each, wanted)])
        case Comparison():
            found = world.with_comparison(condition, wanted)
        case _:
            found = world.with_whole(condition, wanted)
    return [] if found is None else [found]


def _after_each(world: World, conditions: Iterable[Condition], wanted: bool) -> list[World]:
    worlds = [world]
    for each in conditions:
        worlds = _enough([after for before in worlds for after in _after(before, each, wanted)])
    return worlds


def _enough(worlds: list[World]) -> list[World]:
    if len(worlds) > MOST_WORLDS:
        raise _TooManyWorlds
    return worlds
