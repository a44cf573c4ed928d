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
    """The rule is not true; ``because`` is the first condition, as written, that failed."""

    rule: Rule
    because: Condition


Verdict = Fires | Holds
