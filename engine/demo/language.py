"""The demo's two languages: which one a request wants, and how texts and money are written in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Language = Literal["en", "zh-TW"]
Wording = Mapping[Language, str]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
LANGUAGE_COOKIE: Final = "lang"


def choose_language(asked: str | None, kept: str | None, accepted: str | None) -> Language:
    """
    Return the language of a page: what the address asks for, else the cookie, else what the browser accepts.

    ``accepted`` is the Accept-Language header. Every kind of Chinese gets the Traditional Chinese page.
    """
    for wish in (asked, kept):
        language = known_language(wish)
        if language is not None:
            return language
    return next((found for tag in by_preference(accepted or "") if (found := spoken_as(tag))), "en")


def known_language(text: str | None) -> Language | None:
    """Return ``text`` as one of the demo's languages, written exactly, or None."""
    return next((language for language in LANGUAGES if language == text), None)


def by_preference(accepted: str) -> list[str]:
    """Return the tags of an Accept-Language header, the best liked first; a malformed weight counts as none."""
    weighted = []
    for entry in accepted.split(",")[:20]:
        tag, _, parameters = entry.partition(";")
        weight = weight_of(parameters.strip())
        if tag.strip() and weight > 0:
            weighted.append((weight, tag.strip().lower()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def weight_of(parameters: str) -> float:
    """Return the weight in ``q=0.8``; 1.0 where nothing is said."""
    if not parameters:
        return 1.0
    try:
        return float(parameters.removeprefix("q="))
    except ValueError:
        return 0.0


def spoken_as(tag: str) -> Language | None:
    """Return the demo's language for a browser's tag such as ``zh-hk``."""
    primary = tag.split("-")[0]
    if primary == "zh":
        return "zh-TW"
    return "en" if primary == "en" else None


def money(amount: int) -> str:
    """Return whole New Taiwan dollars as both languages write them: ``NT$1,280``."""
    return f"NT${amount:,}" if amount >= 0 else f"−NT${-amount:,}"


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of a page in one language; call it with a key and what its braces are filled with."""

    wordings: Mapping[str, Wording]
    language: Language

    def __call__(self, key: str, /, **values: object) -> str:
        return self.wordings[key][self.language].format_map(values)
