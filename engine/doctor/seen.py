"""What was seen of a shop's page: what the snippet told of it, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PRODUCT = re.compile(
    r"/(products?|p|item|items|dp|shop|prod|produkt|producto|produit|prodotto|goods)/[^/]+", re.IGNORECASE
)
CART = re.compile(
    r"\b(shopping[-_ ]?)?(cart|basket|bag)\b|warenkorb|panier|carrito|carrello|carrinho|koszyk|winkelwagen|sepet"
    r"|購物車|购物车|カート|장바구니",
    re.IGNORECASE,
)
NOT_A_PAGE = re.compile(
    r"/(account|login|log-in|register|signup|wishlist|checkout|blog|news|about|contact|help|faq|terms|privacy|search)\b"
    r"|\.(pdf|jpe?g|png|zip)$|[?&](add-to-cart|remove|logout)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Seen:
    """
    One page; ``told`` are the events of it in order, and of a page before it what came late.

    ``by_site`` is the kind of page that the site itself says of the address, if it does.
    """

    url: str
    status: int = 0
    problem: str = ""
    tag: str | None = None
    policies: list[str] = field(default_factory=list)
    greeted: bool = False
    asks_consent: bool = False
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    by_site: str | None = None

    def hear(self, frame: dict[str, Any]) -> None:
        """Take a frame of the snippet."""
        if frame["type"] == "hello":
            self.greeted = True
        elif frame["type"] == "event":
            self.told.append((frame["name"], frame.get("data") or {}))

    @property
    def names(self) -> list[str]:
        """The names of the events."""
        return [name for name, _ in self.told]

    @property
    def page(self) -> dict[str, Any]:
        """The page as it was told last; empty if it was not."""
        return next((data for name, data in reversed(self.told) if name == "page_view"), {})

    @property
    def kind(self) -> str | None:
        """The kind of page that it is to the engine."""
        return self.by_site or self.page.get("kind")

    @property
    def address(self) -> str:
        """Where it is, with the route of a single page, as the snippet tells it."""
        return str(self.page.get("url") or self.url)

    def last(self, name: str) -> dict[str, Any] | None:
        """Return the last event of this name."""
        return next((data for each, data in reversed(self.told) if each == name), None)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page, and what stands around it."""

    url: str
    text: str
    marks: str
    picture: bool
    price: bool
    around: bool


def likely_products(links: Sequence[Link], home: str) -> list[str]:
    """Return the pages of the shop that look most like a product's, the likeliest first."""
    return _ranked(links, home, _likeness_of_a_product)


def likely_carts(links: Sequence[Link], home: str) -> list[str]:
    """Return the pages of the shop that look like its cart, the likeliest first, and where most shops have it."""
    found = _ranked(links, home, _likeness_of_a_cart)
    root = "{0.scheme}://{0.netloc}".format(urlsplit(home))
    return [*found, *(each for each in (f"{root}/cart", f"{root}/basket") if each not in found)]


def _ranked(links: Sequence[Link], home: str, likeness: Any) -> list[str]:
    best: dict[str, int] = {}
    for link in links:
        url = link.url.partition("#")[0]
        points = likeness(link) if urlsplit(url).netloc == urlsplit(home).netloc else 0
        if points > 0 and url.rstrip("/") != home.rstrip("/"):
            best[url] = max(best.get(url, 0), points)
    return sorted(best, key=lambda url: -best[url])


def _likeness_of_a_product(link: Link) -> int:
    path = urlsplit(link.url).path
    if NOT_A_PAGE.search(link.url) or CART.search(path) or path in ("", "/"):
        return 0
    return 1 + 4 * bool(PRODUCT.search(path)) + 3 * link.price + 2 * link.picture - 3 * link.around


def _likeness_of_a_cart(link: Link) -> int:
    if re.search(r"[?&](add|remove)|add[-_]to|/add\b", link.url, re.IGNORECASE):
        return 0
    return (
        3 * bool(CART.search(urlsplit(link.url).path))
        + 2 * bool(CART.search(link.text))
        + bool(CART.search(link.marks))
    )
