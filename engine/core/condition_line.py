"""
One line of a rule, ``FACT [WINDOW] OPERATOR VALUE``, as a comparison.

Every name is looked up in the tables of facts and operators; nothing is
evaluated, so a line can do no more than compare a known fact with a value.
"""

from __future__ import annotations

import re
from dataclasses import replace

from engine.core.conditions import EVER, Comparison, Reading
from engine.core.event_reading import read_event
from engine.core.events import PAGE_KINDS
from engine.core.facts import ALIASES, FACTS, OPERATORS_OF, Fact, FactType
from engine.core.fields import FIELD_NAME
from engine.core.line_parts import LineError, Rest, closing_bracket, operator_at_start
from engine.core.line_values import read_value, said_example
from engine.core.operators import OPERATORS, Operator
from engine.core.words import did_you_mean, expected_one_of, quoted, read_duration, unknown
from engine.core.written import DURATION_UNITS, say_duration

_FACT = re.compile(r"[^\W\d][\w.-]*")
_WINDOW = re.compile(r"ever(?!\w)|in\s+(?P<span>[^\s\[\]<>=]+)")
_ALONE = (FactType.SIGNAL, FactType.YES_NO)

LONGEST_WINDOW_MS = 400 * DURATION_UNITS["d"]
"""A visitor is known for as long."""


def read_line(line: str, *, spoken: bool = False) -> Comparison:
    """
    Read one condition. Raises LineError with the place of the culprit.

    ``spoken`` also takes operators as they are said (``is more than``), which
    is how a verdict prints its conditions.
    """
    reading, rest = _reading(Rest(line, 0).after(0))
    fact = reading.fact
    window_ms, rest = _window(fact, rest)
    reading = replace(reading, window_ms=window_ms)
    if not rest.text:
        if fact.type in _ALONE:
            return Comparison(reading, OPERATORS["is"], True)
        raise LineError(f"expected an operator and a value, such as {quoted(said_example(reading))}", 0)
    operator, rest = _operator(fact, rest, spoken)
    expected = read_value(reading, operator, rest.text, rest.at)
    if fact.type is FactType.YES_NO:
        return Comparison(reading, OPERATORS["is"], expected is (operator.symbol != "is not"))
    return Comparison(reading, _first_of_its_words(fact.type, operator), expected)


def read_reading(text: str) -> Reading:
    """Read a fact alone, as a placeholder names it. Raises LineError."""
    reading, rest = _reading(Rest(text, 0).after(0))
    if rest.text:
        raise LineError(f"expected a fact alone, found {quoted(rest.text)} after it", rest.at)
    if reading.is_since or reading.where is not None:
        raise LineError(f"{reading} is known only where a condition reads it, and cannot stand alone", 0)
    return reading


def _reading(line: Rest) -> tuple[Reading, Rest]:
    match = _FACT.match(line.text)
    if match is None:
        raise LineError("expected a condition such as 'views(cart) > 2'", 0)
    name = match.group()
    fact = FACTS.get(ALIASES.get(name, name))
    if fact is None:
        raise LineError(_unknown_fact(name), line.at)
    rest = line.after(match.end())
    if not rest.text.startswith("("):
        if fact.argument:
            raise LineError(f"{name} needs {_an(fact.argument)} in brackets, such as {_example_of(fact)}", line.at)
        return Reading(fact), rest
    end = closing_bracket(rest.text)
    if end < 0:
        raise LineError("expected ')' after '('", rest.at)
    argument = rest.text[1:end].strip()
    if not fact.argument:
        raise LineError(f"{name} takes nothing in brackets, found {quoted(f'({argument})')}", line.at)
    if fact.argument == "event":
        inside = Rest(rest.text[1:end], rest.at + 1).after(0)
        return Reading(fact, *read_event(inside.text, inside.at)), rest.after(end + 1)
    return Reading(fact, _argument(fact, argument, line.at)), rest.after(end + 1)


def _unknown_fact(name: str) -> str:
    if name in ("not", "all", "any"):
        return f"{quoted(name)} has a colon behind it and a condition of its own, such as '{name}: page is cart'"
    family = name.split(".", 1)[0] + "."
    return unknown("fact", name, [*FACTS, *ALIASES], among=[each for each in FACTS if each.startswith(family)])


def _an(argument: str) -> str:
    return ("an " if argument == "event" else "a ") + argument


_EXAMPLES = {"page kind": "cart", "event": "purchase", "name": "size"}


def _example_of(fact: Fact) -> str:
    return f"{fact.name}({_EXAMPLES[fact.argument]})"


def _argument(fact: Fact, argument: str, at: int) -> str:
    if fact.argument == "page kind" and argument not in PAGE_KINDS:
        raise LineError(unknown("page kind", argument, PAGE_KINDS), at)
    if fact.argument == "name" and FIELD_NAME.fullmatch(argument) is None:
        raise LineError(f"expected the name of a field such as size in the brackets, found {quoted(argument)}", at)
    return argument


def _window(fact: Fact, rest: Rest) -> tuple[int, Rest]:
    """Return the window at the start of ``rest``, 0 if there is none, and what follows it."""
    match = _WINDOW.match(rest.text)
    span_ms = read_duration(match["span"]) if match is not None and match["span"] is not None else None
    if match is None or (match["span"] is not None and span_ms is None):
        return 0, rest
    if not fact.windows:
        raise LineError(f"{fact.name} takes no window, found {quoted(match.group())}", rest.at)
    if span_ms is None:
        return EVER, rest.after(match.end())
    if not 0 < span_ms <= LONGEST_WINDOW_MS:
        raise LineError(f"expected a window of up to {say_duration(LONGEST_WINDOW_MS)}, found {match['span']}", rest.at)
    return span_ms, rest.after(match.end())


def _operator(fact: Fact, rest: Rest, spoken: bool) -> tuple[Operator, Rest]:
    if fact.type is FactType.SIGNAL:
        raise LineError(f"{fact.name} is a signal and stands alone, found {quoted(rest.text)} after it", rest.at)
    taken = OPERATORS_OF[fact.type]
    operator, word, length = operator_at_start(rest.text, spoken)
    if operator and (spoken or operator.symbol == "is"):
        operator = _taken_by(fact.type, operator)
    if operator is None:
        raise LineError(unknown("operator", word, taken, most=len(taken)), rest.at)
    if operator.symbol not in taken:
        wrong = f"{quoted(operator.symbol)} does not go with {fact.name}, {expected_one_of(taken, len(taken))}"
        raise LineError(wrong + did_you_mean(operator.symbol, taken), rest.at)
    return operator, rest.after(length)


def _taken_by(kind: FactType, operator: Operator) -> Operator:
    """Of operators that are said alike return the one that the type takes, if there is one."""
    taken = OPERATORS_OF[kind]
    alike = (each for each in taken if OPERATORS[each].words == operator.words)
    return operator if operator.symbol in taken else OPERATORS[next(alike, operator.symbol)]


def _first_of_its_words(kind: FactType, operator: Operator) -> Operator:
    """Of operators that are said alike (``=`` and ``is``) take always the same one: printed and read again is equal."""
    return next(OPERATORS[each] for each in OPERATORS_OF[kind] if OPERATORS[each].words == operator.words)
