"""Conditions as a verdict prints them, read back: ``not: any of (page is cart; views(cart) is more than 2)``."""

from __future__ import annotations

from engine.core.condition_line import read_line
from engine.core.condition_tree import sequence_of
from engine.core.conditions import AllOf, AnyOf, Condition, Not
from engine.core.event_reading import read_step
from engine.core.line_parts import LineError, split_outside
from engine.core.schedule_file import read_spoken_schedule
from engine.core.words import quoted, read_duration
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
    if text.startswith("sequence:"):
        return _sequence(text[len("sequence:") :])
    for opening, group in _GROUPS:
        if text.startswith(opening):
            if not text.endswith(")"):
                raise LineError(f"expected ')' after {opening!r}", 0)
            parts = split_outside(text[len(opening) : -1], ";")
            return group(tuple(read_spoken(each, depth + 1) for each in parts))
    return read_line(text, spoken=True)


def _sequence(text: str) -> Condition:
    steps, closing, within = text.strip().removeprefix("[").rpartition("]")
    if not closing:
        raise LineError("expected a list such as [view_item, add_to_cart] after 'sequence:'", 0)
    within_ms = 0
    if within.strip():
        word, _, said = within.strip().partition(" ")
        within_ms = (read_duration(said.strip()) if word == "within" else None) or 0
        if not within_ms:
            raise LineError(f"expected 'within' and a duration such as 20m, found {quoted(within)}", 0)
    return sequence_of([read_step(each.strip()) for each in split_outside(steps, ",")], within_ms)
