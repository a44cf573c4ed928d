"""The value at the end of a condition, checked by the type of its fact: units and words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.core.cart_items import CartPart
from engine.core.conditions import Reading
from engine.core.events import PAGE_KINDS
from engine.core.facts import DEVICES, FACTS, FactType
from engine.core.fields import ORDERED, as_text
from engine.core.line_lists import QUOTED, read_each, read_items
from engine.core.line_parts import LineError
from engine.core.operators import Operator
from engine.core.stages import STAGES, read_stage
from engine.core.tags import LONGEST_TAG, read_tag
from engine.core.wall_clock import WEEKDAYS, read_date, read_weekdays
from engine.core.words import did_you_mean, quoted, read_country, read_duration, read_number, read_percent, unknown

LONGEST_TEXT = 256
MOST_COUNTED = 1_000
"""Up to this number moments are counted in a window."""

_CATEGORY = re.compile(r"category\s*\((.*)\)", re.S)
_NO_ITEM = re.compile(r"(category|product|sku)(\s*\(|\s+\S)|category$")
_SECOND_CONDITION = re.compile(r"\s(and|or|&&|\|\|)\s+(not\s+)?([^\W\d][\w.]*)")


def read_value(reading: Reading, operator: Operator, text: str, at: int) -> Any:
    """Read what a fact is compared with, in the fact's own unit. Raises LineError."""
    if not text:
        raise LineError(f"expected a value after {quoted(operator.symbol)}", at)
    second = _SECOND_CONDITION.search(text) if text[0] not in "\"'" else None
    if second is not None and second[3] in FACTS:
        raise LineError(f"one condition a line, found {quoted(second[1])}", at + second.start(1))
    read = _reader_of(reading, operator)
    if operator.takes == "list":
        return read_each(_list(reading, operator, text, at), lambda item, where: read(item, where, False))
    if text.startswith("["):
        raise LineError(f"{quoted(operator.symbol)} takes one value, found a list", at)
    value = read(text, at, operator.symbol not in ("is", "is not", "="))
    return value


def _reader_of(reading: Reading, operator: Operator) -> Callable[[str, int, bool], Any]:
    if reading.fact.type is FactType.FIELD and operator.symbol in ORDERED:
        return _number
    if reading.fact.type is FactType.COUNT and reading.is_windowed:
        return _counted
    return _READERS[reading.fact.type]


def said_example(reading: Reading) -> str:
    """Return a condition that somebody might write about a fact."""
    ending = {
        FactType.COUNT: "> 2",
        FactType.NUMBER: "> 1500",
        FactType.DURATION: "> 10s",
        FactType.PERCENT: "> 50%",
        FactType.KIND: "is cart",
        FactType.DEVICE: "is phone",
        FactType.HOUR: ">= 18",
        FactType.WEEKDAY: "in [sat, sun]",
        FactType.DATE: ">= 2026-11-01",
        FactType.COUNTRY: "is TW",
        FactType.STAGE: "at least shopper",
        FactType.TAGS: "has shoes",
        FactType.FIELD: "is gold",
        FactType.CART: "has product",
    }
    return f"{reading} {ending.get(reading.fact.type, 'contains shoe')}"


def _list(reading: Reading, operator: Operator, text: str, at: int) -> list[tuple[str, int]]:
    kind = reading.fact.type
    example = {
        FactType.KIND: "[cart, product]",
        FactType.DEVICE: "[phone, tablet]",
        FactType.TEXT: "[red, blue]",
        FactType.WEEKDAY: "[mon-fri, sun]",
        FactType.DATE: "[2026-12-24, 2026-12-25]",
        FactType.COUNTRY: "[TW, HK]",
        FactType.STAGE: "[buyer, repeat buyer]",
        FactType.FIELD: "[silver, gold]",
    }
    expected = f"a list such as {example.get(kind, '[1, 2]')} after {quoted(operator.symbol)}"
    if reading.fact.windows:
        expected = f"a window such as 7d or {expected}"
    items = read_items(text, at, expected)
    if kind is not FactType.WEEKDAY:
        return items
    return [(day, where) for each, where in items for day in read_weekdays(each) or (each,)]


def read_plain_text(text: str, at: int) -> str:
    """Return a word, or a text in quotes, that is not empty. Raises LineError."""
    return _unfolded(text, at, ordered=True)


def _number(text: str, at: int, _ordered: bool) -> int | float:
    number = read_number(text)
    if number is None:
        raise LineError(f"expected a number such as 1500, found {quoted(text)}", at)
    return number


def _count(text: str, at: int, _ordered: bool) -> int:
    number = read_number(text)
    if not isinstance(number, int) or number < 0:
        raise LineError(f"expected a whole number such as 3, found {quoted(text)}", at)
    return number


def _counted(text: str, at: int, ordered: bool) -> int:
    number = _count(text, at, ordered)
    if number > MOST_COUNTED:
        raise LineError(f"a window counts to {MOST_COUNTED}, found {number}", at)
    return number


def _duration(text: str, at: int, _ordered: bool) -> int:
    ms = read_duration(text)
    if ms is None:
        raise LineError(f"expected a duration such as 10s, found {quoted(text)}", at)
    return ms


def _percent(text: str, at: int, _ordered: bool) -> int | float:
    percent = read_percent(text)
    if percent is None:
        raise LineError(f"expected a percent such as 50%, found {quoted(text)}", at)
    return percent


def _text(text: str, at: int, ordered: bool) -> str:
    return _unfolded(text, at, ordered).casefold()


def _unfolded(text: str, at: int, ordered: bool) -> str:
    match = QUOTED.fullmatch(text)
    if match is not None:
        value = re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2]
    elif text[0] in "\"'[" or re.search(r"""[\[\]"<>=]""", text):
        raise LineError(f"expected a word or a text in quotes, found {quoted(text)}", at)
    else:
        value = " ".join(text.split())
    if ordered and not value:
        raise LineError("expected a text that is not empty", at)
    if len(value) > LONGEST_TEXT:
        raise LineError(f"text with {len(value)} characters exceeds limit of {LONGEST_TEXT}", at)
    return value


def _word_of(what: str, known: tuple[str, ...]) -> Callable[[str, int, bool], str]:
    def read(text: str, at: int, ordered: bool) -> str:
        word = _unfolded(text, at, ordered)
        if word not in known:
            raise LineError(unknown(what, word, known), at)
        return word

    return read


def _yes_no(text: str, at: int, _ordered: bool) -> bool:
    if text not in ("yes", "no"):
        raise LineError(f"expected yes or no, found {quoted(text)}{did_you_mean(text, ('yes', 'no'))}", at)
    return text == "yes"


def _hour(text: str, at: int, _ordered: bool) -> int:
    number = read_number(text)
    if not isinstance(number, int) or not 0 <= number <= 23:
        raise LineError(f"expected an hour from 0 to 23, found {quoted(text)}", at)
    return number


def _date(text: str, at: int, _ordered: bool) -> str:
    if read_date(text) is None:
        raise LineError(f"expected a date such as 2026-11-01, found {quoted(text)}", at)
    return text


def _country(text: str, at: int, ordered: bool) -> str:
    word = _unfolded(text, at, ordered)
    country = read_country(word)
    if country is None:
        raise LineError(f"expected a country of two letters such as TW, found {quoted(word)}", at)
    return country


def _stage(text: str, at: int, ordered: bool) -> int:
    word = _unfolded(text, at, ordered)
    rank = read_stage(word)
    if rank is None:
        raise LineError(unknown("stage", word, STAGES, most=len(STAGES)), at)
    return rank


def _field(text: str, at: int, ordered: bool) -> str:
    return as_text(_unfolded(text, at, ordered))


def _tag(text: str, at: int, _ordered: bool) -> str:
    tag = read_tag(_unfolded(text, at, ordered=True))
    if tag is None:
        raise LineError(f"expected a tag of at most {LONGEST_TAG} characters, found {quoted(text)}", at)
    return tag


def _cart_part(text: str, at: int, _ordered: bool) -> CartPart:
    if text == "product":
        return CartPart("product")
    category = _CATEGORY.fullmatch(text)
    if category is not None:
        return CartPart("category", _text(category[1].strip() or '""', at, True))
    if _NO_ITEM.match(text):
        raise LineError(f"expected the id of an item, product or category(shoes), found {quoted(text)}", at)
    return CartPart("sku", _text(text, at, True))


_READERS: dict[FactType, Callable[[str, int, bool], Any]] = {
    FactType.COUNT: _count,
    FactType.NUMBER: _number,
    FactType.DURATION: _duration,
    FactType.PERCENT: _percent,
    FactType.TEXT: _text,
    FactType.KIND: _word_of("page kind", PAGE_KINDS),
    FactType.DEVICE: _word_of("device", DEVICES),
    FactType.YES_NO: _yes_no,
    FactType.HOUR: _hour,
    FactType.WEEKDAY: _word_of("weekday", WEEKDAYS),
    FactType.DATE: _date,
    FactType.COUNTRY: _country,
    FactType.STAGE: _stage,
    FactType.TAGS: _tag,
    FactType.FIELD: _field,
    FactType.CART: _cart_part,
}
