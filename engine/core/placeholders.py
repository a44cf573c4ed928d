"""``{{fact}}`` in a marketer's text: looked up when the file is read, written as the shopper's language writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.condition_line import read_reading
from engine.core.conditions import Reading
from engine.core.facts import ALIASES, FACTS, FactType
from engine.core.languages import write_duration, write_money, write_number, write_percent
from engine.core.line_parts import LineError
from engine.core.words import unknown
from engine.core.written_dates import write_date, write_weekday

LONGEST_VALUE = 200

COUPON_PARTS = ("coupon.code", "coupon.value", "coupon.minimum")
"""What a text can say of its own popup's coupon."""

_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.S)
_WITHOUT_TEXT = (FactType.SIGNAL, FactType.YES_NO, FactType.TAGS, FactType.CART, FactType.STAGE)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class CouponPart:
    """A placeholder that is filled from the popup's own coupon."""

    name: str


Template = tuple[str | Reading | CouponPart, ...]
"""A text in its pieces: plain text, and what stands for a value."""

Texts = Mapping[str, Template]
"""A text by language tag; the empty tag holds one that was given without a language."""


def read_template(text: str) -> tuple[Template, list[LineError]]:
    """Split a text at its placeholders. Beside it stands all that is wrong: what is no fact, and braces left open."""
    pieces: list[str | Reading | CouponPart] = []
    wrong: list[LineError] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        pieces += _plain(text, end, match.start(), wrong)
        try:
            pieces.append(_placeholder(match[1].strip(), match.start()))
        except LineError as error:
            wrong.append(error)
        end = match.end()
    pieces += _plain(text, end, len(text), wrong)
    return tuple(pieces), wrong


def _plain(text: str, start: int, end: int, wrong: list[LineError]) -> list[str]:
    plain = text[start:end]
    for braces, what in (("{{", "'{{' is never closed by '}}'"), ("}}", "'}}' without '{{' before it")):
        if braces in plain:
            wrong.append(LineError(what, start + plain.index(braces)))
    return [plain] if plain else []


def _placeholder(name: str, at: int) -> Reading | CouponPart:
    if name in COUPON_PARTS:
        return CouponPart(name)
    word = name.split("(", 1)[0].strip()
    if ALIASES.get(word, word) not in FACTS:
        raise LineError(_unknown(word), at)
    try:
        reading = read_reading(name)
    except LineError as error:
        raise LineError(f"{{{{{name}}}}}: {error}", at) from None
    if reading.fact.type in _WITHOUT_TEXT:
        raise LineError(f"{{{{{name}}}}}: {name} has no text to write", at)
    return reading


def _unknown(word: str) -> str:
    family = word.split(".", 1)[0] + "."
    writable = [each.name for each in FACTS.values() if each.type not in _WITHOUT_TEXT]
    known = [*COUPON_PARTS, *writable]
    return unknown("placeholder", word, known, among=[each for each in known if each.startswith(family)])


def readings(texts: Texts) -> Iterator[Reading]:
    """Yield the facts that a text's placeholders read, in any of its languages."""
    for template in texts.values():
        yield from (piece for piece in template if isinstance(piece, Reading))


def clean(value: str) -> str:
    """
    Return a value from outside as a text may hold it: one line, of bounded length.

    Control characters and those that turn the direction of writing are dropped,
    so that a product's name cannot rewrite the sentence around it.
    """
    return " ".join(_UNSAFE.sub(" ", value[: 4 * LONGEST_VALUE]).split())[:LONGEST_VALUE]


def write(reading: Reading, value: Any, language: str, currency: str) -> str:
    """Write the value of a fact for a shopper; what is not known is empty."""
    if value is None:
        return ""
    fact = reading.fact
    if fact.money:
        return write_money(value, currency, language)
    match fact.type:
        case FactType.DURATION:
            return write_duration(value, language)
        case FactType.PERCENT:
            return write_percent(value, language)
        case FactType.COUNT | FactType.NUMBER:
            return write_number(value, language)
        case FactType.DATE:
            return write_date(value, language)
        case FactType.WEEKDAY:
            return write_weekday(value, language)
    return clean(str(value))


def fill(template: Template, value_of: Callable[[Reading | CouponPart], str]) -> str:
    """Join a template's pieces, each placeholder replaced by ``value_of`` it, which is never read for placeholders."""
    return "".join(piece if isinstance(piece, str) else value_of(piece) for piece in template)
