"""
A shop as Magento 2's theme Luma makes it.

The cart in the browser's storage: Magento_Customer/js/customer-data and Magento\\Checkout\\CustomerData\\Cart; the
form: Magento_Catalog's catalog-add-to-cart.js; Open Graph: product/view/opengraph/general.phtml, all in
https://github.com/magento/magento2.
"""

from typing import Any

from tests.e2e.shops.front import CUP, GOODS, MUG, Answer, Ask, Front, Good, as_json, see

CLASSES = {
    "/": "cms-home cms-index-index page-layout-1column",
    "/ceramics.html": "page-products categorypath-ceramics category-ceramics catalog-category-view",
    "/checkout/cart/": "checkout-cart-index page-layout-1column",
    "/checkout/": "checkout-index-index page-layout-1column",
    "/checkout/onepage/success/": "checkout-onepage-success page-layout-1column",
    "/catalogsearch/result/": "catalogsearch-result-index page-layout-2columns-left",
}
CUSTOMER_DATA = """
async function load() {
  const said = await (await fetch('/customer/section/load/?sections=cart')).json();
  localStorage.setItem('mage-cache-storage', JSON.stringify(said));
  localStorage.setItem('mage-cache-storage-section-invalidation', '{}');
  document.querySelector('.minicart-wrapper .counter').replaceChildren(String(said.cart.summary_count));
}
if (!localStorage.getItem('mage-cache-storage') || document.cookie.includes('section_data_stale')) {
  document.cookie = 'section_data_stale=; Max-Age=0; path=/';
  load();
}
document.querySelector('#product_addtocart_form')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  localStorage.setItem('mage-cache-storage-section-invalidation', JSON.stringify({ cart: true }));
  await fetch(event.target.action, { method: 'POST', body: new URLSearchParams(new FormData(event.target)) });
  load();
});
"""


class Magento(Front):
    """A cart in the browser's storage, with the page's body saying what the page is."""

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        if ask.path.startswith("/checkout/cart/add/"):
            self.put(ask.fields["product"], int(ask.fields["qty"]))
            return as_json([])
        if ask.path == "/checkout/cart/delete/":
            self.cart.pop(ask.fields["id"])
            return see("/checkout/cart/", **{"Set-Cookie": "section_data_stale=1; path=/"})
        if ask.path == "/customer/section/load/":
            return as_json({"cart": self._section()})
        if ask.path in ("/ash-mug.html", "/oak-cup.html"):
            return self._product(MUG if "mug" in ask.path else CUP)
        if ask.path == "/checkout/onepage/success/":
            self.order("000000042")
            number = '<div class="checkout-success"><p>Your order number is: <span>000000042</span>.</p></div>'
            return self._page(CLASSES[ask.path], number)
        remove = '<form method="post" action="/checkout/cart/delete/"><input name="id" value="102">'
        body = f"{remove}<button>x</button></form>" if "cart" in ask.path else ""
        return self._page(CLASSES.get(ask.path, "cms-page-view"), body)

    def _section(self) -> dict[str, Any]:
        items = [
            {
                "product_type": "simple", "options": [], "qty": quantity, "item_id": key + "0", "product_id": key,
                "product_name": GOODS[key].name, "product_sku": GOODS[key].sku, "product_price": f"€{GOODS[key].price}",
                "product_price_value": GOODS[key].price, "product_url": f"/{key}.html",
            }
            for key, quantity in self.cart.items()
        ]  # fmt: skip
        subtotal = f'<span class="price">€{self.value}</span>'
        return {
            "summary_count": self.quantity, "subtotalAmount": f"{self.value:.4f}", "subtotal": subtotal,
            "items": items, "data_id": 1_700_000_000 + self.quantity,
        }  # fmt: skip

    def _product(self, good: Good) -> Answer:
        head = f"""<meta property="og:type" content="product"><meta property="og:title" content="{good.name}">
          <meta property="og:url" content="/ash-mug.html"><meta property="product:price:amount" content="{good.price}">
          <meta property="product:price:currency" content="EUR">"""
        body = f"""<div class="product-info-main"><h1 class="page-title">{good.name}</h1>
          <span data-price-amount="{good.price}" data-price-type="finalPrice" class="price-wrapper">€{good.price}</span>
          <div class="product attribute sku"><div class="value" itemprop="sku">{good.sku}</div></div>
          <form data-product-sku="{good.sku}" action="/checkout/cart/add/uenc/aHR0/product/{good.id}/" method="post"
            id="product_addtocart_form"><input type="hidden" name="product" value="{good.id}">
            <input type="hidden" name="form_key" value="k3y"><input type="number" name="qty" value="1">
            <button type="submit" id="product-addtocart-button" class="action primary tocart">Add to Cart</button>
          </form></div>"""
        return self._page("page-product-simple catalog-product-view product-ash-mug page-layout-1column", body, head)

    def _page(self, classes: str, body: str, head: str = "") -> Answer:
        head += '<script type="text/x-magento-init">{"*": {"Magento_Customer/js/customer-data": {}}}</script>'
        cart = '<div data-block="minicart" class="minicart-wrapper"><span class="counter qty">0</span></div>'
        return self.page(f"{cart}{body}<script>{CUSTOMER_DATA}</script>", head=head, classes=classes)
