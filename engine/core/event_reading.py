"""How a line names an event: alone, with what it must say (``where``), or as a step of a sequence."""

from __future__ import annotations

import re
from typing import Any

from engine.core.conditions import Step
from engine.core.events import ARMED_ONLY, PAGE_KINDS
from engine.core.line_lists import read_each, read_items
from engine.core.line_parts import LineError, Rest, operator_at_start
from engine.core.line_values import read_plain_text
from engine.core.operators import OPERATORS, Operator
from engine.core.where import NUMERIC, Where
from engine.core.words import quoted, read_number, unknown
from engine.core.written import say_number

OPERATORS_OF_WHERE = (
    "is", "is not", "=", ">", ">=", "<", "<=", "in", "not in", "contains", "starts with", "matches",
)  # fmt: skip
"""The operators that may follow ``where KEY``."""

_EVENT = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_KEY = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_SECOND = re.compile(r"\s(and|or|&&|\|\|)\s+[A-Za-z_][\w.]*\s*(.*)")
_NOT_COUNTED = {
    "page_dwell": "read page.dwell or dwell(KIND) instead",
    "scroll": "read page.scroll instead",
    "idle": "read idle instead",
    "wake": "it only says that a moment has come",
}


def read_event(text: str, at: int) -> tuple[str, Where | None]:
    """Read ``purchase`` or ``purchase where value > 1000``. Raises LineError."""
    name, _, more = text.partition(" ")
    rest = Rest(more, at + len(name) + 1).after(0)
    if rest.text.split(None, 1)[:1] == ["where"]:
        return _event_name(name, at), _where(rest.after(len("where")))
    return _event_name(text, at), None


def read_step(text: str, at: int = 0) -> Step:
    """Read a step of a sequence: what ``read_event`` reads, or ``page cart``. Raises LineError."""
    word, _, kind = text.partition(" ")
    if word == "page":
        if kind.strip() not in PAGE_KINDS:
            raise LineError(unknown("page kind", kind.strip(), PAGE_KINDS), at)
        return Step("page_view", kind=kind.strip())
    event, where = read_event(text, at)
    if event in ARMED_ONLY:
        raise LineError(f"{event} is only told while a rule waits for it, and can be no step of a sequence", at)
    return Step(event, where)


def _event_name(text: str, at: int) -> str:
    if _EVENT.fullmatch(text) is None:
        raise LineError(f"expected the name of an event such as purchase, found {quoted(text)}", at)
    if text in _NOT_COUNTED:
        raise LineError(f"{text} is no event to count, {_NOT_COUNTED[text]}", at)
    return text


def _where(rest: Rest) -> Where:
    key = _KEY.match(rest.text)
    if key is None:
        raise LineError("expected what the event says after 'where', such as 'where value > 1000'", rest.at)
    rest = rest.after(key.end())
    operator, word, length = operator_at_start(rest.text)
    if operator is None or operator.symbol not in OPERATORS_OF_WHERE:
        raise LineError(unknown("operator", word, OPERATORS_OF_WHERE, most=len(OPERATORS_OF_WHERE)), rest.at)
    rest = rest.after(length)
    if not rest.text:
        raise LineError(f"expected a value after {quoted(operator.symbol)}", rest.at)
    second = _SECOND.search(rest.text) if rest.text[0] not in "\"'" else None
    if second is not None and operator_at_start(second[2])[0] is not None:
        raise LineError(f"one comparison after 'where', found {quoted(second[1])}", rest.at + second.start(1))
    return Where(key.group(), _first_of_its_words(operator), _expected(operator, rest))


def _first_of_its_words(operator: Operator) -> Operator:
    return OPERATORS["is"] if operator.symbol == "=" else operator


def _expected(operator: Operator, rest: Rest) -> Any:
    if operator.symbol in NUMERIC:
        number = read_number(rest.text)
        if number is None:
            raise LineError(f"expected a number such as 1500, found {quoted(rest.text)}", rest.at)
        return number
    if operator.takes == "list":
        return read_each(read_items(rest.text, rest.at), _text)
    return _text(rest.text, rest.at)


def _text(text: str, at: int) -> str:
    number = read_number(text)
    return read_plain_text(text, at).casefold() if number is None else say_number(number)
