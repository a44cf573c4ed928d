"""
The parts that popups are made of: what a marketer wrote, read and checked, and what is given for one shopper.

What is not listed here stands in a popup as it is: texts by language, numbers,
words of the renderer, and tuples of parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.events import NOWHERE, Page
from engine.core.placeholders import Texts


@dataclass(frozen=True, slots=True)
class Coupon:
    """
    What a coupon is worth: ``value`` in percent, or in major units of the site's currency; None if not said.

    ``pool`` tells that ``code`` names a pool of codes; where no pool has that
    name, the name itself is the code. ``expires_ms`` counts from being shown.
    """

    code: str
    value: float | None = None
    percent: bool = False
    pool: bool = False
    expires_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """
    The coupon that one visitor was given.

    ``apply_url`` is the shop's address that puts it to use, ``minimum`` the least order that it is good for.
    """

    code: str
    value: float | None = None
    percent: bool = False
    expires_at_ms: int | None = None
    apply_url: str = ""
    minimum: float | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product's card. ``image`` and ``url`` are addresses that a page may hold; ``price`` is None if not said."""

    id: str
    name: str
    price: float | None = None
    currency: str = ""
    image: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """
    What one showing of a popup needs beside facts.

    ``seed`` draws a wheel's prize: the same seed draws the same. ``products``
    are those of the source that the popup names. ``reference`` names the
    visitor to the shop's own channels. ``currency`` is the page's, for a site
    that has set none, ``page`` the one that is shown. ``now_ms`` is when the popup is sent.
    """

    seed: str = ""
    issued: Issued | None = None
    products: tuple[Product, ...] = ()
    reference: str = ""
    currency: str = ""
    page: Page = NOWHERE
    now_ms: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping of parts inside a popup."""

    parts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Label:
    """A text of Shopbell's own, where the marketer wrote none."""

    name: str


@dataclass(frozen=True, slots=True)
class Start:
    """A click that shows another rule's popup."""

    rule: str


@dataclass(frozen=True, slots=True)
class Private:
    """What only the engine needs to know of a popup; the renderer is not told."""

    value: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the cart is from free shipping; ``done`` is said when it is there."""

    done: Texts | Label


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a popup's products come from, the session or a feed of the site, and at most how many there are."""

    source: str
    most: int


@dataclass(frozen=True, slots=True)
class Handover:
    """A chat goes over to a person: what is said if somebody is there, and if not, with the step that follows then."""

    text: Texts
    away: Texts
    go: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One field of a wheel. Nothing is won where it has no coupon."""

    text: Texts
    weight: float
    coupon: Coupon | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to be reached: ``kind`` of messenger, and the words of its link."""

    kind: str
    text: Texts | Label


RECENTLY_VIEWED = "recently_viewed"
"""The source of products that is the session itself."""


def texts_in(part: Any) -> Iterator[Texts]:
    """Yield every text of a marketer's in a part of a popup, however deep."""
    match part:
        case Mapping():
            yield part
        case tuple():
            for each in part:
                yield from texts_in(each)
        case Section(parts):
            yield from texts_in(tuple(parts.values()))
        case Segment(text) | Channel(text=text) | Progress(text):
            yield from texts_in(text)
        case Handover(text, away):
            yield from (text, away)


def starts_in(part: Any) -> Iterator[str]:
    """Yield the rules that clicks in a part of a popup start."""
    match part:
        case Start(rule):
            yield rule
        case tuple():
            for each in part:
                yield from starts_in(each)
        case Section(parts):
            yield from starts_in(tuple(parts.values()))
