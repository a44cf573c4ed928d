"""What every page of the shop shares: the shopper's cart and language, the page's frame, and forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from jinja2 import Environment

from engine.demo.assets import Assets
from engine.demo.cart import FREE_SHIPPING_FROM, Cart, read_cart
from engine.demo.catalog import Catalog
from engine.demo.language import LANGUAGES, Language, Texts, Wording, money
from engine.demo.pages import address_in, content_policy, html_response, keep_language, language_of, set_cookie
from engine.demo.structured import Describe, Thing, as_script_text

SHOP: Final = "/shop"
CART_COOKIE: Final = "huan_cart"
ORDER_COOKIE: Final = "huan_order"
FORM_LIMIT: Final = 16_384


@dataclass(frozen=True, slots=True)
class Storefront:
    """The parts a page of the shop is made of; the snippet's tag is the only thing in it that is not the shop's."""

    catalog: Catalog
    wordings: Mapping[str, Wording]
    environment: Environment
    assets: Assets
    snippet_src: str
    site_key: str

    def cart(self, request: Request) -> Cart:
        return read_cart(request.cookies.get(CART_COOKIE), self.catalog)

    def describe(self, request: Request) -> Describe:
        """Return how the shop's things are described in this request's language."""
        host = str(request.base_url).rstrip("/")
        pictures = {product.sku: host + self.assets.url(product.picture) for product in self.catalog.products}
        return Describe(f"{host}{SHOP}/", language_of(request), pictures)

    def page(self, request: Request, template: str, *things: Thing, status: int = 200, **values: Any) -> Response:
        """
        Return a page of the shop; ``things`` are described in it, and so is the cart.

        Who has never had a cart is shown a page without one; a cart that was emptied is described as empty.
        """
        language = language_of(request)
        cart = self.cart(request)
        has_had_cart = CART_COOKIE in request.cookies
        described = [*things, self.describe(request).cart(cart)] if has_had_cart else things
        shared = self.frame(request, language) | {
            "cart": cart,
            "things": [as_script_text(thing) for thing in described],
        }
        policy = content_policy(self.snippet_src)
        response = html_response(self.environment, template, shared | values, policy=policy, status=status)
        keep_language(request, response)
        return response

    def frame(self, request: Request, language: Language) -> dict[str, Any]:
        """Return what the templates' common part needs."""
        other = next(known for known in LANGUAGES if known != language)
        t = Texts(self.wordings, language)
        return {
            "t": t,
            "language": language,
            "other_language": {"tag": other, "url": address_in(request, other)},
            "shop": SHOP,
            "asset": self.assets.url,
            "categories": self.catalog.categories,
            "free_shipping_note": t("free_shipping_note", amount=money(FREE_SHIPPING_FROM)),
            "snippet_src": self.snippet_src,
            "site_key": self.site_key,
            "query": "",
        }

    def not_found(self, request: Request) -> Response:
        return self.page(request, "shop/not-found.html", status=404, suggestions=self.catalog.featured()[:4])


def go_to(path: str) -> RedirectResponse:
    """Send the browser to another page of the shop after a form, so that a reload repeats nothing."""
    return RedirectResponse(f"{SHOP}{path}", status_code=303)


def keep_cart(request: Request, response: Response, cart: Cart) -> None:
    set_cookie(request, response, CART_COOKIE, cart.to_cookie(), path=SHOP)


async def read_form(request: Request) -> dict[str, str]:
    """
    Return the fields of a posted form.

    A form that another site made the browser send, or one of more than 16 KiB, is refused.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise HTTPException(403, "the form was not sent from this shop's own pages")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            raise HTTPException(413, f"the form exceeds the limit of {FORM_LIMIT} bytes")
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=30))
    except ValueError as error:
        raise HTTPException(400, "the form has more than 30 fields") from error


def whole_number(text: str, otherwise: int) -> int:
    """Return the number a form field holds; what is no number, or an absurd one, counts as ``otherwise``."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else otherwise
