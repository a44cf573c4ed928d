"""The benchmarks' rules for programs that are not Shopbell: the same conditions, as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.core.conditions import AllOf, AnyOf, Comparison, Condition
from engine.core.rulefile import read_rules
from tests.bench.rules import SITE, rule_file

ORDER = ("is", "=", ">", ">=", "<", "<=", "in", "not in", "starts with", "matches")
"""The operators that the benchmarks' rules use, by their signs."""


def write_rules(count: int, file: Path) -> None:
    """Write ``count`` rules as ``[{"id", "when"}]``, the most important first."""
    file.write_text(json.dumps(plain_rules(count)))


def plain_rules(count: int) -> list[dict[str, Any]]:
    """Return the rules as plain values: a condition is ``{fact, op, value}``, ``{all: [...]}`` or ``{any: [...]}``."""
    rules = [each.rule for each in read_rules({"rules.yaml": rule_file(count), "site.yaml": SITE}).rules]
    rules.sort(key=lambda rule: -rule.priority)
    return [{"id": rule.id, "when": _plain(rule.when)} for rule in rules]


def _plain(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, AllOf):
        return {"all": [_plain(each) for each in condition.conditions]}
    if isinstance(condition, AnyOf):
        return {"any": [_plain(each) for each in condition.conditions]}
    assert isinstance(condition, Comparison)
    sign = condition.operator.symbol
    assert sign in ORDER, sign
    return {"fact": str(condition.reading), "op": sign, "value": condition.expected}
