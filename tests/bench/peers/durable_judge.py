"""
Judging with durable_rules, by itself: ``durable_judge RULES FACTS``; prints µs of CPU for one event.

It runs in an environment of its own (see ``judging``): nothing else of the project needs that package.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from pathlib import Path
from typing import Any

from durable.engine import MessageNotHandledException
from durable.lang import m, post, ruleset, when_all

fired: list[str] = []


def expression(condition: dict[str, Any]) -> Any:
    """Return a condition as the package has it."""
    if "all" in condition:
        return reduce(lambda one, other: one & other, map(expression, condition["all"]))
    if "any" in condition:
        return reduce(lambda one, other: one | other, map(expression, condition["any"]))
    fact, op, value = getattr(m, plain(condition["fact"])), condition["op"], condition["value"]
    if op in ("in", "not in"):
        parts = [fact == each if op == "in" else fact != each for each in value]
        return reduce((lambda a, b: a | b) if op == "in" else (lambda a, b: a & b), parts)
    if op in ("starts with", "matches"):
        return fact.matches(value.replace("*", "") + ".*")
    tests = {"is": "__eq__", "=": "__eq__", ">": "__gt__", ">=": "__ge__", "<": "__lt__", "<=": "__le__"}
    return getattr(fact, tests[op])(value)


def read_by(condition: dict[str, Any]) -> set[str]:
    """Return the facts that a condition reads: the package takes no message of more than 32 of them."""
    parts = condition.get("all") or condition.get("any")
    return set().union(*map(read_by, parts)) if parts else {condition["fact"]}


def plain(name: str) -> str:
    """Return a fact's name as one that Python takes."""
    return name.replace(".", "_").replace("(", "_").replace(")", "")


def noting(rule: str) -> Callable[[Any], None]:
    """Return what notes that a rule was true; an action of two arguments would be one that ends later."""

    def note(context: Any) -> None:
        fired.append(rule)

    return note


def main(rules: Path, facts: Path) -> None:
    """Define the rules, judge every line of facts, say what one took."""
    written = json.loads(rules.read_text())
    with ruleset("shop"):
        for rule in written:
            when_all(expression(rule["when"]))(noting(rule["id"]))
    lines = [json.loads(line) for line in facts.read_text().splitlines()]
    known = set().union(*(read_by(rule["when"]) for rule in written))
    messages = [
        {plain(name): line[name] for name in known if line[name] is not None} | {"id": n, "sid": "s"}
        for n, line in enumerate(lines)
    ]
    began = time.process_time()
    for message in messages:
        with suppress(MessageNotHandledException):  # no rule is true of it
            post("shop", message)
    print(json.dumps({"us": (time.process_time() - began) / len(messages) * 1e6, "fired": len(fired)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
