"""
Which of a text's languages a shopper reads, and how that language writes money, numbers and durations.

A small table for the languages that shops here sell in; a language that is not
in it writes as English does. Amounts are written short, as a price tag is: whole
ones without decimals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.core.conditions import DURATION_UNITS

_NARROW, _HARD, _LEFT_TO_RIGHT = "\u202f", "\u00a0", "\u200e"


@dataclass(frozen=True, slots=True)
class Writing:
    """
    How a language writes values.

    ``money`` places the symbol ``¤`` and the amount ``#``; ``units`` are days,
    hours, minutes and seconds, each placed after its number as it stands.
    """

    group: str
    point: str
    money: str
    percent: str
    units: tuple[str, str, str, str]


_ENGLISH = Writing(",", ".", "¤#", "#%", (" d", " h", " min", " s"))

_WRITING = {
    "en": _ENGLISH,
    "zh": Writing(",", ".", "¤#", "#%", (" 天", " 小時", " 分", " 秒")),
    "zh-hans": Writing(",", ".", "¤#", "#%", (" 天", " 小时", " 分", " 秒")),
    "ja": Writing(",", ".", "¤#", "#%", ("日", "時間", "分", "秒")),
    "ko": Writing(",", ".", "¤#", "#%", ("일", "시간", "분", "초")),
    "th": Writing(",", ".", "¤#", "#%", (" วัน", " ชม.", " นาที", " วินาที")),
    "de": Writing(".", ",", f"#{_HARD}¤", f"#{_HARD}%", (" Tg.", " Std.", " Min.", " Sek.")),
    "fr": Writing(_NARROW, ",", f"#{_HARD}¤", f"#{_NARROW}%", (" j", " h", " min", " s")),
    "es": Writing(".", ",", f"#{_HARD}¤", f"#{_HARD}%", (" d", " h", " min", " s")),
    "it": Writing(".", ",", f"#{_HARD}¤", "#%", (" g", " h", " min", " s")),
    "pt": Writing(".", ",", f"#{_HARD}¤", "#%", (" d", " h", " min", " s")),
    "pt-br": Writing(".", ",", f"¤{_HARD}#", "#%", (" d", " h", " min", " s")),
    "nl": Writing(".", ",", f"¤{_HARD}#", "#%", (" d", " u", " min", " s")),
    "id": Writing(".", ",", f"¤{_HARD}#", "#%", (" h", " j", " mnt", " d")),
    "vi": Writing(".", ",", f"#{_HARD}¤", "#%", (" ngày", " giờ", " phút", " giây")),
    "ms": Writing(",", ".", f"¤{_HARD}#", "#%", (" h", " j", " min", " s")),
    "ar": Writing(",", ".", f"#{_HARD}¤", "#%", (" ي", " س", " د", " ث")),
    "he": Writing(",", ".", f"#{_HARD}¤", "#%", (" ימים", " שע׳", " דק׳", " שנ׳")),
}  # fmt: skip

_SYMBOLS = {
    "TWD": "NT$", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "KRW": "₩", "HKD": "HK$", "SGD": "S$",
    "THB": "฿", "MYR": "RM", "IDR": "Rp", "VND": "₫", "PHP": "₱", "INR": "₹", "AUD": "A$", "NZD": "NZ$", "CAD": "CA$",
    "BRL": "R$", "MXN": "MX$", "ILS": "₪", "SEK": "kr", "NOK": "kr", "DKK": "kr", "PLN": "zł", "CZK": "Kč", "TRY": "₺",
}  # fmt: skip

_NO_DECIMALS = frozenset(
    [
        "TWD",
        "JPY",
        "KRW",
        "VND",
        "IDR",
        "HUF",
        "CLP",
        "ISK",
        "PYG",
        "UGX",
        "XAF",
        "XOF",
        "XPF",
        "RWF",
        "KMF",
        "DJF",
        "GNF",
        "BIF",
        "VUV",
    ]
)
_THREE_DECIMALS = frozenset(["KWD", "BHD", "OMR", "JOD", "TND", "LYD", "IQD"])
_TRADITIONAL = ("tw", "hk", "mo", "hant")
_RIGHT_TO_LEFT = ("ar", "he", "fa", "ur")
_MOST_KEPT = 1_000
"""Of so many tags it is kept what they are: a popup asks it of the same ones dozens of times."""


@lru_cache(_MOST_KEPT)
def tag_of(language: str) -> str:
    """Return a language tag as it is compared: ``zh_TW`` and ``ZH-tw`` are ``zh-tw``."""
    return language.strip().replace("_", "-").lower()


@lru_cache(_MOST_KEPT)
def base_of(language: str) -> str:
    """Return the language of a tag without its region and script."""
    return tag_of(language).split("-", 1)[0]


@lru_cache(_MOST_KEPT)
def script_of(language: str) -> str:
    """Return the tag by which texts and labels are kept: Chinese is two languages to its readers."""
    base, *rest = tag_of(language).split("-")
    if base == "zh":
        return "zh-hant" if any(each in _TRADITIONAL for each in rest) else "zh-hans"
    return base


@lru_cache(_MOST_KEPT)
def direction(language: str) -> str:
    """Return ``rtl`` or ``ltr``."""
    return "rtl" if base_of(language) in _RIGHT_TO_LEFT else "ltr"


def best_language(wanted: str, available: Iterable[str], preferred: Collection[str] = ()) -> str:
    """
    Return the one of the ``available`` tags that a shopper reads best.

    In this order: the very tag; the same script (zh-HK reads zh-TW); the same
    base language; the site's languages in their order; English; the first.
    """
    return _best_of(wanted, tuple(available), tuple(preferred))


@lru_cache(_MOST_KEPT)
def _best_of(wanted: str, tags: tuple[str, ...], preferred: tuple[str, ...]) -> str:
    for tag in filter(None, (wanted, *preferred, "en")):
        for level in (tag_of, script_of, base_of):
            found = next((each for each in tags if level(each) == level(tag)), None)
            if found is not None:
                return found
    return tags[0]


@lru_cache(_MOST_KEPT)
def writing(language: str) -> Writing:
    """Return how a language writes values."""
    for tag in (tag_of(language), script_of(language), base_of(language)):
        if tag in _WRITING:
            return _WRITING[tag]
    return _ENGLISH


def write_number(value: float, language: str, decimals: int | None = None) -> str:
    """Write a number with its groups; ``decimals`` None leaves as many as there are, at most two."""
    how = writing(language)
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if decimals is None else f"{value:,.{decimals}f}"
    return text.translate({ord(","): how.group, ord("."): how.point})


def write_money(value: float, currency: str, language: str) -> str:
    """Write an amount of money: ``NT$1,280``, ``12,50 €``. Without a currency it is a number."""
    form = money_form(currency, language)
    decimals = form["decimals"]
    amount = write_number(abs(value), language, 0 if round(value, decimals) == round(value) else decimals)
    written: str = form["pattern"].replace("#", amount)
    return "-" + written if value < 0 else written


def money_form(currency: str, language: str) -> dict[str, Any]:
    """Return how amounts are written, for who writes them elsewhere: ``#`` in the pattern is the number."""
    how = writing(language)
    symbol = _SYMBOLS.get(currency, currency)
    pattern = how.money if currency else "#"
    if symbol.isalpha() and len(symbol) == 3:
        pattern = pattern.replace("¤#", f"¤{_HARD}#")
    if currency and direction(language) == "rtl":
        pattern += _LEFT_TO_RIGHT  # else a symbol such as NT$ comes apart: $NT
    decimals = 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
    return {"pattern": pattern.replace("¤", symbol), "group": how.group, "point": how.point, "decimals": decimals}


def write_percent(value: float, language: str) -> str:
    """Write a percent: ``10%``, ``10 %``."""
    return writing(language).percent.replace("#", write_number(value, language))


def write_duration(ms: float, language: str) -> str:
    """Write a duration by its two largest units: ``1 h 5 min``; less than a second is ``0 s``."""
    units = writing(language).units
    parts: list[str] = []
    rest = int(ms) // 1_000 * 1_000
    for name, unit in zip("dhms", units, strict=True):
        count, rest = divmod(rest, DURATION_UNITS[name])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or f"0{units[3]}"
