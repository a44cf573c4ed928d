"""What may be kept of an event that was refused: its name, the field, and why; never what it said."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.core.refused import BadEvent

_PATH = r"([A-Za-z0-9_.\[\]\-]{1,200})"
_VALUE = re.compile(_PATH + r" is .*, (expected .*)", re.DOTALL)
_KEY = re.compile(_PATH + r" has the key .*, (expected .*)", re.DOTALL)
_SIZE = re.compile(_PATH + r" (with \d+ \w+ exceeds limit of \d+|holds a NUL character)")
_OF_NONE = re.compile(
    r"an? \w+ with \d+ \w+ exceeds limit of \d+|event nested deeper than \d+ levels"
    r"|the session has sent too many events, .*"
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """``event`` and ``field`` are empty where they cannot be told."""

    event: str
    field: str
    reason: str


def refused_event(error: BadEvent) -> RefusedEvent:
    """
    Return what may be kept of a refusal.

    Its sentence is for the page that sent the event, and quotes what that said. Of a sentence of another form than
    those known here nothing is kept.
    """
    name = error.name if isinstance(error.name, str) and _NAME.fullmatch(error.name) else ""
    sentence = str(error)
    if match := _VALUE.fullmatch(sentence):
        return RefusedEvent(name, match[1], match[2])
    if match := _KEY.fullmatch(sentence):
        return RefusedEvent(name, match[1], f"a key, {match[2]}")
    if match := _SIZE.fullmatch(sentence):
        return RefusedEvent(name, match[1], match[2])
    return RefusedEvent(name, "", sentence if _OF_NONE.fullmatch(sentence) else "not told")
