"""Conditions as a rule file nests them: lines, ``all``, ``any`` and ``not``."""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.condition_line import read_line
from engine.core.conditions import AllOf, AnyOf, Comparison, Condition, Not, Reading, Step, comparisons
from engine.core.event_reading import read_step
from engine.core.facts import SEQUENCE
from engine.core.line_parts import LineError
from engine.core.node_reading import Key, duration_ms, expected, refuse
from engine.core.operators import OPERATORS
from engine.core.rule_errors import Problems
from engine.core.words import unknown
from engine.core.written import DURATION_UNITS, say_duration
from engine.core.yaml_nodes import Items, Node, Table, Text

MOST_CONDITIONS = 200
MOST_STEPS = 10
LONGEST_SEQUENCE_MS = DURATION_UNITS["d"]
"""A sequence happens in one session."""

GROUPS = (
    Key("all", "every one of the conditions under it"),
    Key("any", "at least one of the conditions under it"),
    Key("not", "the condition under it is false; of several, all are"),
    Key("sequence", "events in this order, in this session; `within` beside it: how long they may take"),
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
        case Table(entries=entries) if any(key.value == "sequence" for key, _ in entries):
            return _sequence(entries, problems)
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
        shown = f"{line if len(line) <= 80 else line[:79] + '…'}: " if line else ""
        for each in error.each():
            problems.add(node.line, node.column_of(each.at), f"{shown}{each}")
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


def _sequence(entries: tuple[tuple[Text, Node], ...], problems: Problems) -> Condition | None:
    before = len(problems.errors)
    steps: list[Step] = []
    within_ms = 0
    for key, value in entries:
        if key.value == "sequence":
            steps = _steps(value, problems)
        elif key.value == "within":
            within_ms = _within(value, problems)
        else:
            problems.add(key.line, key.column, unknown("key of a sequence", key.value, ("sequence", "within")))
    return sequence_of(steps, within_ms) if len(problems.errors) == before else None


def sequence_of(steps: Iterable[Step], within_ms: int) -> Comparison:
    """Return the condition that these steps were taken in this order; 0: however long they took."""
    return Comparison(Reading(SEQUENCE, window_ms=within_ms, steps=tuple(steps)), OPERATORS["is"], True)


def _steps(node: Node, problems: Problems) -> list[Step]:
    nodes = node.nodes if isinstance(node, Items) else ()
    if not 2 <= len(nodes) <= MOST_STEPS:
        expected(node, f"2 to {MOST_STEPS} events in a list, such as [view_item, add_to_cart]", problems)
        return []
    steps = []
    for each in nodes:
        if not isinstance(each, Text):
            expected(each, "an event such as add_to_cart", problems)
            continue
        try:
            steps.append(read_step(each.value))
        except LineError as error:
            for wrong in error.each():
                problems.add(each.line, each.column_of(wrong.at), f"{each.value}: {wrong}")
    return steps


def _within(node: Node, problems: Problems) -> int:
    ms = duration_ms(node, problems)
    if ms is not None and not 0 < ms <= LONGEST_SEQUENCE_MS:
        longest = say_duration(LONGEST_SEQUENCE_MS)
        refuse(node, f"a sequence happens in one session, expected up to {longest}, found {say_duration(ms)}", problems)
    return ms or 0


def _refuse_key(key: Text, problems: Problems) -> None:
    if key.value == "within":
        problems.add(key.line, key.column, "'within' goes with a 'sequence:' beside it, found none")
    elif key.value in _GROUP_NAMES:
        problems.add(key.line, key.column, f"'{key.value}' stands in a list item of its own, after '- '")
    elif " " in key.value or "(" in key.value:
        problems.add(key.line, key.column, f"{key.value}: write a condition that holds ': ' inside quotes")
    else:
        problems.add(key.line, key.column, unknown("group of conditions", key.value, _GROUP_NAMES))
