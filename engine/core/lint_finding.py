"""What lint has to go by, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.core.rule_places import Place, RulePlaces
from engine.core.rules import Rule
from engine.core.ruleset import RuleSet


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
    """What is known of a shop beside its rules; None where it is not. ``products`` are ids as a feed has them."""

    products: frozenset[str] | None = None
    pools: frozenset[str] | None = None
    now_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """The rules of a shop, where they stand and what else is known."""

    rules: RuleSet
    places: RulePlaces
    known: Known = field(default_factory=Known)

    @property
    def in_order(self) -> list[Rule]:
        """The rules, those that go first first: by priority, then in the order of the files."""
        return sorted((each.rule for each in self.rules.rules), key=lambda rule: -rule.priority)


def shop_of(files: Mapping[str, str], rules: RuleSet, known: Known) -> Shop:
    """Return what lint has to go by. ``files`` are those that ``rules`` were read from."""
    return Shop(rules, RulePlaces(files), known)
