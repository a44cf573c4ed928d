"""Popups: what a marketer wrote for one, rendered for one shopper as the JSON that ``show`` carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from engine.core import languages, placeholders
from engine.core.conditions import Reading
from engine.core.facts import FACTS, FREE_SHIPPING
from engine.core.labels import label, labels
from engine.core.placeholders import CouponPart, Texts
from engine.core.popup_parts import (
    RECENTLY_VIEWED,
    Channel,
    Coupon,
    Given,
    Handover,
    Issued,
    Label,
    Private,
    Product,
    Progress,
    Section,
    Segment,
    Shelf,
    Start,
    texts_in,
)
from engine.core.popup_wheel import prize_of
from engine.core.products import RECENT, recent_products, shelf_of
from engine.core.rules import Show, Site

_RECENT = Reading(RECENT)
_CART_VALUE = Reading(FACTS["cart.value"])
_AGENTS_ONLINE = Reading(FACTS["agents.online"])
_MAIN = ("text", "title", "question")
_NOTHING_GIVEN = Given()
_CHANNEL_URLS = {
    "line": "https://line.me/R/oaMessage/{account}/?{reference}",
    "messenger": "https://m.me/{account}?ref={reference}",
}


def placeholder_readings(show: Show) -> tuple[Reading, ...]:
    """Return the facts that the popup needs, each once: those its texts write, and those its kind shows."""
    found = [each for texts in texts_in(tuple(show.content.values())) for each in placeholders.readings(texts)]
    shelf = shelf_of(show)
    if shelf is not None and shelf.source == RECENTLY_VIEWED:
        found.append(_RECENT)
    if "progress" in show.content:
        found.append(_CART_VALUE)
    if "steps" in show.content and _hands_over(show):
        found.append(_AGENTS_ONLINE)
    return tuple(dict.fromkeys(found))


def _hands_over(show: Show) -> bool:
    return any("handover" in step.parts for step in show.content["steps"].parts.values())


def coupon_of(show: Show, seed: str) -> Coupon | None:
    """Return the coupon that is to be issued for a showing; of a wheel it is the prize that ``seed`` draws."""
    segments: tuple[Segment, ...] = show.content.get("segments", ())
    coupon: Coupon | None = segments[prize_of(segments, seed)].coupon if segments else show.content.get("coupon")
    return coupon


def coupons_of(show: Show) -> tuple[Coupon, ...]:
    """Return every coupon that a popup may hold."""
    segments: tuple[Segment, ...] = show.content.get("segments", ())
    coupons: Iterable[Coupon | None] = (show.content.get("coupon"), *(each.coupon for each in segments))
    return tuple(each for each in coupons if each is not None)


def start_of(show: Show, step: str, choice: int) -> str | None:
    """
    Return the rule that a click starts: an option of a step, a reply (step "start") or the button (step "button").

    None where there is no such click, or it starts nothing. Cards are counted on after the options.
    """
    start: Start | None = _choice_of(show, step, choice).get("start")
    return None if start is None else start.rule


def tag_of(show: Show, step: str, choice: int) -> str | None:
    """Return the tag that a click gives the visitor; None where it gives none."""
    tag: Private | None = _choice_of(show, step, choice).get("tag")
    return None if tag is None else tag.value


def _choice_of(show: Show, step: str, choice: int) -> Mapping[str, Any]:
    """Return the parts of what was clicked; none where there is no such choice."""
    content = show.content
    if step == "button" and isinstance(content.get("button"), Section):
        choices: tuple[Section, ...] = (content["button"],)
    elif "steps" in content:
        here = content["steps"].parts.get(step, Section({})).parts
        choices = (*here.get("options", ()), *here.get("cards", ()))
    else:
        choices = content.get("replies", ()) if step == "start" else ()
    return choices[choice].parts if 0 <= choice < len(choices) else {}


def render(
    show: Show, read: Callable[[Reading], Any], language: str, site: Site, given: Given = _NOTHING_GIVEN
) -> dict[str, Any]:
    """
    Return the popup for a shopper who reads ``language``, as the renderer takes it.

    ``read`` gives the value of a fact, None where it is unknown. Without an
    issued coupon the popup shows the one that the rule names. Every text is
    plain text.
    """
    return _Rendering(show, read, language, site, given).popup()


class _Rendering:
    def __init__(self, show: Show, read: Callable[[Reading], Any], language: str, site: Site, given: Given) -> None:
        self.show = show
        self.read = read
        self.wanted = language
        self.site = site
        self.currency = site.currency or given.currency
        self.given = given
        self.coupon = given.issued or _as_written(coupon_of(show, given.seed), given.now_ms)
        # a text without a language is in the shop's first one
        default = next(iter(site.languages), language) or "en"
        self.language = languages.best_language(language, _main_text(show), site.languages) or default

    def popup(self) -> dict[str, Any]:
        popup: dict[str, Any] = {
            "kind": self.show.kind,
            "lang": self.language,
            "dir": languages.direction(self.language),
            "labels": labels(self.language, self.show.kind),
        }
        if self.site.theme is not None:
            popup["theme"] = self.site.theme.as_json()
        content = dict(self.show.content)
        if "segments" in content:
            popup |= self._drawn(content)
        for name, part in content.items():
            if not isinstance(part, Private):
                popup[name] = self._part(part)
        return popup

    def _drawn(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return what the wheel will stop at; take out of ``content`` what is not said of it."""
        segments: tuple[Segment, ...] = content["segments"]
        prize = prize_of(segments, self.given.seed)
        texts = {True: content.pop("win"), False: content.pop("lose")}[self.coupon is not None]
        result = self._part(texts).replace("{prize}", self._text(segments[prize].text))
        drawn = {"prize": prize, "result": result}
        return drawn if self.coupon is None else drawn | {"coupon": self._coupon(self.coupon)}

    def _part(self, part: Any) -> Any:
        match part:
            case dict():  # asked first, and not as a Mapping: that costs as much as all the rest
                return self._text(part)
            case tuple():
                return [self._part(each) for each in part]
            case Section(parts):
                return {name: self._part(each) for name, each in parts.items() if not isinstance(each, Private)}
            case Label(name):
                return label(name, self.language)
            case Segment(text):
                return self._text(text)
            case Start():
                return True
        write = self._written.get(type(part))
        return part if write is None else write(self, part)

    def _handover(self, part: Handover) -> dict[str, Any]:
        if self.read(_AGENTS_ONLINE):
            return {"online": True, "text": self._text(part.text)}
        return {"online": False, "text": self._text(part.away)} | ({"go": part.go} if part.go else {})

    def _channel(self, part: Channel) -> dict[str, Any]:
        account = quote(self.site.channels.get(part.kind, ""))
        url = _CHANNEL_URLS[part.kind].format(account=account, reference=self.given.reference)
        return {"kind": part.kind, "text": self._part(part.text), "url": url}

    def _shelf(self, part: Shelf) -> list[dict[str, Any]]:
        products = self.given.products
        if part.source == RECENTLY_VIEWED:
            products = recent_products(self.read(_RECENT), self.given.page, self.given.now_ms) or products
        return [self._product(each) for each in products[: part.most]]

    def _progress(self, part: Progress) -> dict[str, Any]:
        return {
            "goal": self.site.free_shipping_from,
            "value": self.read(_CART_VALUE) or 0,
            "currency": self.currency,
            "money": languages.money_form(self.currency, self.language),
            "done": self._part(part.done),
        }

    def _product(self, product: Product) -> dict[str, Any]:
        card = {"id": product.id, "name": placeholders.clean(product.name), "url": product.url}
        if product.price is not None:
            card["price"] = languages.write_money(product.price, product.currency or self.currency, self.language)
        return card | ({"image": product.image} if product.image else {})

    def _coupon(self, coupon: Issued) -> dict[str, Any]:
        said: dict[str, Any] = {"code": coupon.code}
        if coupon.value is not None:
            said["value"] = self._worth(coupon)
        if coupon.expires_at_ms is not None:
            said["expires_ms"] = max(coupon.expires_at_ms - self.given.now_ms, 0)
        return said | ({"apply": coupon.apply_url} if coupon.apply_url else {})

    def _text(self, texts: Texts) -> str:
        tag = languages.best_language(self.wanted, texts, self.site.languages)
        return placeholders.fill(texts[tag], lambda piece: self._value(piece, tag or self.language))

    def _value(self, piece: Reading | CouponPart, language: str) -> str:
        if isinstance(piece, CouponPart):
            return self._coupon_part(piece.name, self.coupon or Issued(""))
        if piece.fact.name == FREE_SHIPPING and "progress" in self.show.content:
            return "{missing}"  # the renderer writes it, and anew whenever the cart changes
        return placeholders.write(piece, self.read(piece), language, self.currency)

    def _own_coupon(self, part: Coupon) -> dict[str, Any]:
        return self._coupon(self.coupon or Issued(part.code))

    _written: ClassVar[dict[type, Callable[[Any, Any], Any]]] = {
        Progress: _progress,
        Shelf: _shelf,
        Handover: _handover,
        Channel: _channel,
        Coupon: _own_coupon,
    }
    """How parts are written that are made of more than was written of them."""

    def _coupon_part(self, name: str, coupon: Issued) -> str:
        if name == "coupon.code":
            return coupon.code
        if name == "coupon.minimum":
            return languages.write_money(coupon.minimum, self.currency, self.language) if coupon.minimum else ""
        return self._worth(coupon)

    def _worth(self, coupon: Issued) -> str:
        if coupon.value is None:
            return ""
        if coupon.percent:
            return languages.write_percent(coupon.value, self.language)
        return languages.write_money(coupon.value, self.currency, self.language)


def _as_written(coupon: Coupon | None, now_ms: int) -> Issued | None:
    """Return a coupon as its rule names it, for who asks no office."""
    if coupon is None:
        return None
    ends = None if coupon.expires_ms is None else now_ms + coupon.expires_ms
    return Issued(coupon.code, coupon.value, coupon.percent, ends)


def _main_text(show: Show) -> Texts:
    """Return the text whose languages the popup speaks."""
    named: Texts | None = next((show.content[name] for name in _MAIN if name in show.content), None)
    return named or next(texts_in(tuple(show.content.values())))
