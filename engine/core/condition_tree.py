"""Conditions as a rule file nests them: lines, ``all``, ``any`` and ``not``."""

from __future__ import annotations

from engine.core.condition_line import read_line
from engine.core.conditions import AllOf, AnyOf, Condition, Not, comparisons
from engine.core.line_values import LineError
from engine.core.node_reading import Key, expected, refuse
from engine.core.rule_errors import Problems
from engine.core.words import not_built, unknown
from engine.core.yaml_nodes import Items, Node, Table, Text

MOST_CONDITIONS = 200

GROUPS = (
    Key("all", "every one of the conditions under it"),
    Key("any", "at least one of the conditions under it"),
    Key("not", "the condition under it is false; of several, all are"),
    Key("sequence", "events in this order, `within` a duration", built=False),
)
"""What nests conditions."""

_GROUP_NAMES = [each.name for each in GROUPS]


def read_when(node: Node, problems: Problems) -> AllOf | None:
    """Read the list under ``when``; None if something is wrong with it (see ``problems``)."""
    if not isinstance(node, Items) or not node.nodes:
        expected(node, "a list of conditions, each after '- '", problems)
        return None
    conditions = _each(node.nodes, problems)
    if conditions is None:
        return None
    when = AllOf(conditions)
    written = sum(1 for _ in comparisons(when))
    if written > MOST_CONDITIONS:
        refuse(node, f"rule with {written} conditions exceeds limit of {MOST_CONDITIONS}", problems)
        return None
    return when


def _each(nodes: tuple[Node, ...], problems: Problems) -> tuple[Condition, ...] | None:
    conditions = [read_condition(each, problems) for each in nodes]
    read = tuple(each for each in conditions if each is not None)
    return read if len(read) == len(conditions) else None


def read_condition(node: Node, problems: Problems) -> Condition | None:
    """Read one condition; None if something is wrong with it (see ``problems``)."""
    match node:
        case Text():
            return _line(node, problems)
        case Table(entries=((key, value),)) if key.value in ("all", "any", "not"):
            return _group(key, value, problems)
        case Table(entries=entries) if entries:
            for key, _ in entries:
                _refuse_key(key, problems)
        case _:
            expected(node, "a condition such as 'views(cart) > 2'", problems)
    return None


def _line(node: Text, problems: Problems) -> Condition | None:
    try:
        return read_line(node.value)
    except LineError as error:
        line = " ".join(node.value.split())
        message = f"{line if len(line) <= 80 else line[:79] + '…'}: {error}" if line else str(error)
        problems.add(node.line, node.column_of(error.at), message)
    return None


def _group(key: Text, value: Node, problems: Problems) -> Condition | None:
    if isinstance(value, Items):
        if not value.nodes:
            expected(value, f"conditions under '{key.value}'", problems)
            return None
        conditions = _each(value.nodes, problems)
    else:
        one = read_condition(value, problems)
        conditions = None if one is None else (one,)
    if conditions is None:
        return None
    if key.value == "not":
        return Not(conditions[0] if len(conditions) == 1 else AnyOf(conditions))
    return AllOf(conditions) if key.value == "all" else AnyOf(conditions)


def _refuse_key(key: Text, problems: Problems) -> None:
    if key.value in ("sequence", "within"):
        if key.value == "sequence":
            problems.add(key.line, key.column, not_built(key.value))
    elif key.value in _GROUP_NAMES:
        problems.add(key.line, key.column, f"'{key.value}' stands in a list item of its own, after '- '")
    elif " " in key.value or "(" in key.value:
        problems.add(key.line, key.column, f"{key.value}: write a condition that holds ': ' inside quotes")
    else:
        problems.add(key.line, key.column, unknown("group of conditions", key.value, _GROUP_NAMES))
