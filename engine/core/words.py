"""How the rule language's words, numbers and durations are read, and how what is not known is refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from engine.core.conditions import DURATION_UNITS

LONGEST_DURATION_MS = 3_660 * DURATION_UNITS["d"]
_LONGEST_QUOTE = 60
_SHORT = 3
"""One wrong letter of so few is much."""

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)\s?(ms|s|m|h|d)", re.ASCII)
_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s?%", re.ASCII)

SYNONYMS = {
    "basket": "cart", "bag": "cart", "trolley": "cart", "homepage": "home", "landing": "home", "index": "home",
    "item": "product", "detail": "product", "collection": "category", "list": "category", "payment": "checkout",
    "confirmation": "thanks", "thankyou": "thanks", "success": "thanks", "mobile": "phone", "smartphone": "phone",
    "pc": "desktop", "and": "all", "or": "any", "none": "not", "if": "when", "conditions": "when", "id": "rule",
    "==": "=", "===": "=", "!=": "is not", "<>": "is not", "≠": "is not", "=>": ">=", "≥": ">=", "≧": ">=",
    "=<": "<=", "≤": "<=", "≦": "<=", "＞": ">", "＜": "<", "＝": "=", "equals": "=", "over": ">", "above": ">",
    "more": ">", "under": "<", "below": "<", "less": "<", "includes": "contains", "like": "matches",
    "include": "contains", "begins": "starts with", "start": "starts with", "greater": ">", "larger": ">", "lower": "<",
    "smaller": "<", "equal": "=", "not": "is not", "utm_source": "traffic.source", "utm_medium": "traffic.medium",
    "utm_campaign": "traffic.campaign", "time_on_page": "page.dwell",
    "true": "yes", "false": "no", "guest": "visitor", "customer": "buyer", "repeat": "repeat buyer",
    "returning buyer": "repeat buyer", "lead": "subscriber", "contains": "has",
    ">=": "at least", "<=": "at most", "at least": ">=", "at most": "<=", "page.kind": "page", "page.type": "page",
    "visits": "views", "visitor.visits": "visitor.sessions", "cart.items": "cart.lines", "cart.count": "cart.quantity",
    "monday": "mon", "tuesday": "tue", "tues": "tue", "wednesday": "wed", "thursday": "thu", "thur": "thu",
    "thurs": "thu", "friday": "fri", "saturday": "sat", "sunday": "sun", "weekend": "sat", "weekday": "mon",
}  # fmt: skip
"""Words that marketers reach for, and the language's own."""


def quoted(text: str) -> str:
    """Write found text into an error: in quotes, on one line, clipped."""
    line = " ".join(text.split())
    return f"'{line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + '…'}'"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was most likely meant, or None."""
    names = list(known)
    lowered = word[:_LONGEST_QUOTE].casefold()
    synonym = SYNONYMS.get(lowered)
    if synonym in names:
        return synonym
    for meant in (
        [name for name in names if name.endswith("." + lowered)],
        [name for name in names if len(lowered) > _SHORT and name.startswith(lowered)],
    ):
        if len(meant) == 1:
            return meant[0]
    folded = {name.casefold(): name for name in reversed(names)}
    found = difflib.get_close_matches(lowered, folded, n=1, cutoff=0.5 if len(lowered) <= _SHORT else 0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of an error that names the nearest known word; empty if none is near."""
    meant = nearest(word, known)
    return f" (did you mean {quoted(meant)}?)" if meant else ""


def expected_one_of(known: Iterable[str], most: int = 5) -> str:
    """List what would have been right; of a list longer than ``most`` only the beginning."""
    names = list(known)
    if len(names) > most:
        names[most - 1 :] = ["..."]
    return f"expected one of {', '.join(names)}" if len(names) > 1 else f"expected {names[0]}"


def unknown(what: str, word: str, known: Iterable[str], among: Iterable[str] = (), most: int = 5) -> str:
    """
    Say that ``word`` is no known ``what``, what was expected, and the nearest word.

    ``among`` narrows the list of what was expected; the nearest word comes from all that is known.
    """
    known = list(known)
    return f"unknown {what} {quoted(word)}, {expected_one_of(list(among) or known, most)}{did_you_mean(word, known)}"


def read_number(text: str) -> int | float | None:
    """Read ``1500`` or ``-2.5``; None if it is no number. A whole number comes back as an int."""
    if _NUMBER.fullmatch(text) is None:
        return None
    number = float(text)
    return int(number) if number.is_integer() else number


def read_duration(text: str) -> int | None:
    """Read ``10s``, ``1.5h`` or ``7d`` as whole ms; None if it is no duration, or one of more than ten years."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    ms = float(match[1]) * DURATION_UNITS[match[2]]
    return int(ms) if ms.is_integer() and ms <= LONGEST_DURATION_MS else None


def read_country(text: str) -> str | None:
    """Read ``tw`` as TW; None if it is not two letters."""
    return text.upper() if _COUNTRY.fullmatch(text) else None


def read_percent(text: str) -> int | float | None:
    """Read ``50%`` as 50; None if it is not between 0% and 100%."""
    match = _PERCENT.fullmatch(text)
    number = read_number(match[1]) if match else None
    return number if number is not None and number <= 100 else None
