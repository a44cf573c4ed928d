"""
One line of a rule, ``FACT [WINDOW] OPERATOR VALUE``, as a comparison.

Every name is looked up in the tables of facts and operators; nothing is
evaluated, so a line can do no more than compare a known fact with a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.core.conditions import Comparison, Reading
from engine.core.events import PAGE_KINDS
from engine.core.facts import ALIASES, FACTS, OPERATORS_OF, Fact, FactType
from engine.core.line_values import LineError, read_value, said_example
from engine.core.operators import OPERATORS, Operator
from engine.core.words import did_you_mean, expected_one_of, not_built, quoted, read_duration, unknown

_FACT = re.compile(r"[^\W\d][\w.-]*")
_WINDOW = re.compile(r"ever(?!\w)|in\s+(?P<span>[^\s\[\]]+)")
_SIGN = re.compile(r"[<>=!~≠≥≤≧≦＞＜＝]+")
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_ALONE = (FactType.SIGNAL, FactType.YES_NO)
_NOT_COUNTED = {
    "page_dwell": "read page.dwell or dwell(KIND) instead",
    "scroll": "read page.scroll instead",
    "idle": "read idle instead",
    "wake": "it only says that a moment has come",
}


def _by_length(symbols: dict[str, Operator]) -> list[tuple[re.Pattern[str], Operator]]:
    """Return what recognises each operator at the start of a text, the longest first."""
    longest_first = sorted(symbols, key=len, reverse=True)
    return [
        (re.compile(r"\s+".join(map(re.escape, each.split())) + r"(?!\w)"), symbols[each])
        for each in longest_first
        if each[0].isalpha()
    ]


_WORDS = _by_length(OPERATORS)
_SPOKEN = _by_length(OPERATORS | {each.words: each for each in reversed(OPERATORS.values())})


@dataclass(frozen=True, slots=True)
class _Rest:
    """What of the line is still to be read, and where in the line it begins."""

    text: str
    at: int

    def after(self, length: int) -> _Rest:
        rest = self.text[length:]
        stripped = rest.lstrip()
        return _Rest(stripped.rstrip(), self.at + length + len(rest) - len(stripped))


def read_line(line: str, *, spoken: bool = False) -> Comparison:
    """
    Read one condition. Raises LineError with the place of the culprit.

    ``spoken`` also takes operators as they are said (``is more than``), which
    is how a verdict prints its conditions.
    """
    reading, rest = _reading(_Rest(line, 0).after(0))
    fact = reading.fact
    if not fact.built:
        raise LineError(not_built(f"{fact.name} has" if fact.name == "cart" else fact.name), 0)
    window = _window(fact, rest)
    if window:
        raise LineError(window, rest.at)
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
    reading, rest = _reading(_Rest(text, 0).after(0))
    if rest.text:
        raise LineError(f"expected a fact alone, found {quoted(rest.text)} after it", rest.at)
    return reading


def _reading(line: _Rest) -> tuple[Reading, _Rest]:
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
    end = rest.text.find(")")
    if end < 0:
        raise LineError("expected ')' after '('", rest.at)
    argument = rest.text[1:end].strip()
    if not fact.argument:
        raise LineError(f"{name} takes nothing in brackets, found {quoted(f'({argument})')}", line.at)
    return Reading(fact, _argument(fact, argument, line.at)), rest.after(end + 1)


def _unknown_fact(name: str) -> str:
    family = name.split(".", 1)[0] + "."
    return unknown("fact", name, [*FACTS, *ALIASES], among=[each for each in FACTS if each.startswith(family)])


def _an(argument: str) -> str:
    return ("an " if argument == "event" else "a ") + argument


def _example_of(fact: Fact) -> str:
    return f"{fact.name}({'cart' if fact.argument == 'page kind' else 'purchase'})"


def _argument(fact: Fact, argument: str, at: int) -> str:
    if not fact.built:
        return argument
    if fact.argument == "page kind":
        if argument not in PAGE_KINDS:
            raise LineError(unknown("page kind", argument, PAGE_KINDS), at)
        return argument
    name, *more = argument.split(None, 1)[:2] or [""]
    if more and more[0].startswith("where"):
        raise LineError(not_built(f"{fact.name}(EVENT where ...)"), at)
    if _EVENT.fullmatch(argument) is None:
        raise LineError(f"expected the name of an event such as purchase in the brackets, found {quoted(argument)}", at)
    if name in _NOT_COUNTED:
        raise LineError(f"{name} is no event to count, {_NOT_COUNTED[name]}", at)
    return argument


def _window(fact: Fact, rest: _Rest) -> str:
    """Return what is wrong with a window at the start of ``rest``; empty if there is none."""
    match = _WINDOW.match(rest.text)
    if match is None or (match["span"] is not None and read_duration(match["span"]) is None):
        return ""
    if not fact.windows:
        return f"{fact.name} takes no window, found {quoted(match.group())}"
    return not_built(match.group())


def _operator(fact: Fact, rest: _Rest, spoken: bool) -> tuple[Operator, _Rest]:
    if fact.type is FactType.SIGNAL:
        raise LineError(f"{fact.name} is a signal and stands alone, found {quoted(rest.text)} after it", rest.at)
    taken = OPERATORS_OF[fact.type]
    sign = _SIGN.match(rest.text)
    if sign is not None:
        operator, length = OPERATORS.get(sign.group()), sign.end()
    else:
        operator, length = _word_operator(rest.text, _SPOKEN if spoken else _WORDS)
        operator = _taken_by(fact.type, operator) if spoken and operator else operator
    if operator is None:
        word = sign.group() if sign is not None else rest.text.split(None, 1)[0]
        raise LineError(unknown("operator", word, taken, most=len(taken)), rest.at)
    if operator.symbol not in taken:
        wrong = f"{quoted(operator.symbol)} does not go with {fact.name}, {expected_one_of(taken, len(taken))}"
        raise LineError(wrong + did_you_mean(operator.symbol, taken), rest.at)
    return operator, rest.after(length)


def _word_operator(text: str, words: list[tuple[re.Pattern[str], Operator]]) -> tuple[Operator | None, int]:
    """Find the longest operator at the start, and how long it is."""
    for pattern, operator in words:
        match = pattern.match(text)
        if match is not None:
            return operator, match.end()
    return None, 0


def _taken_by(kind: FactType, operator: Operator) -> Operator:
    """Of operators that are said alike return the one that the type takes, if there is one."""
    taken = OPERATORS_OF[kind]
    alike = (each for each in taken if OPERATORS[each].words == operator.words)
    return operator if operator.symbol in taken else OPERATORS[next(alike, operator.symbol)]


def _first_of_its_words(kind: FactType, operator: Operator) -> Operator:
    """Of operators that are said alike (``=`` and ``is``) take always the same one: printed and read again is equal."""
    return next(OPERATORS[each] for each in OPERATORS_OF[kind] if OPERATORS[each].words == operator.words)
