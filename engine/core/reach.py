"""How far back what rules read may lie: a replay that begins there finds them as they were."""

from __future__ import annotations

from engine.core.conditions import EVER, comparisons
from engine.core.rules import Rule
from engine.core.ruleset import RuleSet

DAY_MS = 86_400_000
LIFE_MS = 400 * DAY_MS
"""As long as a visitor is remembered."""

_OF_A_LIFE = ("visitor.orders", "visitor.spent", "visitor.stage", "visitor.tags", "visitor.field")


def reach_ms(rules: RuleSet) -> int:
    """Return how long before a moment something may have happened that these rules judge by then."""
    return max([DAY_MS, *(_reach(each.rule) for each in rules.rules)])


def _reach(rule: Rule) -> int:
    if rule.limit.per == "visitor" or rule.after is not None:
        return LIFE_MS
    read = [each.reading for each in comparisons(rule.when)]
    if any(each.window_ms == EVER or each.fact.name in _OF_A_LIFE for each in read):
        return LIFE_MS
    return max([rule.limit.days * DAY_MS, *(each.window_ms for each in read if not each.steps)])
