"""
A shop as WooCommerce's classic templates and its blocks are made.

Events and markup: https://developer.woocommerce.com/docs/cart-and-checkout-dom-events and the button's script,
plugins/woocommerce/client/legacy/js/frontend/add-to-cart.js. The cart is that of the Store API,
https://developer.woocommerce.com/docs/apis/store-api/resources-endpoints/cart. jQuery is the real one.
"""

from pathlib import Path
from typing import Any

from tests.e2e.shops.front import CUP, GOODS, MUG, Answer, Ask, Front, Good, as_json, see

JQUERY = Path(__file__).parents[3] / "js-snippet" / "node_modules" / "jquery" / "dist" / "jquery.min.js"
CLASSES = {
    "/": "home page-template-default woocommerce-no-js",
    "/shop/": "archive post-type-archive post-type-archive-product woocommerce-shop woocommerce woocommerce-page",
    "/cart/": "page-template-default page woocommerce-cart woocommerce-page",
    "/checkout/": "page-template-default page woocommerce-checkout woocommerce-page",
}
THEME = """
jQuery(function ($) {
  $(document.body).on('click', '.ajax_add_to_cart', function (event) {
    event.preventDefault();
    var $button = $(this);
    $(document.body).trigger('adding_to_cart', [$button, $button.data()]);
    $.post('/?wc-ajax=add_to_cart', { product_id: $button.attr('data-product_id'), quantity: 1 }, function (response) {
      $(document.body).trigger('added_to_cart', [response.fragments, response.cart_hash, $button]);
    }, 'json');
  });
});
document.querySelector('#block-add')?.addEventListener('click', async () => {
  await fetch('/wp-json/wc/store/v1/cart/add-item', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ id: 102, quantity: 2 }) });
  document.body.dispatchEvent(new CustomEvent('wc-blocks_added_to_cart', { bubbles: true, detail: {} }));
});
"""


class WooCommerce(Front):
    """Minor units as texts, totals without the tax, a hash in a cookie, jQuery's events and those of blocks."""

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        if ask.path == "/jquery.js":
            return Answer(JQUERY.read_text("utf-8"), "text/javascript")
        if ask.path.startswith("/wp-json/wc/store/v1/cart"):
            return self._store(ask)
        if ask.query.get("wc-ajax") == "add_to_cart":
            self.put(ask.fields["product_id"], 1)
            return self._hashed(as_json({"fragments": {}, "cart_hash": self._hash}))
        if ask.path.startswith("/product/"):
            return self._product(MUG if "mug" in ask.path else CUP, ask)
        if ask.path.startswith("/checkout/order-received/"):
            return self._thanks(ask.path.split("/")[3])
        return self._page(CLASSES.get(ask.path, "page"), self._list() if ask.path == "/shop/" else "")

    @property
    def _hash(self) -> str:
        return "-".join(f"{key}x{quantity}" for key, quantity in self.cart.items())

    def _hashed(self, answer: Answer) -> Answer:
        age = "" if self.cart else "; Max-Age=0"
        cookie = f"woocommerce_cart_hash={self._hash}; Path=/{age}"
        return Answer(answer.text, answer.kind, answer.status, {**answer.headers, "Set-Cookie": cookie})

    def _store(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            self.put(str(ask.fields["id"]), ask.fields["quantity"])
        money = {"currency_code": "EUR", "currency_minor_unit": 2, "currency_symbol": "€"}
        lines = [
            {
                "key": key * 8, "id": int(key), "quantity": quantity, "sku": GOODS[key].sku,
                "name": GOODS[key].name.replace(" ", "&#x20;"),
                "permalink": f"/product/{key}/", "images": [], "variation": [],
                "prices": {"price": self._cents(GOODS[key].price), **money},
            }
            for key, quantity in self.cart.items()
        ]  # fmt: skip
        tax = round(self.value - self.value / 1.22, 2)
        totals = {
            "total_items": self._cents(self.value - tax), "total_items_tax": self._cents(tax), "total_discount": "0",
            "total_discount_tax": "0", "total_price": self._cents(self.value),
        }  # fmt: skip
        cart = {"items": lines, "coupons": [], "items_count": self.quantity, "totals": {**totals, **money}}
        return self._hashed(as_json(cart))

    @staticmethod
    def _cents(amount: float) -> str:
        return str(round(amount * 100))

    def _list(self) -> str:
        return "".join(
            f'<li class="product"><a href="?add-to-cart={good.id}" data-quantity="1" data-product_id="{good.id}" '
            f'data-product_sku="{good.sku}" class="button product_type_simple add_to_cart_button ajax_add_to_cart">'
            f"Add {good.name}</a></li>"
            for good in (MUG, CUP)
        )

    def _product(self, good: Good, ask: Ask) -> Answer:
        if ask.method == "POST":
            self.put(ask.fields["add-to-cart"], int(ask.fields["quantity"]))
            return self._hashed(see(f"/product/{good.id}-mug/" if good is MUG else f"/product/{good.id}/"))
        form = f"""<form class="cart" action="/product/{good.id}-{"mug" if good is MUG else "cup"}/" method="post">
          <input type="number" name="quantity" value="1">
          <button type="submit" name="add-to-cart" value="{good.id}" class="single_add_to_cart_button">Add</button>
        </form><button id="block-add">Add by block</button>"""
        return self._page(f"single single-product postid-{good.id} woocommerce", form, _stated(good))

    def _thanks(self, number: str) -> Answer:
        total = f'<span class="woocommerce-Price-amount amount"><bdi>€{self.value:.2f}</bdi></span>'
        body = f"""<ul class="woocommerce-order-overview"><li class="woocommerce-order-overview__order order">
          Order number: <strong>{number}</strong></li>
          <li class="woocommerce-order-overview__total total">Total: <strong>{total}</strong></li></ul>"""
        self.order(number)
        return self._page("woocommerce-checkout woocommerce-order-received woocommerce-page", body)

    def _page(self, classes: str, body: str, head: str = "") -> Answer:
        head += '<link rel="https://api.w.org/" href="/wp-json/"><script src="/jquery.js"></script>'
        return self._hashed(self.page(f"{body}<script>{THEME}</script>", head=head, classes=classes))


def _stated(good: Good) -> str:
    """The product as WooCommerce states it: its price is in a specification, after the one that was."""
    price: dict[str, Any] = {"@type": "UnitPriceSpecification", "price": f"{good.price:.2f}", "priceCurrency": "EUR"}
    was = {**price, "price": "99.00", "priceType": "https://schema.org/ListPrice"}
    offer = {"@type": "Offer", "priceSpecification": [was, price], "availability": "http://schema.org/InStock"}
    product = {"@type": "Product", "@id": f"/product/{good.id}/#product", "name": good.name, "sku": good.sku}
    graph = {"@context": "https://schema.org/", "@graph": [{**product, "offers": [offer]}]}
    return f'<script type="application/ld+json">{as_json(graph).text}</script>'
