"""
What the pages say to machines: schema.org in JSON-LD.

schema.org has no type for a cart; an ``Order`` whose payment is due is one, and says the same things.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from engine.demo.cart import Cart, Line, Order
from engine.demo.catalog import Category, Product
from engine.demo.language import Language

CONTEXT: Final = "https://schema.org"
CURRENCY: Final = "TWD"
UNSAFE_IN_SCRIPT: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)

Thing = Mapping[str, Any]


def as_script_text(thing: Thing) -> Markup:
    """Return JSON that may stand inside a script element: nothing in it can end the element or open another."""
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(UNSAFE_IN_SCRIPT))  # noqa: S704 - escaped on this very line


@dataclass(frozen=True, slots=True)
class Describe:
    """
    The shop's things as schema.org objects, in one language.

    ``root`` is the address of the shop's home page with a slash at its end, ``picture`` gives a product's
    picture's address.
    """

    root: str
    language: Language
    pictures: Mapping[str, str]

    def site(self, name: str) -> Thing:
        search = {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{self.root}search?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        }
        return {
            "@context": CONTEXT,
            "@type": "WebSite",
            "name": name,
            "url": self.root,
            "inLanguage": self.language,
            "potentialAction": search,
        }

    def product(self, product: Product) -> Thing:
        """A product with its offer, for its own page."""
        return {"@context": CONTEXT, **self._product(product)}

    def _product(self, product: Product) -> dict[str, Any]:
        return {
            "@type": "Product",
            "sku": product.sku,
            "name": product.name[self.language],
            "description": product.line[self.language],
            "category": product.category.name[self.language],
            "image": self.pictures[product.sku],
            "url": f"{self.root}p/{product.sku}",
            "offers": self._offer(product),
        }

    def _offer(self, product: Product) -> Thing:
        return {
            "@type": "Offer",
            "price": product.price,
            "priceCurrency": CURRENCY,
            "availability": f"{CONTEXT}/{'InStock' if product.stock else 'OutOfStock'}",
            "inventoryLevel": {"@type": "QuantitativeValue", "value": product.stock},
            "url": f"{self.root}p/{product.sku}",
        }

    def category(self, category: Category, products: Sequence[Product], trail: Thing) -> Thing:
        items = [
            {"@type": "ListItem", "position": position, "item": self._product(product)}
            for position, product in enumerate(products, 1)
        ]
        return {
            "@context": CONTEXT,
            "@type": "CollectionPage",
            "identifier": category.id,
            "name": category.name[self.language],
            "description": category.intro[self.language],
            "url": f"{self.root}c/{category.id}",
            "breadcrumb": {key: value for key, value in trail.items() if key != "@context"},
            "mainEntity": {"@type": "ItemList", "numberOfItems": len(items), "itemListElement": items},
        }

    def trail(self, steps: Iterable[tuple[str, str]]) -> Thing:
        """The way from the home page to here; each step is a name and an address below the shop's root."""
        items = [
            {"@type": "ListItem", "position": position, "name": name, "item": f"{self.root}{path}"}
            for position, (name, path) in enumerate(steps, 1)
        ]
        return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}

    def cart(self, cart: Cart) -> Thing:
        return self._order(cart, "OrderPaymentDue", {})

    def order(self, order: Order) -> Thing:
        return self._order(order.cart, "OrderProcessing", {"orderNumber": order.number})

    def _order(self, cart: Cart, status: str, more: Thing) -> Thing:
        discount: Thing = {}
        if cart.discount:
            discount = {"discount": cart.discount, "discountCode": cart.code, "discountCurrency": CURRENCY}
        return {
            "@context": CONTEXT,
            "@type": "Order",
            **more,
            "orderStatus": f"{CONTEXT}/{status}",
            **discount,
            "orderedItem": [self._line(line) for line in cart.lines],
        }

    def _line(self, line: Line) -> Thing:
        product = line.product
        ordered = {
            "@type": "Product",
            "sku": product.sku,
            "name": product.name[self.language],
            "category": product.category.name[self.language],
            "offers": {"@type": "Offer", "price": product.price, "priceCurrency": CURRENCY},
        }
        return {"@type": "OrderItem", "orderQuantity": line.quantity, "orderedItem": ordered}
