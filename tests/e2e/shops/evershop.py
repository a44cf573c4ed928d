"""
A shop as EverShop 2.2.1 makes it, written down from the pages of one that runs (``make real-shop``).

Each page holds ``eContext``: its route, the answers to its queries, and which component asked which. Adding goes to
``/api/cart/mine/items``, and the page asks ``/api/graphql`` afterwards: https://github.com/evershopcommerce/evershop.
"""

import json
from typing import Any

from tests.e2e.shops.front import CUP, GOODS, MUG, Answer, Ask, Front, as_json

ROUTES = {
    "/": ("homepage", "/"),
    "/ceramics": ("categoryView", "/category/:uuid"),
    "/search": ("catalogSearch", "/search"),
    "/cart": ("cart", "/cart"),
    "/checkout": ("checkout", "/checkout"),
    "/checkout/success/dbe7a34e": ("checkoutSuccess", "/checkout/success/:orderId?"),
}
THEME = """
for (const button of document.querySelectorAll('button[data-sku]')) button.onclick = async () => {
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ sku: button.dataset.sku, qty: 1 });
  await fetch('/api/cart/mine/items', { method: 'POST', headers, body });
};
for (const button of document.querySelectorAll('button[data-remove]')) button.onclick = () =>
  fetch(`/api/cart/38bbb51f/items/${button.dataset.remove}`, { method: 'DELETE' });
"""


def euros(value: float) -> dict[str, Any]:
    """Write a price as the shop does."""
    return {"value": value, "text": f"€{value:.2f}"}


class EverShop(Front):
    """A page's context says it all, and is not made anew when the cart changes."""

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        if ask.path == "/api/cart/mine/items":
            (key,) = [good.id for good in GOODS.values() if good.sku == ask.fields["sku"]]
            self.put(key, ask.fields["qty"])
            return as_json({"data": {"count": self.quantity}})
        if ask.path.startswith("/api/cart/38bbb51f/items/"):
            del self.cart[ask.path.rpartition("/")[2]]
            return as_json({"data": {}})
        if ask.path == "/api/graphql":
            return as_json({"data": {"myCart": self._cart()}})
        if ask.path.startswith("/ceramics/"):
            good = MUG if "mug" in ask.path else CUP
            button = f'<button type="button" data-sku="{good.sku}">Add to cart</button>'
            product = {
                "uuid": "1cc21236", "name": good.name, "sku": good.sku, "inventory": {"isInStock": True},
                "price": {"regular": euros(good.price + 2), "special": euros(good.price)}, "image": {"url": "/mug.jpg"},
            }  # fmt: skip
            return self._page(
                "productView", "/product/:uuid", f'<form id="productForm">{button}</form>', product=[product]
            )
        route, path = ROUTES.get(ask.path, ("cmsPageView", "/page/:uuid"))
        if route == "checkoutSuccess":
            return self._page(route, path, "", order=self._order())
        asked: dict[str, list[Any]] = {"category": [{"name": "Ceramics"}]} if route == "categoryView" else {}
        return self._page(route, path, '<button data-remove="102">Remove</button>', **asked)

    def _line(self, key: str, quantity: int) -> dict[str, Any]:
        good = GOODS[key]
        price = {
            name: euros(good.price)
            for name in ("productPrice", "productPriceInclTax", "finalPrice", "finalPriceInclTax")
        }
        options = [{"attributeCode": "color", "attributeName": "Color", "optionText": "White"}]
        return {
            "uuid": key,
            "productSku": good.sku,
            "productName": good.name,
            "qty": quantity,
            **price,
            "variantOptions": options,
        }

    def _cart(self) -> dict[str, Any] | None:
        if not self.cart:
            return None
        worth = {
            name: euros(self.value) for name in ("subTotalWithDiscount", "subTotalWithDiscountInclTax", "grandTotal")
        }
        return {"uuid": "38bbb51f", "currency": "EUR", "totalQty": self.quantity, **worth, "items": self._lines()}

    def _lines(self) -> list[dict[str, Any]]:
        return [self._line(key, quantity) for key, quantity in self.cart.items()]

    def _order(self) -> list[Any]:
        """Two components of the page ask for parts of the order; its prices are texts."""
        text = {"text": f"€{self.value:.2f}"}
        prices = ("productPrice", "productPriceInclTax")
        lines = [
            {**{name: line[name] for name in ("productSku", "productName", "qty", "variantOptions")},
             **{name: {"text": line[name]["text"]} for name in prices}}
            for line in self._lines()
        ]  # fmt: skip
        self.order("10001")
        worth = {"subTotal": text, "subTotalInclTax": text, "discountAmount": {"text": "€0.00"}}
        return [
            {"orderNumber": "10001", "customerEmail": "ann@shopper.example"},
            {"orderNumber": "10001", **worth, "grandTotal": {"text": "€99.00"}, "items": lines},
        ]

    def _page(self, route: str, path: str, body: str, **asked: list[Any]) -> Answer:
        asked = {"myCart": [self._cart()], "customer": [None], **asked}
        answers, asks = dict[str, Any](), list[dict[str, str]]()
        for origin, parts in asked.items():
            for part in parts:
                asks.append({"origin": origin, "alias": f"e3b2ozlc1{len(asks)}"})
                answers[asks[-1]["alias"]] = part
        meta = {"route": {"id": route, "isAdmin": False, "path": path, "params": {}}}
        context = {
            "graphqlResponse": answers, "propsMap": {"e0b8a7fbe": asks[:1], "e5f0a74d0": asks[1:], "e383c895b": []},
            "config": {"tax": {"priceIncludingTax": True}, "pageMeta": meta}, "widgets": [],
        }  # fmt: skip
        head = f"<script>var eContext = {json.dumps(context)}</script>"
        return self.page(
            f'<div id="app">{body}</div><script>{THEME}</script>', head=head, classes=f"frontStore {route}"
        )
