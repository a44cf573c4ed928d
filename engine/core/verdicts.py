"""What judging a rule comes to. A verdict is a value with its reason, never a bare bool."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.conditions import Condition
from engine.core.rules import Rule


@dataclass(frozen=True, slots=True)
class Fires:
    """Every condition of the rule is true; whether it may show now is for the arbiter to say."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class Holds:
    """
    The rule is not true; ``because`` is the first condition, as written, that failed.

    ``may_arm`` is False where no moment of the page can be of use to the rule
    while this condition fails.
    """

    rule: Rule
    because: Condition
    may_arm: bool = True


Verdict = Fires | Holds
