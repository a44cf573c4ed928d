"""What lint has to go by, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.core.conditions import Comparison
from engine.core.coupons import Pool
from engine.core.rule_places import Place, RulePlaces
from engine.core.rules import Rule
from engine.core.ruleset import RuleSet
from engine.core.schedule import Schedule


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """
    One thing that is most likely not meant: where, what it is, and what to do about it.

    An error is about a rule that cannot do what it was written for.
    """

    place: Place
    message: str
    advice: str
    is_error: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {'error' if self.is_error else 'warning'}: {self.message}; {self.advice}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a shop beside its rules; None where it is not. ``products`` are ids, ``pools`` by name."""

    products: frozenset[str] | None = None
    pools: Mapping[str, Pool] | None = None
    now_ms: int | None = None


def schedule_in(rule: Rule) -> Schedule | None:
    """Return a rule's schedule, which is judged as its first condition; None if it has none."""
    first = next(iter(rule.when.conditions), None)
    if isinstance(first, Comparison) and isinstance(first.expected, Schedule):
        return first.expected
    return None


@dataclass(frozen=True, slots=True)
class Shop:
    """The rules of a shop, where they stand and what else is known."""

    rules: RuleSet
    places: RulePlaces
    known: Known = field(default_factory=Known)

    def place_of(self, rule: Rule, n: int) -> Place:
        """Return the place of the n-th condition of a rule, of which a schedule is judged as the first."""
        return self.places.of(rule.id, "when", n - (schedule_in(rule) is not None))

    @property
    def in_order(self) -> list[Rule]:
        """The rules, those that go first first: by priority, then in the order of the files."""
        return sorted((each.rule for each in self.rules.rules), key=lambda rule: -rule.priority)


def shop_of(files: Mapping[str, str], rules: RuleSet, known: Known) -> Shop:
    """Return what lint has to go by. ``files`` are those that ``rules`` were read from."""
    return Shop(rules, RulePlaces(files), known)
