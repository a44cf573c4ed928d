"""The pages on which one buys: cart, checkout, thanks. Forms post, the answer is a redirect."""

import re
from collections.abc import Mapping
from typing import Final

from fastapi import Request, Response

from engine.demo.cart import Cart, place_order, read_order
from engine.demo.pages import set_cookie
from engine.demo.storefront import (
    ORDER_COOKIE,
    SHOP,
    Storefront,
    go_to,
    keep_cart,
    read_form,
    whole_number,
)

AN_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,60}")


class Till:
    """What happens to the cart."""

    def __init__(self, front: Storefront) -> None:
        self.front = front

    def cart(self, request: Request) -> Response:
        suggestions = [product for product in self.front.catalog.featured() if product.stock][:4]
        refused = "code" in request.query_params
        return self.front.page(request, "shop/cart.html", suggestions=suggestions, code_refused=refused)

    async def add(self, request: Request) -> Response:
        """Put a product into the cart and go back to its page."""
        form = await read_form(request)
        product = self.front.catalog.product(form.get("sku", ""))
        if product is None:
            return go_to("/cart")
        cart = self.front.cart(request)
        wanted = cart.quantity_of(product) + max(whole_number(form.get("quantity", ""), 1), 1)
        response = go_to(f"/p/{product.sku}?added" if product.stock else f"/p/{product.sku}")
        keep_cart(request, response, cart.with_quantity(product, wanted))
        return response

    async def change(self, request: Request) -> Response:
        """Set how many of a product are in the cart; 0 takes it out, what is no number changes nothing."""
        form = await read_form(request)
        product = self.front.catalog.product(form.get("sku", ""))
        cart = self.front.cart(request)
        if product is not None and cart.quantity_of(product):
            cart = cart.with_quantity(product, whole_number(form.get("quantity", ""), cart.quantity_of(product)))
        response = go_to("/cart")
        keep_cart(request, response, cart)
        return response

    async def enter_code(self, request: Request) -> Response:
        """Use a discount code; an empty one takes the code away."""
        form = await read_form(request)
        written = form.get("code", "").strip()
        cart = self.front.cart(request).with_code(written)
        response = go_to("/cart?code=unknown" if written and not cart.code else "/cart")
        keep_cart(request, response, cart)
        return response

    def checkout(self, request: Request) -> Response:
        if not self.front.cart(request).lines:
            return go_to("/cart")
        return self.front.page(request, "shop/checkout.html", form={}, errors=[])

    async def buy(self, request: Request) -> Response:
        """Place the order, or show again what is missing; what was filled in is not kept anywhere."""
        form = await read_form(request)
        cart = self.front.cart(request)
        if not cart.lines:
            return go_to("/cart")
        errors = wrong_fields(form)
        if errors:
            return self.front.page(request, "shop/checkout.html", status=422, form=form, errors=errors)
        response = go_to("/thanks")
        set_cookie(request, response, ORDER_COOKIE, place_order(cart).to_cookie(), path=SHOP)
        keep_cart(request, response, Cart())
        return response

    def thanks(self, request: Request) -> Response:
        order = read_order(request.cookies.get(ORDER_COOKIE), self.front.catalog)
        if order is None:
            return go_to("/cart")
        thing = self.front.describe(request).order(order)
        return self.front.page(request, "shop/thanks.html", thing, order=order)


def wrong_fields(form: Mapping[str, str]) -> list[str]:
    """Return the names of the fields that must be filled in and are not, or not so."""
    right = {
        "name": 0 < len(form.get("name", "").strip()) <= 80,
        "email": AN_EMAIL.fullmatch(form.get("email", "").strip()) is not None,
        "address": 0 < len(form.get("address", "").strip()) <= 200,
    }
    return [field for field, is_right in right.items() if not is_right]
