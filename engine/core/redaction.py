"""
What shoppers write stays out of the logs.

The event log and its archive get an event with every letter and digit of the
shopper's own words as ``x``: the length stays, and an address still looks like
one. The words themselves are in the database, where they can be found and erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

PERSONAL = frozenset({"chat_message", "popup_submit"})
"""The events that hold a shopper's own words."""

MASK = "x"
"""What stands for a text of the shopper's own in a field of the visitor."""

_OWN_WORDS = ("step", "choice", "score", "fire", "doc")
"""Of these a value is the marketer's or the engine's, or a mere number."""


def masked(name: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an event's data without what a shopper wrote."""
    if name == "chat_message":
        return _mask_all(data)
    if name == "popup_submit" and isinstance(data.get("fields"), dict):
        return {**data, "fields": _mask_all(data["fields"])}
    return data


def masked_frame(message: Mapping[str, Any]) -> bytes:
    """Return the frame of an event for the log, without what a shopper wrote."""
    return orjson.dumps({**message, "data": masked(message["name"], message.get("data") or {})})


def _mask_all(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value if key in _OWN_WORDS else _mask(value) for key, value in said.items()}


def _mask(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return "".join("x" if letter.isalnum() else letter for letter in value)
