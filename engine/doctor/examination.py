"""Looks at a shop's home, product and cart pages, and finds the way between them itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from engine.core.page_kinds import PageKinds
from engine.doctor import findings
from engine.doctor.findings import MISSING, Finding, Leaf
from engine.doctor.seen import Seen, likely_carts, likely_products
from engine.doctor.shopper import Shopper

MOST_TRIES = 6
"""So many pages are opened at most in search of a product, and of the cart."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to look at; the pages that are not named are looked for."""

    home: str
    product: str | None = None
    cart: str | None = None
    press: Sequence[str] = ()
    engine: str = ""
    pages: PageKinds = field(default_factory=PageKinds)
    """What the site says of its addresses."""


class Examination:
    """Goes through the shop once."""

    def __init__(self, shopper: Shopper, order: Order) -> None:
        self._shopper = shopper
        self._order = order
        self._cart: dict[str, object] | None = None

    def carry_out(self) -> list[Leaf]:
        """Return what is said of each page; of a shop that cannot be reached, of its home page alone."""
        home = self._visit(self._order.home)
        if home.problem:
            return [self._leaf("home page", home, ())]
        links = self._shopper.links()
        leaves = [self._leaf("home page", home, findings.of_kind(home, "home"))]
        product = self._find(self._order.product, likely_products(links, home.url), "product")
        added = False
        if product is None:
            leaves.append(_not_found("product", home.url))
        else:
            pressed = self._shopper.put_into_cart(self._order.press)
            self._keep(product)
            added = pressed is not None
            about = [*findings.of_kind(product, "product"), *findings.of_product(product)]
            leaves.append(self._leaf("product page", product, [*about, *findings.of_adding(product, pressed)]))
            links += self._shopper.links()
        cart = self._find(self._order.cart, likely_carts(links, home.url), "cart")
        if cart is None:
            return [*leaves, _not_found("cart", home.url)]
        about = [*findings.of_kind(cart, "cart"), *findings.of_cart(self._cart, added)]
        return [*leaves, self._leaf("cart page", cart, about)]

    def _find(self, named: str | None, candidates: Sequence[str], kind: str) -> Seen | None:
        """
        Open the page that is named, else the first candidate of this kind, looking into categories on the way.

        Where none is known for one, the likeliest is: its report says what is missing. None where there is none at all.
        """
        if named is not None:
            return self._visit(named)
        left, tried = list(candidates), list[str]()
        while left and len(tried) < MOST_TRIES:
            tried.append(left.pop(0))
            seen = self._visit(tried[-1])
            if seen.kind == kind:
                return seen
            if kind == "product" and seen.kind == "category":
                deeper = likely_products(self._shopper.links(), seen.url)
                left = [each for each in deeper if each not in tried] + left
        return self._visit(tried[0]) if tried else None

    def _visit(self, url: str) -> Seen:
        seen = self._shopper.visit(url)
        seen.by_site = self._order.pages.kind_at(seen.address)
        self._keep(seen)
        return seen

    def _keep(self, seen: Seen) -> None:
        """Remember the cart as it was told last: the snippet says it again only when it has changed."""
        self._cart = seen.last("cart") or self._cart

    def _leaf(self, what: str, seen: Seen, about: Iterable[Finding]) -> Leaf:
        host = self._order.engine or _origin(seen.tag or "")
        return Leaf(what, seen.url, [*findings.of_any(seen, host), *(() if seen.problem else about)])


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _not_found(kind: str, home: str) -> Leaf:
    sentence = f"no page was found that is known as a {kind} page, among those that the shop links to"
    advice = f"name one, --{kind} URL; if it is not known for what it is, its own report says what to add"
    return Leaf(f"{kind} page", home, [Finding(MISSING, sentence, advice)])
