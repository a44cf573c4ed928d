"""The functions of hot.c in Python: what they do where nothing was compiled, and what the compiled ones are held to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import hiredis

LONGEST_VALUE = 256
LONGEST_KEY = 64
LARGEST_NUMBER = 1e15
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")

Word = bytes | str | int | float


def packed_words(words: Sequence[Word]) -> bytes:
    """Return words as a Redis command holds them, to be joined to others behind a head that counts them all."""
    packed: bytes = hiredis.pack_command(tuple(words))  # type: ignore[arg-type]  # its stub wants one word
    return packed[packed.index(b"\n") + 1 :]


def packed_call(count: int, head: bytes, words: Sequence[Word], tail: bytes) -> bytes:
    """Return a whole command: ``words`` between ``head`` and ``tail``, which hold ``count`` words that are packed."""
    return b"*%d\r\n%b%b%b" % (count + len(words), head, packed_words(words), tail)


def is_sound(data: Mapping[str, Any], most: int, but: str) -> bool:
    """
    Tell, quickly, that nothing is wrong with an object of at most so many keys: it is flat, no text too long.

    What is under the key ``but`` is not looked at, and not counted. False says only that something may be wrong.
    """
    if data.__class__ is not dict or len(data) - (but in data) > most:
        return False
    return all(_is_value(value) and _is_key(key) for key, value in data.items() if not but or key != but)


def are_sound(items: list[Any], most: int) -> bool:
    """Tell the same of every one of a list."""
    return all(is_sound(item, most, "") for item in items)


def _is_value(value: Any) -> bool:
    kind = value.__class__
    if kind is str:
        return len(value) <= LONGEST_VALUE and "\x00" not in value
    if kind is int or kind is float:
        return bool(-LARGEST_NUMBER <= value <= LARGEST_NUMBER)
    return kind is bool or value is None


@lru_cache(maxsize=4096)
def _is_key(key: str) -> bool:
    """Tell whether a key is sound. What is kept is short in all: a frame has no room for long keys."""
    return len(key) <= LONGEST_KEY and _KEY.fullmatch(key) is not None
