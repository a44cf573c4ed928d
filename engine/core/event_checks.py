"""Checks of the values that an event says: a wrong one is refused with a sentence, never guessed at."""

from __future__ import annotations

import re
from functools import lru_cache
from math import isfinite
from typing import Any

from engine.core.refused import BadEvent as BadEvent
from engine.native import are_sound, is_sound

LONGEST_TEXT = 1024
MOST_KEYS = 25
MOST_ITEMS = 200
MOST_ITEM_KEYS = 40
LONGEST_VALUE = 256
LONGEST_MS = 24 * 60 * 60 * 1000
LARGEST_NUMBER = 1e15
_NUMBERS = (int, float)
LONGEST_KEY = 64
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KEYS_FORM = f"[A-Za-z_][A-Za-z0-9_-]{{0,{LONGEST_KEY - 1}}}"


def text(value: Any) -> str:
    """Quote a value for a sentence, briefly."""
    if isinstance(value, str):
        return f"'{value[:40]}'"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else str(value)[:40].lower()


def text_of(data: dict[str, Any], key: str, where: str, required: bool = False, longest: int = LONGEST_TEXT) -> str:
    """Return the text under ``key``, empty where there is none and none is required. Raises BadEvent."""
    value = data.get(key)
    if isinstance(value, str) and len(value) <= longest and "\x00" not in value:
        return value
    return _odd_text(value, f"{where}.{key}", required, longest)


def _odd_text(value: Any, what: str, required: bool, longest: int) -> str:
    """Return a text that came as a number, or not at all; refuse anything else."""
    if value is None and not required:
        return ""
    if value.__class__ in _NUMBERS and not required:
        value = str(value)
    if not isinstance(value, str):
        raise BadEvent(f"{what} is {text(value)}, expected a text")
    if len(value) > longest:
        raise BadEvent(f"{what} with {len(value)} characters exceeds limit of {longest}")
    if "\x00" in value:
        raise BadEvent(f"{what} holds a NUL character")
    return value


def number_of(data: dict[str, Any], key: str, where: str, least: float = 0, most: float = LARGEST_NUMBER) -> float:
    """Return the number under ``key``. Raises BadEvent where there is none, or none from least to most."""
    value: float = data.get(key)  # type: ignore[assignment]  # the next line sees to it
    if value.__class__ not in _NUMBERS or not isfinite(value):
        raise BadEvent(f"{where}.{key} is {text(value)}, expected a number")
    if not least <= value <= most:
        raise BadEvent(f"{where}.{key} is {value:g}, expected {least:g} to {most:g}")
    return value


def optional_number_of(data: dict[str, Any], key: str, where: str) -> float | None:
    """Return the number under ``key``, None where there is nothing. Raises BadEvent."""
    return None if data.get(key) is None else number_of(data, key, where)


def currency_of(data: dict[str, Any], where: str) -> str:
    """Return the currency in capitals, empty where none is said. Raises BadEvent."""
    value = text_of(data, "currency", where)
    if not value or (len(value) == 3 and value.isascii() and value.isalpha()):
        return value.upper()
    raise BadEvent(f"{where}.currency is {text(value)}, expected an ISO 4217 code such as TWD")


def items_of(data: dict[str, Any], where: str) -> list[dict[str, Any]]:
    """Return GA4's ``items``, each a flat object; empty where there are none. Raises BadEvent."""
    items = data.get("items")
    if items is None:
        return []
    if not isinstance(items, list):
        raise BadEvent(f"{where}.items is {text(items)}, expected a list")
    if len(items) > MOST_ITEMS:
        raise BadEvent(f"{where}.items with {len(items)} items exceeds limit of {MOST_ITEMS}")
    if not are_sound(items, MOST_ITEM_KEYS):
        for n, item in enumerate(items):
            if item.__class__ is not dict:
                raise BadEvent(f"{where}.items[{n}] is {text(item)}, expected an object")
            refuse_flat(item, f"{where}.items[{n}]", MOST_ITEM_KEYS, LONGEST_VALUE)
    return items


def refuse_odd(data: dict[str, Any], where: str, most: int = MOST_KEYS, but: str = "") -> None:
    """Refuse anything but a flat object of texts, numbers and booleans; what is under ``but`` is left out."""
    if not is_sound(data, most, but):
        rest = {key: value for key, value in data.items() if key != but} if but else data
        refuse_flat(rest, where, most, LONGEST_VALUE)


def refuse_flat(data: dict[str, Any], where: str, most: int, longest: int) -> None:
    """Say what is wrong with a flat object, if anything is."""
    if len(data) > most:
        raise BadEvent(f"{where} with {len(data)} keys exceeds limit of {most}")
    for key, value in data.items():
        if len(key) > LONGEST_KEY or not _is_key(key):
            raise BadEvent(f"{where} has the key {text(key)}, expected {_KEYS_FORM}")
        if value.__class__ is str:
            text_of(data, key, where, longest=longest)
        elif value.__class__ in _NUMBERS:
            number_of(data, key, where, least=-LARGEST_NUMBER)
        elif value is not None and value.__class__ is not bool:
            raise BadEvent(f"{where}.{key} is {text(value)}, expected a text, a number or a boolean")


@lru_cache(maxsize=4096)
def _is_key(key: str) -> bool:
    """Tell whether the characters of a key are sound. What is kept is short: its length was looked at before."""
    return _KEY.fullmatch(key) is not None
