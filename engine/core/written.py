"""How the rule language writes durations, numbers and texts."""

from __future__ import annotations

import re

DURATION_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}

_PLAIN = re.compile(r"[\w./*?:%+@-]+")
_NOT_PLAIN = ("not",)


def say_duration(ms: float) -> str:
    """Write a duration as the rule language does: ``10s``, ``90s``, ``2h``; the largest unit that leaves no rest."""
    for unit, size in DURATION_UNITS.items():
        if ms % size == 0 and ms >= size:
            return f"{int(ms // size)}{unit}"
    return "0s" if ms == 0 else f"{ms:g}ms"


def say_number(value: int | float) -> str:
    """Write a number as a rule would: at most six decimals, no exponent."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def quote_text(text: str) -> str:
    """Write a text in quotes."""
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def say_text(text: str) -> str:
    """Write a text as a rule would: in quotes if it is not one word."""
    return text if _PLAIN.fullmatch(text) and text not in _NOT_PLAIN else quote_text(text)
