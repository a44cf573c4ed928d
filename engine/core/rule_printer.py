"""
Rules written back as YAML: read again, they are the same.

For programs that make or change rules (a console, a draft drawn from recorded
sessions), so that what they keep is a file that a marketer can read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from engine.core.conditions import AllOf, Comparison, Condition, Not, say_value
from engine.core.doing import SET, Change
from engine.core.facts import SCHEDULE
from engine.core.popup_printer import show_as_data
from engine.core.rules import After, Limit, Rule, Texts
from engine.core.schedule import Schedule
from engine.core.wall_clock import WEEKDAYS
from engine.core.written import say_duration, say_number

Data = dict[str, Any]

_ALWAYS = Schedule()


def print_rules(rules: Iterable[Rule]) -> str:
    """Return a file of rules, each with all that differs from what it would be anyway."""
    return "\n".join(_yaml([rule_as_data(each)]) for each in rules)


def rule_as_data(rule: Rule) -> Data:
    """Return a rule as mappings, lists and texts, as its file has it."""
    schedule, conditions = _schedule_of(rule)
    data: Data = {"rule": rule.id}
    if rule.name:
        data["name"] = _names(rule.name)
    if conditions:
        data["when"] = [_condition(each) for each in conditions]
    if schedule is not None:
        data["schedule"] = _schedule(schedule)
    if rule.after is not None:
        data["after"] = _after(rule.after)
    data |= _shows(rule) | ({"do": [_change(each) for each in rule.do]} if rule.do else {})
    if rule.limit != Limit():
        data["limit"] = str(rule.limit)
    if rule.priority:
        data["priority"] = rule.priority
    if rule.holdout is not None:
        data["holdout"] = f"{say_number(rule.holdout * 100)}%"
    return data


def _schedule_of(rule: Rule) -> tuple[Schedule | None, tuple[Condition, ...]]:
    """Part a rule's schedule, which is judged as its first condition, from the others."""
    first, *others = rule.when.conditions or (None,)
    if isinstance(first, Comparison) and first.reading.fact is SCHEDULE:
        return first.expected, tuple(others)
    return None, rule.when.conditions


def _shows(rule: Rule) -> Data:
    if rule.variants:
        variants = [{"variant": each.name, "weight": each.weight} | show_as_data(each.show) for each in rule.variants]
        return {"show": variants}
    return {} if rule.show is None else {"show": show_as_data(rule.show)}


def _change(change: Change) -> Data:
    return {change.verb: {change.name: change.value} if change.verb == SET else change.name}


def _after(after: After) -> Any:
    return {"rule": after.rule, "wait": say_duration(after.wait_ms)} if after.wait_ms else after.rule


def _names(names: Texts) -> Any:
    return names[""] if list(names) == [""] else dict(names)


def _condition(condition: Condition) -> Any:
    match condition:
        case Comparison():
            return _line(condition)
        case Not(inner):
            return {"not": _condition(inner)}
        case AllOf(conditions):
            return {"all": [_condition(each) for each in conditions]}
    return {"any": [_condition(each) for each in condition.conditions]}


def _line(comparison: Comparison) -> Any:
    reading, expected = comparison.reading, comparison.expected
    if reading.steps:
        steps: Data = {"sequence": [str(each) for each in reading.steps]}
        return steps | ({"within": say_duration(reading.window_ms)} if reading.window_ms else {})
    if expected is True:
        return str(reading)
    return f"{reading} {comparison.operator.symbol} {say_value(reading.fact.type, expected)}"


def _schedule(schedule: Schedule) -> Data:
    data: Data = {
        "days": [WEEKDAYS[day] for day in schedule.days],
        "hours": [f"{_time(begin)}-{_time(end)}" for begin, end in schedule.hours],
    }
    if schedule.start != _ALWAYS.start:
        data["from"] = f"{schedule.start:%Y-%m-%d %H:%M}"
    if schedule.end != _ALWAYS.end:
        data["until"] = f"{schedule.end:%Y-%m-%d %H:%M}"
    return data | ({"timezone": schedule.timezone} if schedule.timezone else {})


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and lists as a marketer would indent them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _yaml(data: Any) -> str:
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120))
