"""What every reader of nodes needs: tables with known keys, values of a type, and the words of what is wrong."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from engine.core.rule_errors import Problems
from engine.core.words import did_you_mean, quoted, read_duration, read_number, read_percent, unknown
from engine.core.yaml_nodes import Items, Node, Table, Text, found

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the language: its name, what it is about and whether it must be there."""

    name: str
    about: str
    required: bool = False


def expected(node: Node, what: str, problems: Problems) -> None:
    """Note that something else was expected here."""
    problems.add(node.line, node.column, f"expected {what}, {found(node)}")


def read_table(node: Node, keys: Iterable[Key], what: str, problems: Problems) -> dict[str, Node]:
    """
    Return the entries of a mapping that are known; note all others and the required ones that miss.

    ``what`` names the mapping in the errors: "key of a rule".
    """
    known = {key.name: key for key in keys}
    if not isinstance(node, Table):
        expected(node, f"a mapping with {', '.join(known)}", problems)
        return {}
    entries: dict[str, Node] = {}
    for key, value in node.entries:
        if key.value not in known:
            problems.add(key.line, key.column, unknown(what, key.value, known))
        else:
            entries[key.value] = value
    given = {key.value for key, _ in node.entries}
    for key_ in known.values():
        if key_.required and key_.name not in given:
            problems.add(node.line, node.column, f"expected '{key_.name}:', {key_.about}")
    return entries


def read_word(node: Node, what: str, problems: Problems) -> str | None:
    """Return a text that is not empty."""
    if isinstance(node, Text) and node.value.strip():
        return node.value.strip()
    expected(node, what, problems)
    return None


def read_items(node: Node, what: str, problems: Problems) -> tuple[Node, ...]:
    """Return the nodes of a list."""
    if isinstance(node, Items):
        return node.nodes
    expected(node, what, problems)
    return ()


def _typed(node: Node, what: str, read: Callable[[str], Value | None], problems: Problems) -> Value | None:
    value = read(node.value.strip()) if isinstance(node, Text) else None
    if value is None:
        expected(node, what, problems)
    return value


def number(node: Node, problems: Problems, what: str = "a number such as 10") -> int | float | None:
    """Return a number."""
    return _typed(node, what, read_number, problems)


def count(node: Node, problems: Problems) -> int | None:
    """Return a whole number of 0 or more."""

    def whole(text: str) -> int | None:
        value = read_number(text)
        return value if isinstance(value, int) and value >= 0 else None

    return _typed(node, "a whole number such as 3", whole, problems)


def duration_ms(node: Node, problems: Problems) -> int | None:
    """Return a duration in ms."""
    return _typed(node, "a duration such as 30s", read_duration, problems)


def share(node: Node, problems: Problems) -> float | None:
    """Return a percent as a share from 0 to 1."""
    percent = _typed(node, "a percent such as 10%", read_percent, problems)
    return None if percent is None else percent / 100


def yes_no(node: Node, problems: Problems) -> bool:
    """Return whether the answer is yes."""
    words = {"yes": True, "true": True, "no": False, "false": False}
    word = node.value.strip().lower() if isinstance(node, Text) else ""
    if word not in words:
        expected(node, "yes or no", problems)
    return words.get(word, False)


def one_of(node: Node, what: str, known: Iterable[str], problems: Problems) -> str | None:
    """Return a word of a list of known ones."""
    word = read_word(node, f"a {what}", problems)
    if word is None or word in (words := list(known)):
        return word
    problems.add(node.line, node.column, unknown(what, word, words))
    return None


def time_zone(node: Node, problems: Problems) -> str | None:
    """Return the name of a time zone."""
    name = read_word(node, "a time zone such as Asia/Taipei", problems)
    if name is None:
        return None
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(name, sorted(zoneinfo.available_timezones()))
        refuse(node, f"expected a time zone such as Asia/Taipei{hint}", problems)
        return None
    return name


def refuse(node: Node, message: str, problems: Problems) -> None:
    """Note what is wrong with a value, the value quoted in front."""
    culprit = f"{quoted(node.value)}: " if isinstance(node, Text) else ""
    problems.add(node.line, node.column, culprit + message)
