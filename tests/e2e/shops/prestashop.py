"""
A shop as PrestaShop's theme Classic makes it.

The global and its events: themes/_core/js/cart.js, the product page: themes/classic/templates/catalog/product.tpl, the
order's: checkout/order-confirmation.tpl, in https://github.com/PrestaShop/PrestaShop;
https://devdocs.prestashop-project.org/9/themes/reference/javascript-events/.
"""

import json
from typing import Any

from tests.e2e.shops.front import CUP, GOODS, MUG, Answer, Ask, Front, Good, as_json

NAMES = {"/": "index", "/3-ceramics": "category", "/cart": "cart", "/order": "checkout", "/search": "search"}
CORE = """
const listeners = {};
prestashop.on = (name, act) => (listeners[name] ??= []).push(act);
prestashop.emit = (name, said) => (listeners[name] ?? []).forEach((act) => act(said));
document.body.addEventListener('click', async (event) => {
  if (!event.target.closest('[data-button-action="add-to-cart"]')) return;
  event.preventDefault();
  const form = event.target.closest('form');
  const body = new URLSearchParams(new FormData(form)) + '&add=1&action=update';
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const resp = await (await fetch(form.action, { method: 'POST', headers, body })).json();
  const reason = { idProduct: resp.id_product, idProductAttribute: 0, linkAction: 'add-to-cart', cart: resp.cart };
  prestashop.cart = resp.cart;
  prestashop.emit('updateCart', { reason, resp });
  prestashop.emit('updatedCart', { eventType: 'updateCart', resp: {} });
});
"""


class PrestaShop(Front):
    """A global that holds the page's name and the whole cart."""

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        if ask.method == "POST":
            self.put(ask.fields["id_product"], int(ask.fields["qty"]))
            return as_json({"success": True, "id_product": ask.fields["id_product"], "cart": self._cart()})
        if ask.path.startswith("/ceramics/"):
            return self._product(MUG if "mug" in ask.path else CUP)
        if ask.path == "/order-confirmation":
            self.order("XKBKNABJK")
            text = '<div id="order-details"><ul><li>Order reference: XKBKNABJK</li><li>Payment: Card</li></ul></div>'
            return self._page("order-confirmation", text)
        return self._page(NAMES.get(ask.path, "cms"), "")

    def _cart(self) -> dict[str, Any]:
        products = [
            {
                "id_product": key, "id_product_attribute": "0", "cart_quantity": str(quantity), "quantity": quantity,
                "name": GOODS[key].name, "price": f"€{GOODS[key].price:.2f}", "price_wt": GOODS[key].price,
                "price_amount": f"€{GOODS[key].price:.2f}", "reference": GOODS[key].sku, "category": "ceramics",
                "manufacturer_name": "Kiln", "attributes": {},
            }
            for key, quantity in self.cart.items()
        ]  # fmt: skip
        amounts = {"type": "products", "label": "Subtotal", "amount": self.value, "value": f"€{self.value:.2f}"}
        shipping = {"type": "shipping", "amount": 7, "value": "€7.00"}
        total = {"type": "total", "label": "Total", "amount": self.value + 7, "value": f"€{self.value + 7:.2f}"}
        subtotals = {"products": amounts, "discounts": None, "shipping": shipping}
        return {"products": products, "totals": {"total": total}, "subtotals": subtotals}

    def _product(self, good: Good) -> Answer:
        head = f"""<meta property="og:type" content="product"><meta property="og:title" content="{good.name}">
          <meta property="product:price:amount" content="{good.price}">
          <meta property="product:price:currency" content="EUR">"""
        body = f"""<section id="main"><h1 class="h1">{good.name}</h1>
          <form action="/cart" method="post" id="add-to-cart-or-refresh"><input type="hidden" name="token" value="t0k">
          <input type="hidden" name="id_product" value="{good.id}" id="product_page_product_id">
          <input type="hidden" name="id_customization" value="0"><input type="number" name="qty" value="1">
          <button class="btn btn-primary add-to-cart" data-button-action="add-to-cart" type="submit">Add</button>
          </form></section>"""
        return self._page("product", body, head)

    def _page(self, name: str, body: str, head: str = "") -> Answer:
        shop: dict[str, Any] = {"cart": self._cart(), "currency": {"name": "Euro", "iso_code": "EUR", "sign": "€"}}
        shop["page"] = {"title": "", "page_name": name, "body_classes": {"lang-en": True}}
        script = f"<script>var prestashop = {json.dumps(shop)};{CORE}</script>"
        return self.page(f"{body}{script}", head=head, classes=f"lang-en page-{name}")
