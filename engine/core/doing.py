"""What a rule does to a visitor besides showing: tags, and fields of the shop's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from engine.core.counters import Op
from engine.core.written import say_number, say_text

TAG, UNTAG, SET = "tag", "untag", "set"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing done: ``tag`` or ``untag`` with a tag, or ``set`` with a field and its value."""

    verb: str
    name: str
    value: int | float | str = ""

    def __str__(self) -> str:
        if self.verb != SET:
            return f"{self.verb} {say_text(self.name)}"
        said = say_text(self.value) if isinstance(self.value, str) else say_number(self.value)
        return f"set {self.name}: {said}"


def words_of(changes: Iterable[Change]) -> tuple[Op, ...]:
    """
    Return changes as ``claim`` and ``observe`` take them: triples of a verb and two operands.

    ``tag name -`` and ``untag name -``; ``set field value``, the value in a JSON
    list of its own, so that 0 and an empty text are told from a field that is not there.
    """
    words: list[Op] = []
    for each in changes:
        words += (each.verb, each.name, written(each.value) if each.verb == SET else "-")
    return tuple(words)


def written(value: int | float | str) -> str:
    """Write a field's value as it is kept."""
    return orjson.dumps([value]).decode()
