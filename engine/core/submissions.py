"""What a shopper sent off in a popup, read by the rule that asked: a subscription, an answer, or nothing of use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.languages import best_language
from engine.core.placeholders import Texts, clean
from engine.core.popup_parts import Private, Section
from engine.core.rules import Show
from engine.core.words import read_number

LONGEST_ADDRESS = 254

_ADDRESS = re.compile(
    r"[^\s@,;:<>()\[\]\"\\\x00-\x1f\x7f]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
_SCALES = {"nps": range(11), "stars": range(1, 6)}


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address, and that its owner ticked the box."""

    address: str


@dataclass(frozen=True, slots=True)
class Answer:
    """
    An answer to a question: what was asked for, and what was said.

    ``field`` is the visitor's field that keeps it, empty if none does.
    """

    name: str
    value: str
    comment: str = ""
    field: str = ""


def is_address(text: str) -> bool:
    """Tell whether a text can be an e-mail address; nothing in it can end a line of a mail's head."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def read_submission(show: Show, fields: Mapping[str, Any], languages: Sequence[str]) -> Subscription | Answer | None:
    """
    Return what the popup asked for; None for anything that it did not ask.

    A client says what it likes: only the rule knows which names, steps and
    options there are. ``languages`` are the site's, for the words of a choice.
    """
    match show.kind:
        case "subscribe":
            return _subscription(show, fields)
        case "survey":
            return _survey(show, fields, languages)
        case "chat" if "steps" in show.content:
            return _asked(show.content["steps"], fields)
    return None


def _subscription(show: Show, fields: Mapping[str, Any]) -> Subscription | None:
    address = str(fields.get("email", "")).strip()
    ticked = fields.get("consent") is True and "consent" in show.content
    return Subscription(address) if ticked and is_address(address) else None


def _survey(show: Show, fields: Mapping[str, Any], languages: Sequence[str]) -> Answer | None:
    scale = show.content["scale"]
    said = read_number(str(fields.get("choice" if scale == "choice" else "score", "")))
    value = None
    if scale == "choice":
        options: tuple[Texts, ...] = show.content["options"]
        if said in range(len(options)):
            value = _plain(options[int(said or 0)], languages)
    elif said in _SCALES[scale]:
        value = str(said)
    if value is None:
        return None
    comment = clean(str(fields.get("comment", ""))) if "comment" in show.content else ""
    field = show.content.get("field", Private(""))
    return Answer(scale, value, comment, field.value)


def _asked(steps: Section, fields: Mapping[str, Any]) -> Answer | None:
    step = steps.parts.get(str(fields.get("step")), Section({}))
    if "ask" not in step.parts:
        return None
    ask = step.parts["ask"].parts
    value = clean(str(fields.get(ask["name"], "")))
    return Answer(ask["name"], value, field=ask["name"]) if _RIGHT[ask["type"]](value) else None


def _is_number(text: str) -> bool:
    return read_number(text) is not None


_RIGHT: dict[str, Callable[[str], bool]] = {"email": is_address, "number": _is_number, "text": bool}


def _plain(texts: Texts, languages: Sequence[str]) -> str:
    """Write an option as the shop's own people read it, without what placeholders would bring in."""
    tag = best_language("", texts, languages)
    return "".join(piece for piece in texts[tag] if isinstance(piece, str)).strip()
