"""Popups: what a marketer wrote for one, rendered for one shopper as the JSON that ``show`` carries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core import languages, placeholders
from engine.core.conditions import Reading
from engine.core.labels import labels
from engine.core.placeholders import CouponPart, Texts
from engine.core.rules import Show, Site


@dataclass(frozen=True, slots=True)
class Coupon:
    """What a coupon is worth: ``value`` in percent, or in major units of the site's currency; None if not said."""

    code: str
    value: float | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A button with an answer, and what the shop says to it."""

    text: Texts
    follow_up: Texts | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A link: ``url`` is a path of the shop, or http, https, mailto or tel."""

    text: Texts
    url: str


def placeholder_readings(show: Show) -> tuple[Reading, ...]:
    """Return the facts that the popup's texts write, each once."""
    return tuple(
        dict.fromkeys(each for texts in _texts(show.content.values()) for each in placeholders.readings(texts))
    )


def _texts(parts: Any) -> Iterator[Texts]:
    for part in parts:
        match part:
            case Mapping():
                yield part
            case tuple():
                yield from _texts(part)
            case Reply(text, follow_up):
                yield from _texts((text, follow_up))
            case Button(text):
                yield text


def render(show: Show, read: Callable[[Reading], Any], language: str, site: Site, currency: str = "") -> dict[str, Any]:
    """
    Return the popup for a shopper who reads ``language``, as the renderer takes it.

    ``read`` gives the value of a fact, None where it is unknown. ``currency``
    holds where the site has not set its own. Every text is plain text.
    """
    return _Rendering(show, read, language, site, currency).popup()


class _Rendering:
    def __init__(self, show: Show, read: Callable[[Reading], Any], language: str, site: Site, currency: str) -> None:
        self.show = show
        self.read = read
        self.wanted = language
        self.site = site
        self.currency = site.currency or currency
        main: Texts = show.content.get("text") or show.content["title"]
        # a text without a language is in the shop's first one
        default = next(iter(site.languages), language) or "en"
        self.language = languages.best_language(language, main, site.languages) or default

    def popup(self) -> dict[str, Any]:
        popup: dict[str, Any] = {
            "kind": self.show.kind,
            "lang": self.language,
            "dir": languages.direction(self.language),
            "labels": labels(self.language),
        }
        for name, part in self.show.content.items():
            popup[name] = self._part(part)
        return popup

    def _part(self, part: Any) -> Any:
        match part:
            case Coupon(code, value):
                return {"code": code} if value is None else {"code": code, "value": self._worth(part)}
            case Button(text, url):
                return {"text": self._text(text), "url": url}
            case tuple():
                return [self._part(each) for each in part]
            case Reply(text, None):
                return {"text": self._text(text)}
            case Reply(text, follow_up):
                return {"text": self._text(text), "follow_up": self._text(follow_up or {})}
        return self._text(part)

    def _text(self, texts: Texts) -> str:
        tag = languages.best_language(self.wanted, texts, self.site.languages)
        return placeholders.fill(texts[tag], lambda piece: self._value(piece, tag or self.language))

    def _value(self, piece: Reading | CouponPart, language: str) -> str:
        if isinstance(piece, Reading):
            currency = self.currency
            return placeholders.write(piece, self.read(piece), language, currency)
        coupon: Coupon = self.show.content["coupon"]
        return coupon.code if piece.name == "coupon.code" else self._worth(coupon)

    def _worth(self, coupon: Coupon) -> str:
        if coupon.value is None:
            return ""
        if coupon.percent:
            return languages.write_percent(coupon.value, self.language)
        return languages.write_money(coupon.value, self.currency, self.language)
