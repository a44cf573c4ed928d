"""
The cart, its sums, and how it travels in a cookie.

The cookie holds only names and quantities: prices come from the catalogue each time it is read, and whatever
the catalogue does not know or cannot supply is dropped. An altered cookie is therefore just another cart.
"""

import re
import secrets
from dataclasses import dataclass, replace
from typing import Final

from engine.demo.catalog import Catalog, Product

FREE_SHIPPING_FROM: Final = 1500
SHIPPING: Final = 80
DISCOUNTS: Final = {
    "WELCOME100": 100, "ADD50": 50, "HALFHOUR80": 80, "HELLOIG80": 80, "THIRD120": 120, "BACK150": 150,
    "FRIEND100": 100, "REGULAR100": 100, "LUCKY50": 50, "LUCKY80": 80, "LUCKY150": 150,
}  # fmt: skip
"""The codes of the playbook, and what each takes off."""

COOKIE_LIMIT: Final = 2048
ORDER_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
ORDER_NUMBER: Final = re.compile(r"HH-[2-9A-HJ-NP-Z]{8}")
LINE: Final = re.compile(r"([a-z0-9-]{1,40})\.([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one product."""

    product: Product
    quantity: int

    @property
    def total(self) -> int:
        return self.product.price * self.quantity


@dataclass(frozen=True, slots=True)
class Cart:
    """What the shopper is about to buy; ``code`` is a discount code the shop knows, or empty."""

    lines: tuple[Line, ...] = ()
    code: str = ""

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def subtotal(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def discount(self) -> int:
        return min(DISCOUNTS.get(self.code, 0), self.subtotal)

    @property
    def missing_for_free_shipping(self) -> int:
        return max(FREE_SHIPPING_FROM - self.subtotal, 0)

    @property
    def shipping(self) -> int:
        return SHIPPING if self.lines and self.missing_for_free_shipping else 0

    @property
    def total(self) -> int:
        return self.subtotal - self.discount + self.shipping

    def quantity_of(self, product: Product) -> int:
        return next((line.quantity for line in self.lines if line.product is product), 0)

    def with_quantity(self, product: Product, quantity: int) -> "Cart":
        """Return the cart with so many of ``product``, at most what may be ordered; 0 or less takes it out."""
        wanted = min(quantity, product.most)
        if wanted <= 0:
            return replace(self, lines=tuple(line for line in self.lines if line.product is not product))
        if self.quantity_of(product):
            changed = (Line(product, wanted) if line.product is product else line for line in self.lines)
            return replace(self, lines=tuple(changed))
        return replace(self, lines=(*self.lines, Line(product, wanted)))

    def with_code(self, code: str) -> "Cart":
        """Return the cart with a discount code, written in any case; one the shop does not know is none."""
        known = code.strip().upper()
        return replace(self, code=known if known in DISCOUNTS else "")

    def to_cookie(self) -> str:
        """Return the cart in characters that a cookie may hold: ``ash-mug.2_letter-set.1!WELCOME100``."""
        lines = "_".join(f"{line.product.sku}.{line.quantity}" for line in self.lines)
        return f"{lines}!{self.code}"


def read_cart(cookie: str | None, catalog: Catalog) -> Cart:
    """Return the cart that a cookie holds, without whatever in it is not a cart."""
    if not cookie or len(cookie) > COOKIE_LIMIT:
        return Cart()
    lines, _, code = cookie.partition("!")
    cart = Cart().with_code(code)
    for written in lines.split("_"):
        match = LINE.fullmatch(written)
        product = catalog.product(match[1]) if match else None
        if match and product:
            cart = cart.with_quantity(product, int(match[2]))
    return cart


@dataclass(frozen=True, slots=True)
class Order:
    """A cart that was bought."""

    number: str
    cart: Cart

    def to_cookie(self) -> str:
        return f"{self.number}!{self.cart.to_cookie()}"


def place_order(cart: Cart) -> Order:
    """Return the order for ``cart``, with a number nobody has seen before."""
    number = "".join(secrets.choice(ORDER_ALPHABET) for _ in range(8))
    return Order(f"HH-{number}", cart)


def read_order(cookie: str | None, catalog: Catalog) -> Order | None:
    """Return the order that a cookie holds, or None where it holds none."""
    number, _, cart = (cookie or "").partition("!")
    bought = read_cart(cart, catalog)
    return Order(number, bought) if ORDER_NUMBER.fullmatch(number) and bought.lines else None
