"""Conditions as a verdict prints them, read back: ``not: any of (page is cart; views(cart) is more than 2)``."""

from __future__ import annotations

from engine.core.condition_line import read_line
from engine.core.conditions import AllOf, AnyOf, Condition, Not
from engine.core.line_values import LineError
from engine.core.schedule_file import read_spoken_schedule
from engine.core.yaml_nodes import MOST_DEPTH

_GROUPS = (("all of (", AllOf), ("any of (", AnyOf))


def read_spoken(text: str, depth: int = 0) -> Condition:
    """Read a printed condition, or a line as a rule has it. Raises LineError."""
    text = text.strip()
    if depth > MOST_DEPTH:
        raise LineError(f"nested deeper than {MOST_DEPTH} levels", 0)
    if text.startswith("not:"):
        return Not(read_spoken(text[len("not:") :], depth + 1))
    if text.startswith("schedule:"):
        return read_spoken_schedule(text[len("schedule:") :])
    for opening, group in _GROUPS:
        if text.startswith(opening):
            if not text.endswith(")"):
                raise LineError(f"expected ')' after {opening!r}", 0)
            parts = _split(text[len(opening) : -1])
            return group(tuple(read_spoken(each, depth + 1) for each in parts))
    return read_line(text, spoken=True)


def _split(text: str) -> list[str]:
    """Split at the semicolons that stand in no brackets and no quotes."""
    parts = [""]
    depth, quoted, escaped = 0, False, False
    for each in text:
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = each == "\\", each != '"'
        elif each == ";" and depth == 0:
            parts.append("")
            continue
        else:
            quoted = each == '"'
            depth += (each == "(") - (each == ")")
        parts[-1] += each
    return parts
