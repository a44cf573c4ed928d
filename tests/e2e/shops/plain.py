"""
Shops of no platform: one of a Japanese workshop with microdata and forms, and one whose pages only a tag manager knows.

Microdata: https://schema.org/Product. The data layer: https://developers.google.com/analytics/devguides/collection/ga4/ecommerce
"""

import json
from typing import Any, ClassVar

from tests.e2e.shops.front import CUP, GOODS, MUG, Answer, Ask, Front, Good, see


class Workshop(Front):
    """Server-rendered, in Japanese, with nothing but its forms and its microdata."""

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        if ask.path == "/カート/追加":
            self.put(ask.fields["product_id"], int(ask.fields["quantity"]))
            return see("/%E3%82%AB%E3%83%BC%E3%83%88")
        if ask.path.startswith("/items/"):
            return self.page(self._marked(GOODS[ask.path.split("/")[2]]))
        if ask.path == "/一覧":
            return self.page("<h1>器</h1>" + "".join(map(self._marked, (MUG, CUP, MUG))))
        return self.page("<h1>工房</h1>")

    @staticmethod
    def _marked(good: Good) -> str:
        price = f'<span itemprop="price">{good.price:,.2f} €</span><meta itemprop="priceCurrency" content="EUR">'
        offer = f'<div itemprop="offers" itemscope itemtype="http://schema.org/Offer">{price}</div>'
        return f"""<div itemscope itemtype="http://schema.org/Product"><h2 itemprop="name">{good.name}</h2>
          <meta itemprop="sku" content="{good.id}">{offer}
          <form action="/カート/追加" method="post" name="add_to_cart">
          <input type="hidden" name="product_id" value="{good.id}">
          <select name="quantity"><option>1<option selected>2</select><button>カートに入れる</button></form></div>"""


class Tagged(Front):
    """A single page of which only ``dataLayer`` knows anything; each path has entries of its own."""

    scripts: ClassVar[dict[str, str]] = {}

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        before = f"<script>{self.scripts.get(ask.path, '')}</script>"
        return self.page('<button id="go">Go</button>', head=before)

    @staticmethod
    def entry(name: str, good: Good, quantity: int = 1) -> dict[str, Any]:
        """Return an entry of Google Tag Manager's."""
        item = {"item_id": good.sku, "item_name": good.name, "price": good.price, "quantity": quantity}
        worth = round(good.price * quantity, 2)
        return {"event": name, "ecommerce": {"currency": "EUR", "value": worth, "items": [item]}}

    @classmethod
    def push(cls, name: str, good: Good, quantity: int = 1) -> str:
        """Return the script that pushes it."""
        return f"dataLayer.push({json.dumps(cls.entry(name, good, quantity))});"
