"""
YAML as nodes that know where they stand: texts, lists and tables, and nothing else.

A plain scalar stays the text that was written: ``no`` is not false, ``1e3`` is
not a number, ``12:30`` is not 750. What a text means is for its reader to say,
who knows what is expected there. Built from the parser's events without
recursion, so that depth and size are bounded before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from engine.core.rule_errors import Problems
from engine.core.words import quoted

MOST_BYTES = 1_048_576
MOST_DEPTH = 60

_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_BEGINS_TEXT = " (write a text that begins with '{}' inside quotes)"
"""What a marketer meant who began a text with what means something else in YAML."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Text:
    """
    A scalar. ``line`` and ``column`` are where it begins, from 1.

    ``exact`` tells that the n-th character of ``value`` stands n columns right
    of ``first``, which is so unless it was folded or holds escapes. ``plain``
    tells that it was written without quotes.
    """

    value: str
    line: int
    column: int
    first: int = 0
    exact: bool = False
    plain: bool = False

    def column_of(self, offset: int) -> int:
        """Return the column of a character of the value, as nearly as it is known."""
        return self.first + offset if self.exact else self.column


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; every key is a text and occurs once."""

    entries: tuple[tuple[Text, Node], ...]
    line: int
    column: int


Node = Text | Items | Table


def found(node: Node) -> str:
    """Say what a node is, for the end of an error: ``found 'x'``, ``found a list``."""
    if isinstance(node, Text):
        return f"found {quoted(node.value)}" if node.value else "found nothing"
    return "found a list" if isinstance(node, Items) else "found a mapping"


class _Stop(Exception):
    """The file cannot be read any further; the problem is noted."""


def read_nodes(text: str, problems: Problems) -> Node | None:
    """Return the root node of a YAML text; None if it is empty, or broken beyond reading (see ``problems``)."""
    size = len(text.encode(errors="replace"))
    if size > MOST_BYTES:
        problems.add(1, 1, f"file with {size} bytes exceeds limit of {MOST_BYTES} bytes")
        return None
    text = text.removeprefix("\ufeff")
    noted = len(problems.errors)
    try:
        # libyaml is twenty times as quick; where it finds the text broken, PyYAML's own parser says it better
        return _build(yaml.parse(text, Loader=_QUICK), text, problems)
    except (yaml.YAMLError, ValueError):
        del problems.errors[noted:]
    except _Stop:
        return None
    try:
        return _build(_events(text, problems), text, problems)
    except _Stop:
        return None


def _build(events: Iterable[yaml.Event], text: str, problems: Problems) -> Node | None:
    builder = _Builder(text, problems)
    for event in events:
        builder.take(event)
    return builder.root


def _events(text: str, problems: Problems) -> Iterator[yaml.Event]:
    """Yield the parser's events; whatever it raises becomes a problem and ends the reading."""
    line = column = 1
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line, column = _place(event)
            yield event
    except yaml.reader.ReaderError as error:
        before = text[: error.position].split("\n")
        message = f"character U+{ord(text[error.position]):04X} is not allowed in YAML"
        problems.add(len(before), len(before[-1]) + 1, message)
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark
        problems.add(mark.line + 1, mark.column + 1, _syntax(error, text, mark))
    except (ValueError, OverflowError):
        problems.add(line, column, "not YAML: an escape after this place names no character")
    else:
        return
    raise _Stop


def _syntax(error: yaml.MarkedYAMLError, text: str, mark: Any) -> str:
    """Say a syntax error in the words of somebody who writes rules."""
    here = text[mark.index : mark.index + 1]
    if here == "\t":
        return "a tab cannot indent, use spaces"
    where = f"{error.context}: " if error.context else ""
    hint = " (between brackets, write a text that holds any of ,?:[]{} inside quotes)" if "flow" in where else ""
    if error.problem and "cannot start any token" in error.problem:
        hint = _BEGINS_TEXT.format(here)
    elif error.problem and "mapping values are not allowed" in error.problem:
        hint = " (write a text that holds ': ' inside quotes)"
    return f"not YAML: {where}{error.problem}{hint}"


class _Open:
    """A list or table that has begun and not ended."""

    __slots__ = ("is_table", "nodes", "place")

    def __init__(self, is_table: bool, place: tuple[int, int]) -> None:
        self.is_table = is_table
        self.place = place
        self.nodes: list[Node] = []

    def close(self, problems: Problems) -> Node:
        if not self.is_table:
            return Items(tuple(self.nodes), *self.place)
        pairs = zip(self.nodes[::2], self.nodes[1::2], strict=True)
        return Table(tuple(_entries(pairs, problems)), *self.place)


def _entries(pairs: Iterable[tuple[Node, Node]], problems: Problems) -> Iterator[tuple[Text, Node]]:
    seen: dict[str, int] = {}
    for key, value in pairs:
        if not isinstance(key, Text):
            hint = _BEGINS_TEXT.format("{{") if isinstance(key, Table) else ""
            problems.add(key.line, key.column, f"expected a word as a key, {found(key)}{hint}")
        elif key.value == "<<":
            problems.add(key.line, key.column, "merge keys are not allowed, write the keys out")
        elif key.value in seen:
            problems.add(key.line, key.column, f"{quoted(key.value)} is given twice, first in line {seen[key.value]}")
        else:
            seen[key.value] = key.line
            yield key, value


def _place(event: yaml.Event) -> tuple[int, int]:
    """Return line and column of an event, from 1."""
    mark: Any = event.start_mark
    return mark.line + 1, mark.column + 1


class _Builder:
    """Builds the nodes of one document, event by event."""

    def __init__(self, text: str, problems: Problems) -> None:
        self._text = text
        self._problems = problems
        self._stack: list[_Open] = []
        self._documents = 0
        self.root: Node | None = None

    def take(self, event: yaml.Event) -> None:
        """Take the next event. Raises _Stop at what ends the reading."""
        match event:
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._refuse_properties(event)
                if len(self._stack) == MOST_DEPTH:
                    self._stop(event, f"nested deeper than {MOST_DEPTH} levels")
                self._stack.append(_Open(isinstance(event, yaml.MappingStartEvent), _place(event)))
            case yaml.ScalarEvent():
                self._refuse_properties(event)
                self._add(self._scalar(event))
            case yaml.CollectionEndEvent():
                self._add(self._stack.pop().close(self._problems))
            case yaml.AliasEvent():
                said = f"aliases are not allowed, write out what '*{event.anchor}' stands for"
                self._stop(event, said + _BEGINS_TEXT.format("*"))
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._stop(event, "one document a file, found a second one")

    def _add(self, node: Node) -> None:
        if self._stack:
            self._stack[-1].nodes.append(node)
        else:
            self.root = node

    def _stop(self, event: yaml.Event, message: str) -> None:
        self._problems.add(*_place(event), message)
        raise _Stop

    def _refuse_properties(self, event: yaml.CollectionStartEvent | yaml.ScalarEvent) -> None:
        if event.anchor is not None:
            self._problems.add(
                *_place(event), f"anchors are not allowed, found '&{event.anchor}'{_BEGINS_TEXT.format('&')}"
            )
        if event.tag is not None:
            self._problems.add(
                *_place(event), f"tags are not allowed, found {quoted(event.tag)}{_BEGINS_TEXT.format('!')}"
            )

    def _scalar(self, event: yaml.ScalarEvent) -> Text:
        line, column = _place(event)
        if (odd := _UNWRITABLE.search(event.value)) is not None:
            self._problems.add(line, column, f"character U+{ord(odd.group()):04X} is not allowed in a text")
        quotes = 1 if event.style in ("'", '"') else 0
        start: Any = event.start_mark
        end: Any = event.end_mark
        written = self._text[start.index + quotes : end.index - quotes]
        exact = written == event.value and "\n" not in written
        return Text(event.value, line, column, column + quotes, exact, plain=not event.style)
