"""Which pages of a shop are looked at, and of which there is nothing to say."""

from __future__ import annotations

from typing import cast

from engine.doctor.examination import Examination, Order
from engine.doctor.seen import Seen
from engine.doctor.shopper import Shopper

HOME, PRODUCT, CART = "https://shop.example/", "https://shop.example/p/mug", "https://shop.example/cart"
GONE = "net::ERR_CONNECTION_REFUSED"


class AShopper:
    """Opens pages, of which some do not come."""

    def __init__(self, *gone: str) -> None:
        self.gone = gone

    def visit(self, url: str) -> Seen:
        return Seen(url, problem=GONE) if url in self.gone else Seen(url, status=200)

    def links(self) -> list[tuple[str, str]]:
        return []

    def put_into_cart(self, _press: object) -> str | None:
        return None


def said_of(*gone: str) -> dict[str, list[str]]:
    """Return what is said of each page of a shop."""
    order = Order(HOME, product=PRODUCT, cart=CART)
    leaves = Examination(cast(Shopper, AShopper(*gone)), order).carry_out()
    return {leaf.what: [each.sentence for each in leaf.findings] for leaf in leaves}


def test_shop_that_cannot_be_reached_is_told_once() -> None:
    assert said_of(HOME, PRODUCT, CART) == {"home page": [f"the page did not come: {GONE}"]}


def test_nothing_is_said_of_what_a_page_holds_that_did_not_come() -> None:
    said = said_of(PRODUCT, CART)
    assert said["product page"] == said["cart page"] == [f"the page did not come: {GONE}"]
    assert len(said["home page"]) > 0
