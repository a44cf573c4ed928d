"""
A shop as Shopify's storefronts are made.

Globals and the endpoints of the cart: https://shopify.dev/docs/api/ajax/reference/cart. What stands in
``ShopifyAnalytics.meta`` is as storefronts write it into ``content_for_header``; the form is that of the theme Dawn.
"""

import json
from typing import Any

from tests.e2e.shops.front import CUP, GOODS, MUG, Answer, Ask, Front, Good, as_json, see

THEME = """
document.querySelector('form[action="/cart/add"][data-ajax]')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  await fetch('/cart/add.js', { method: 'POST', body: new URLSearchParams(new FormData(event.target)) });
  document.body.dataset.drawer = 'open';
});
document.querySelector('#less')?.addEventListener('click', () => {
  const body = JSON.stringify({ id: '101', quantity: 1 });
  fetch('/cart/change.js', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
});
"""


class Shopify(Front):
    """Minor units, a cart that is asked for, and a drawer that says nothing."""

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        if ask.path.startswith("/cart/"):
            return self._change(ask)
        if ask.path == "/cart.js":
            return as_json(self._cart())
        kind = {"/": "home", "/collections/all": "collection", "/cart": "cart", "/search": "searchresults"}
        if ask.path.startswith("/products/"):
            return self._product(MUG if "mug" in ask.path else CUP)
        return self._page(kind.get(ask.path, "page"), {}, '<button id="less">less</button>')

    def _change(self, ask: Ask) -> Answer:
        key, quantity = str(ask.fields["id"])[:3], int(ask.fields.get("quantity", 1))
        if ask.path == "/cart/change.js":
            self.cart[key] = quantity
        else:
            self.put(key, quantity)
        return see("/cart") if ask.path == "/cart/add" else as_json(self._cart())

    def _cart(self) -> dict[str, Any]:
        lines = [self._line(GOODS[key], quantity) for key, quantity in self.cart.items()]
        return {
            "token": "c1-7f", "note": None, "attributes": {}, "item_count": self.quantity, "items": lines,
            "total_price": round(self.value * 100), "currency": "EUR", "requires_shipping": True,
        }  # fmt: skip

    @staticmethod
    def _line(good: Good, quantity: int) -> dict[str, Any]:
        cents = round(good.price * 100)
        return {
            "id": int(good.id + "1"), "key": f"{good.id}1:ab", "product_id": int(good.id),
            "variant_id": int(good.id + "1"),
            "title": f"{good.name} - Red", "product_title": good.name, "variant_title": "Red", "sku": good.sku,
            "vendor": "Kiln", "product_type": "Ceramics", "quantity": quantity, "price": cents, "final_price": cents,
            "line_price": cents * quantity, "final_line_price": cents * quantity, "url": f"/products/{good.id}",
        }  # fmt: skip

    def _product(self, good: Good) -> Answer:
        variant = {"id": int(good.id + "1"), "price": round(good.price * 100), "name": f"{good.name} - Red"}
        variant |= {"public_title": "Red", "sku": good.sku}
        meta = {"id": int(good.id), "gid": f"gid://shopify/Product/{good.id}", "vendor": "Kiln", "type": "Ceramics"}
        ajax = "data-ajax" if good is MUG else ""
        form = f"""<form method="post" action="/cart/add" id="product-form" {ajax}>
          <input type="hidden" name="form_type" value="product"><input type="hidden" name="utf8" value="✓">
          <input type="hidden" name="id" value="{good.id}1"><input type="number" name="quantity" value="1">
          <button type="submit" name="add">Add to cart</button></form>"""
        return self._page("product", {"product": {**meta, "variants": [variant]}}, form)

    def _page(self, kind: str, meta: dict[str, Any], body: str) -> Answer:
        said = json.dumps({**meta, "page": {"pageType": kind}})
        head = f"""<script>
          var Shopify = Shopify || {{}}; Shopify.shop = "kiln.myshopify.com";
          Shopify.currency = {{"active": "EUR", "rate": "1.0"}}; Shopify.routes = {{root: "/"}};
          window.ShopifyAnalytics = window.ShopifyAnalytics || {{}};
          window.ShopifyAnalytics.meta = window.ShopifyAnalytics.meta || {{}};
          window.ShopifyAnalytics.meta.currency = 'EUR';
          var meta = {said};
          for (var attr in meta) window.ShopifyAnalytics.meta[attr] = meta[attr];
        </script>"""
        return self.page(f"{body}<script>{THEME}</script>", head=head, classes="gradient")
