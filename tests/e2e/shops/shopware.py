"""
A shop as Shopware 6's storefront makes it.

Templates: component/buy-widget/buy-widget-form.html.twig and the hidden line items that the storefront's own analytics
read (plugin/google-analytics/line-item.helper.js, events/purchase.event.js), in
https://github.com/shopware/shopware/tree/trunk/src/Storefront/Resources.
"""

from tests.e2e.shops.front import CUP, GOODS, MUG, Answer, Ask, Front, Good, see

ROUTES = {
    "/": ("frontend.home.page", "is-ctl-navigation is-act-home"),
    "/Ceramics/": ("frontend.navigation.page", "is-ctl-navigation is-act-index"),
    "/checkout/cart": ("frontend.checkout.cart.page", "is-ctl-checkout is-act-cartpage"),
    "/checkout/confirm": ("frontend.checkout.confirm.page", "is-ctl-checkout is-act-confirmpage"),
    "/checkout/finish": ("frontend.checkout.finish.page", "is-ctl-checkout is-act-finishpage"),
    "/search": ("frontend.search.page", "is-ctl-search is-act-search"),
}
PLUGINS = """
document.querySelector('form[data-add-to-cart]')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  await fetch(event.target.action, { method: 'POST', body: new URLSearchParams(new FormData(event.target)) });
  const drawer = document.createElement('div');
  drawer.className = 'offcanvas cart-offcanvas';
  const page = new DOMParser().parseFromString(await (await fetch('/checkout/offcanvas')).text(), 'text/html');
  drawer.append(...page.body.children);
  document.querySelector('.cart-offcanvas')?.remove();
  document.body.append(drawer);
});
"""


class Shopware(Front):
    """Routes that have names, and a cart that stands in hidden elements where it is shown."""

    old = False
    """Whether it is a release that has the route's name in no global."""

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        if ask.path == "/checkout/line-item/add":
            (key,) = [value for name, value in ask.fields.items() if name.endswith("[id]")]
            self.put(key, int(ask.fields[f"lineItems[{key}][quantity]"]))
            return see("/checkout/cart")
        if ask.path == "/checkout/offcanvas":
            return Answer(self._lines())
        if ask.path.startswith("/detail/"):
            return self._product(MUG if "mug" in ask.path else CUP)
        route, classes = ROUTES.get(ask.path, ("frontend.cms.page", "is-ctl-cms"))
        if ask.path == "/checkout/finish":
            lines = self._lines('data-tax="3.90" data-shipping="4.99"')
            self.order("10042")
            return self._page(route, classes, f'<p class="finish-ordernumber" data-order-number="10042"></p>{lines}')
        return self._page(route, classes, self._lines() if "checkout" in ask.path else "")

    def _lines(self, more: str = "") -> str:
        lines = "".join(
            f'<span class="hidden-line-item" data-id="{key}" data-sku="{GOODS[key].sku}" data-name="{GOODS[key].name}" '
            f'data-quantity="{quantity}" data-price="{GOODS[key].price}" data-brand="Kiln"></span>'
            for key, quantity in self.cart.items()
        )
        about = f'data-currency="EUR" data-value="{self.value}" {more}'
        return f'<div class="hidden-line-items-information" {about}>{lines}</div>'

    def _product(self, good: Good) -> Answer:
        head = f"""<meta property="og:type" content="product"><meta property="og:title" content="{good.name}">
          <meta property="product:price:amount" content="{good.price}">
          <meta property="product:price:currency" content="EUR"><meta property="product:brand" content="Kiln">"""
        line = f"lineItems[{good.id}]"
        body = f"""<h1 class="product-detail-name">{good.name}</h1>
          <span class="product-detail-ordernumber">{good.sku}</span>
          <form id="productDetailPageBuyProductForm" action="/checkout/line-item/add" method="post" class="buy-widget"
            data-add-to-cart="true"><input type="number" name="{line}[quantity]" value="1">
          <input type="hidden" name="redirectTo" value="frontend.detail.page">
          <input type="hidden" name="{line}[id]" value="{good.id}">
          <input type="hidden" name="{line}[type]" value="product">
          <input type="hidden" name="{line}[referencedId]" value="{good.id}">
          <button class="btn btn-primary btn-buy" type="submit">Add to cart</button></form>"""
        return self._page("frontend.detail.page", "is-ctl-product is-act-index", body, head)

    def _page(self, route: str, classes: str, body: str, head: str = "") -> Answer:
        head += "" if self.old else f"<script>window.activeRoute = '{route}';</script>"
        return self.page(f"{body}<script>{PLUGINS}</script>", head=head, classes=classes)


class OldShopware(Shopware):
    """A release of before 6.6.10."""

    old = True
