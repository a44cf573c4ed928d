"""
The sieve: from all rules of a kind of page to those that concern the visitor, without looking at each.

A shop's thousand rules are made of few different conditions. Rules that begin
alike share a path; equalities (``product.id is cup``) are one look-up for all
their values, thresholds (``views(cart) > 2``) one search in a sorted list. What
an event costs follows from the rules that could fire, not from those that exist.

Conditions that only a page view can change come first. The rules that pass
these are *alive* on the page view; later events of it judge no others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter as Counts
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.arm import can_be_armed
from engine.core.compile import Getter, Test
from engine.core.compiled_rule import CompiledRule, stays_false
from engine.core.conditions import Comparison, Condition, Reading
from engine.core.facts import TEXTUAL
from engine.core.view import View

Path = tuple[CompiledRule, list[Condition]]
"""A rule, and the conditions that it still has to pass."""

_EQUAL = ("is", "=", "in")
_ABOVE: dict[str, Callable[..., int]] = {">": bisect_left, ">=": bisect_right}


class Sifted:
    """What came out: rules alive on the page view, those true now, and those whose moments must be asked for."""

    __slots__ = ("alive", "true", "waiting")

    def __init__(self) -> None:
        self.alive: list[CompiledRule] = []
        self.true: list[CompiledRule] = []
        self.waiting: list[CompiledRule] = []


@dataclass(frozen=True, slots=True)
class Switch:
    """Equalities of one fact: what follows, by its value."""

    reading: Reading
    get: Getter
    folds: bool
    cases: Mapping[Any, Junction]

    def case(self, view: View) -> Junction | None:
        """Return what follows for the value that the fact has."""
        found = self.get(view)
        return self.cases.get(found.casefold() if self.folds and found is not None else found)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Thresholds of one counter, in rising order: all that the value has passed go on."""

    slot: int
    symbol: str
    passed: Callable[..., int]
    steps: tuple[float, ...]
    above: tuple[Junction, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One condition: where to go on if it holds, and whom to ask for moments if not."""

    condition: Condition
    test: Test
    passed: Junction
    failed: tuple[CompiledRule, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """A place in the sieve. ``alive`` have passed their last fixed condition here, ``true`` their last one."""

    switches: tuple[Switch, ...]
    ladders: tuple[Ladder, ...]
    branches: tuple[Branch, ...]
    alive: tuple[CompiledRule, ...]
    true: tuple[CompiledRule, ...]

    def sift(self, view: View, out: Sifted) -> None:
        """Add to ``out`` what ``view`` lets through from here on."""
        out.alive += self.alive
        out.true += self.true
        for switch in self.switches:
            if (below := switch.case(view)) is not None:
                below.sift(view, out)
        for ladder in self.ladders:
            for n in range(ladder.passed(ladder.steps, view.counts[ladder.slot])):
                ladder.above[n].sift(view, out)
        for branch in self.branches:
            if branch.test(view):
                branch.passed.sift(view, out)
            else:
                out.waiting += branch.failed


class SieveMaker:
    """Builds sieves. ``test_of`` and ``getter_of`` compile, ``slot_of`` numbers a comparison's counter."""

    def __init__(
        self,
        test_of: Callable[[Condition], Test],
        getter_of: Callable[[Comparison], Getter],
        slot_of: Callable[[Comparison], int],
    ) -> None:
        self._test_of = test_of
        self._getter_of = getter_of
        self._slot_of = slot_of

    def make(self, rules: Iterable[CompiledRule]) -> Junction:
        """Return the sieve of these rules."""
        rules = tuple(rules)
        popularity = Counts(_shape(check) for each in rules for check in each.checks)

        def rank(check: Condition) -> tuple[bool, int, int]:
            way = 0 if _is_equality(check) else 1 if _is_threshold(check) else 2 + can_be_armed(check)
            return not stays_false(check), way, -popularity[_shape(check)]

        return self._junction([(each, sorted(each.checks, key=rank)) for each in rules], dying=True)

    def _junction(self, paths: list[Path], dying: bool) -> Junction:
        """``dying``: whether the rules here still had a fixed condition to pass before this place."""
        cases: dict[Any, dict[Any, list[Path]]] = {}
        steps: dict[Any, dict[float, list[Path]]] = {}
        rest: dict[Condition, list[Path]] = {}
        samples: dict[Any, Comparison] = {}
        for rule, checks in paths:
            if not checks:
                continue
            check, path = checks[0], (rule, checks[1:])
            shape = (_shape(check), stays_false(check))
            # a rule with a bound asks for its moments even where a live condition fails: that takes a branch
            may_drop = stays_false(check) or not rule.is_bounded
            if isinstance(check, Comparison) and _is_equality(check) and may_drop:
                samples[shape] = check
                for value in dict.fromkeys(check.expected) if check.operator.symbol == "in" else (check.expected,):
                    cases.setdefault(shape, {}).setdefault(value, []).append(path)
            elif isinstance(check, Comparison) and _is_threshold(check) and may_drop:
                samples[shape] = check
                steps.setdefault(shape, {}).setdefault(check.expected, []).append(path)
            else:
                rest.setdefault(check, []).append(path)
        return Junction(
            tuple(self._switch(samples[shape], by_value, dying) for shape, by_value in cases.items()),
            tuple(self._ladder(samples[shape], by_step, dying) for shape, by_step in steps.items()),
            tuple(self._branch(check, below, dying) for check, below in rest.items()),
            tuple(rule for rule, checks in paths if dying and not (checks and stays_false(checks[0]))),
            tuple(rule for rule, checks in paths if not checks),
        )

    def _switch(self, sample: Comparison, by_value: dict[Any, list[Path]], dying: bool) -> Switch:
        cases = {value: self._below(sample, paths, dying) for value, paths in by_value.items()}
        return Switch(sample.reading, self._getter_of(sample), sample.reading.fact.type in TEXTUAL, cases)

    def _ladder(self, sample: Comparison, by_step: dict[float, list[Path]], dying: bool) -> Ladder:
        rising = sorted(by_step)
        return Ladder(
            self._slot_of(sample),
            sample.operator.symbol,
            _ABOVE[sample.operator.symbol],
            tuple(rising),
            tuple(self._below(sample, by_step[step], dying) for step in rising),
        )

    def _branch(self, check: Condition, paths: list[Path], dying: bool) -> Branch:
        failed: tuple[CompiledRule, ...] = ()
        if not stays_false(check):
            failed = tuple(rule for rule, _ in paths if rule.is_bounded or can_be_armed(check))
        return Branch(check, self._test_of(check), self._below(check, paths, dying), failed)

    def _below(self, check: Condition, paths: list[Path], dying: bool) -> Junction:
        return self._junction(paths, dying and stays_false(check))


def _shape(check: Condition) -> Any:
    """Return what conditions have in common that one look-up can serve."""
    if isinstance(check, Comparison):
        if _is_equality(check):
            return check.reading
        if _is_threshold(check):
            return check.reading, check.operator.symbol
    return check


def _is_equality(check: Condition) -> bool:
    """Whether it can be a case of a switch: an equality of something that is no counter."""
    return (
        isinstance(check, Comparison)
        and check.operator.symbol in _EQUAL
        and check.reading.counter is None
        and not can_be_armed(check)
    )


def _is_threshold(check: Condition) -> bool:
    """Whether it can be a step of a ladder: a counter above a number."""
    return (
        isinstance(check, Comparison)
        and check.operator.symbol in _ABOVE
        and check.reading.is_plain_counter
        and not can_be_armed(check)
    )
