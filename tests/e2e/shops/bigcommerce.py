"""
A shop as BigCommerce's theme Cornerstone makes it.

The page's start and its product: templates/layout/base.html and components/products/product-view.html of
https://github.com/bigcommerce/cornerstone, schema.html for its JSON-LD; the requests of its buttons: src/api/cart.js
of https://github.com/bigcommerce/stencil-utils. Cart and order: carts.sf.yml and orders.sf.yml of
https://github.com/bigcommerce/api-specs; the checkout: auto-loader.ts of https://github.com/bigcommerce/checkout-js.
"""

import json
from typing import Any

from tests.e2e.shops.front import CUP, GOODS, MUG, Answer, Ask, Front, Good, as_json

TYPES = {"/": "default", "/ceramics/": "category", "/search.php": "search", "/cart.php": "cart"}
THEME = """
document.querySelector('form[data-cart-item-add]')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  await fetch('/remote/v1/cart/add', { method: 'POST', body: new URLSearchParams(new FormData(event.target)) });
});
document.querySelector('.cart-remove')?.addEventListener('click', () => {
  fetch('/remote/v1/cart/update', { method: 'POST', body: new URLSearchParams({ id: '102', quantity: 0 }) });
});
"""
CURRENCY = {"name": "Euro", "code": "EUR", "symbol": "€", "decimalPlaces": 2}


class BigCommerce(Front):
    """A cart that is asked for, a product beside its price, and a checkout that is an application of its own."""

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        if ask.path.startswith("/remote/v1/cart/"):
            if ask.path.endswith("/add"):
                self.put(ask.fields["product_id"], int(ask.fields["qty[]"]))
            else:
                self.cart.pop(ask.fields["id"])
            return as_json({"data": {"cart_id": "0f3b"}})
        if ask.path == "/api/storefront/carts":
            return as_json([self._cart()] if self.cart else [])
        if ask.path == "/api/storefront/orders/1042":
            order = {**self._cart(), "orderId": 1042, "coupons": [{"code": "TEA", "discountedAmount": 5}]}
            self.order("1042")
            return as_json({**order, "shippingCostTotal": 7, "orderAmount": 99})
        if ask.path in ("/ash-mug/", "/oak-cup/"):
            return self._product(MUG if "mug" in ask.path else CUP)
        if ask.path.startswith("/checkout"):
            config = {
                "containerId": "checkout-app",
                **({"orderId": 1042} if "confirm" in ask.path else {"checkoutId": "0f3b"}),
            }
            return self.page(
                f'<div id="checkout-app"></div><script>window.checkoutConfig = {json.dumps(config)}</script>'
            )
        remove = '<button class="cart-remove">Remove</button>' if ask.path == "/cart.php" else ""
        return self._page(TYPES.get(ask.path, "page"), remove)

    def _cart(self) -> dict[str, Any]:
        lines = [
            {
                "id": "a-" + key, "parentId": None, "variantId": int(key) + 900, "productId": int(key),
                "sku": GOODS[key].sku, "name": GOODS[key].name, "brand": "Kiln", "url": f"/{key}/",
                "quantity": quantity, "discounts": [], "discountAmount": 0, "couponAmount": 0,
                "listPrice": GOODS[key].price + 1, "salePrice": GOODS[key].price,
                "extendedSalePrice": GOODS[key].price * quantity, "options": [{"name": "Colour", "value": "Red"}],
            }
            for key, quantity in self.cart.items()
        ]  # fmt: skip
        items = {"physicalItems": lines, "digitalItems": [], "giftCertificates": [], "customItems": []}
        worth = {"baseAmount": self.value, "discountAmount": 0, "cartAmount": self.value}
        return {
            "id": "0f3b",
            "customerId": 0,
            "email": "",
            "currency": CURRENCY,
            "isTaxIncluded": True,
            **worth,
            "lineItems": items,
        }

    def _product(self, good: Good) -> Answer:
        price = {
            "with_tax": {"formatted": f"€{good.price}", "value": good.price, "currency": "EUR"},
            "tax_label": "VAT",
        }
        data = {"sku": good.sku, "upc": None, "price": price, "stock": 7, "instock": True, "purchasable": True}
        offer = {
            "@type": "Offer",
            "priceCurrency": "EUR",
            "price": str(good.price),
            "availability": "https://schema.org/InStock",
        }
        stated = {
            "@context": "https://schema.org/",
            "@type": "Product",
            "name": good.name,
            "sku": good.sku,
            "offers": offer,
        }
        body = f"""<div class="productView" data-event-type="product" data-entity-id="{good.id}">
          <h1 class="productView-title">{good.name}</h1>
          <form class="form" method="post" action="/cart.php" enctype="multipart/form-data" data-cart-item-add>
            <input type="hidden" name="action" value="add"><input type="hidden" name="product_id" value="{good.id}"/>
            <input type="tel" name="qty[]" value="1">
            <input id="form-action-addToCart" type="submit" value="Add to Cart">
          </form></div><script type="application/ld+json">{json.dumps(stated)}</script>"""
        return self._page("product", body, {"product_attributes": data})

    def _page(self, kind: str, body: str, data: dict[str, Any] | None = None) -> Answer:
        known = {"csrf_token": "5b7b17ad", **(data or {})}
        head = f"<script>var BCData = {json.dumps(known)};</script>"
        start = f"""window.stencilBootstrap = () => ({{load() {{}}}});
          window.stencilBootstrap("{kind}", "{{\\"themeSettings\\":{{}}}}").load();"""
        return self.page(f"{body}<script>{THEME}{start}</script>", head=head)
