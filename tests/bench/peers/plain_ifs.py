"""Rules as plain ifs: a module is written of all of them, as somebody would by hand."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

_TESTS = {
    "is": "{0} == {1}",
    "=": "{0} == {1}",
    ">": "({0} or 0) > {1}",
    ">=": "({0} or 0) >= {1}",
    "<": "{0} is not None and {0} < {1}",
    "<=": "{0} is not None and {0} <= {1}",
    "in": "{0} in {1}",
    "not in": "{0} not in {1}",
    "starts with": "{0}.startswith({1})",
}


def plain_ifs(rules: list[dict[str, Any]], folder: Path) -> Callable[[Facts], list[str]]:
    """Return what judges: facts to the ids of the rules that are true of them. Its module is written to ``folder``."""
    lines = [f"    if {_written(rule['when'])}:\n        fired.append({rule['id']!r})" for rule in rules]
    file = folder / "rules_as_ifs.py"
    file.write_text("\n".join(["def judge(facts):", "    fired = []", *lines, "    return fired\n"]))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    judge: Callable[[Facts], list[str]] = module.judge
    return judge


def _written(condition: dict[str, Any]) -> str:
    for word, joined in (("all", " and "), ("any", " or ")):
        if word in condition:
            return "(" + joined.join(_written(each) for each in condition[word]) + ")"
    fact, value = f"facts[{condition['fact']!r}]", condition["value"]
    if condition["op"] == "matches":
        return f"{fact}.startswith({value.replace('*', '')!r})"
    return "(" + _TESTS[condition["op"]].format(fact, repr(value)) + ")"
