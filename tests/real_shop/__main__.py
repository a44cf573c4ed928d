"""
``python -m tests.real_shop``: a shopper browses, fills the cart and orders in a real shop, and the engine is asked.

What it heard is compared with what the shop's own database says, and printed side by side. Exit status 1 where they
differ.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from engine.edge.database import database_url
from engine.edge.sites import add_site
from tests.e2e.chromium import chromium
from tests.e2e.ledger import Ledger
from tests.e2e.visit import Visit, visitor_of, wait_for_popup, wait_until, wait_until_gone, wait_until_told
from tests.engine_process import EngineProcess
from tests.real_shop.checkout import order
from tests.real_shop.evershop import EverShop

TAG = """document.addEventListener("DOMContentLoaded", () => {
  const tag = document.createElement("script");
  Object.assign(tag, { async: true, src: "%s" });
  tag.dataset.site = "%s";
  document.head.append(tag);
});"""
"""Puts the script tag into each page, as a tag manager would."""

READ = """
  return watched.sent.some(({ name }) => name === "page_view")
    && performance.now() > 2500
"""
"""The page was told, and the shop's scripts have had their time."""
RULE = """
- rule: still-thinking
  when: [page is cart, page.dwell > 3s, cart.value >= 50]
  show:
    chat:
      text: "Still thinking? {{coupon.code}} takes {{coupon.value}} off your {{cart.value}}."
      coupon: {code: CUPS5, value: 5}
"""
"""What its marketer wrote: a chat on the cart page, once the shopper has looked at it for a while."""
ADDED = "return watched.sent.some((each) => each.name === 'add_to_cart' && JSON.stringify(each).includes('%s'))"
SHOTS = Path(__file__).parents[2] / ".cache" / "real-shop" / "screenshots"


@dataclass
class Comparison:
    """What was heard beside what is so."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def compare(self, what: str, heard: object, so: object) -> None:
        """Write both down."""
        self.rows.append((what, str(heard), str(so)))

    @property
    def differs(self) -> bool:
        """Whether something heard is not so."""
        return any(heard != so for _, heard, so in self.rows)

    def __str__(self) -> str:
        rows = [f"| {what} | {heard} | {so} | {'yes' if heard == so else '**no**'} |" for what, heard, so in self.rows]
        return "\n".join(["| | the engine heard | the shop says | agree |", "|---|---|---|---|", *rows])


class Evening:
    """One shopper's way through the shop."""

    def __init__(self, shop: EverShop, page: Page, ledger: Ledger) -> None:
        self._shop, self._page, self._ledger = shop, page, ledger
        self.comparison = Comparison()
        SHOTS.mkdir(parents=True, exist_ok=True)

    def go(self) -> None:
        """Browse, fill the cart, and order."""
        for path, kind in (("/", "home"), ("/accessories", "category"), ("/search?keyword=cup", "search")):
            self.open(path)
            self.kind(path, kind)
        self.put("/ceramic-coffee-cup-white", "White", "CUP-001-WHT")
        self.put("/accessories/stainless-steel-thermos-black", "Black", "THERMO-005-BLK")
        self.open("/cart")
        self.kind("/cart", "cart")
        self.cart()
        self.popup()
        self.open("/checkout")
        self.kind("/checkout", "checkout")
        order(self._page)
        self.settle()
        self.shoot("thanks")
        self.kind("the thanks page", "thanks")
        self.order()

    def open(self, path: str) -> None:
        """Open a page of the shop, and wait until it was read."""
        self._page.goto(self._shop.url + path)
        self.settle()

    def settle(self) -> None:
        """Wait until the page was told, and all of it is acknowledged."""
        wait_until(self._page, READ)
        wait_until_told(self._page)

    def shoot(self, name: str) -> None:
        """Keep a picture."""
        self._page.screenshot(path=SHOTS / f"{name}.png")

    @property
    def visitor(self) -> str:
        """Who the shopper is to the engine."""
        return visitor_of(self._page)

    def heard(self, name: str) -> dict[str, Any]:
        """Return the last event of this name that the engine has written down."""
        events = [each["data"] for each in self._ledger.events(self.visitor) if each.get("name") == name]
        return events[-1] if events else {}

    def kind(self, what: str, expected: str) -> None:
        """Compare the kind of the page that is open."""
        self.comparison.compare(f"kind of {what}", self.heard("page_view").get("kind"), expected)

    def put(self, path: str, colour: str, sku: str) -> None:
        """Open a product, compare it, and put it into the cart."""
        self.open(path)
        (so,) = self._shop.ask(
            "select p.sku, d.name, p.price from product p join product_description d"
            " on d.product_description_product_id = p.product_id where p.sku = $1",
            sku,
        )
        product = self.heard("page_view").get("product", {})
        self.kind(path, "product")
        for key, name in (("id", "sku"), ("name", "name"), ("price", "price")):
            said, is_so = product.get(key), so[name]
            self.comparison.compare(
                f"{key} of {path}", *(map(number, (said, is_so)) if key == "price" else (said, is_so))
            )
        self._page.get_by_role("button", name=colour, exact=True).click()
        self._page.wait_for_url("**?color=*")
        self._page.wait_for_load_state("networkidle")
        self._page.get_by_role("button", name="Add to cart", exact=True).first.click()
        wait_until(self._page, ADDED % sku)
        wait_until_told(self._page)
        self.comparison.compare(
            f"added on {path}", [each["item_id"] for each in self.heard("add_to_cart")["items"]], [sku]
        )

    def cart(self) -> None:
        """Compare the cart with the shop's."""
        heard = self.heard("cart")
        lines = self._shop.ask("select product_sku, qty, final_price_incl_tax from cart_item order by product_sku")
        (cart,) = self._shop.ask("select sub_total_incl_tax, currency from cart where status")
        self.comparison.compare("cart's lines", lines_of(heard), [
            (each["product_sku"], number(each["qty"]), number(each["final_price_incl_tax"])) for each in lines
        ])  # fmt: skip
        self.comparison.compare("cart's value", number(heard.get("value")), number(cart["sub_total_incl_tax"]))
        self.comparison.compare("cart's currency", heard.get("currency"), cart["currency"])

    def popup(self) -> None:
        """Wait for the chat that the rule opens on the cart page, read it, and close it."""
        popup = wait_for_popup(self._page)
        self.shoot("cart")
        (cart,) = self._shop.ask("select sub_total_incl_tax from cart where status")
        so = f"Still thinking? CUPS5 takes $5 off your ${number(cart['sub_total_incl_tax'])}."
        self.comparison.compare("what the popup says", so if so in popup.inner_text() else popup.inner_text(), so)
        popup.get_by_role("button", name="Close").click()
        wait_until_gone(self._page)

    def order(self) -> None:
        """Compare the order with the shop's."""
        heard = self.heard("purchase")
        (so,) = self._shop.ask('select order_number, sub_total_incl_tax, currency from "order"')
        lines = self._shop.ask("select product_sku, qty, final_price_incl_tax from order_item order by product_sku")
        self.comparison.compare("order's number", heard.get("transaction_id"), so["order_number"])
        self.comparison.compare("order's value", number(heard.get("value")), number(so["sub_total_incl_tax"]))
        self.comparison.compare("order's currency", heard.get("currency"), so["currency"])
        self.comparison.compare("order's lines", lines_of(heard), [
            (each["product_sku"], number(each["qty"]), number(each["final_price_incl_tax"])) for each in lines
        ])  # fmt: skip
        purchases = [each for each in self._ledger.events(self.visitor) if each.get("name") == "purchase"]
        added = [each for each in self._ledger.events(self.visitor) if each.get("name") == "add_to_cart"]
        self.comparison.compare("orders, add-to-carts", (len(purchases), len(added)), (1, 2))
        self.comparison.compare("items in the cart after it", self.heard("cart").get("items"), [])


def number(value: Any) -> str:
    """Say a number alike, whichever way it is kept."""
    return "none" if value is None else f"{float(value):g}"


def lines_of(said: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return item, quantity and price of what was heard, in the order of the items."""
    lines = [(each["item_id"], number(each["quantity"]), number(each["price"])) for each in said.get("items", [])]
    return sorted(lines)


def main() -> int:
    """Run shop, engine and shopper, and print what both sides say."""
    with tempfile.TemporaryDirectory(prefix="shopbell-real-") as name, EverShop() as shop:
        folder = Path(name)
        (folder / "rules").mkdir()
        (folder / "rules/cart.yaml").write_text(RULE)
        (folder / "rules/site.yaml").write_text("holdout: 0%\ncurrency: USD\npolicy: {quiet: 0s}\n")
        engine = EngineProcess(folder, "--archive-every", "0")
        engine.data.mkdir()
        key = asyncio.run(add_site(database_url(None, engine.data), "EverShop", [shop.url])).key
        with engine, chromium() as browser, Ledger(engine, key) as ledger, Visit(browser, shop.url) as visit:
            page = visit.new_tab()
            page.add_init_script(TAG % (f"{engine.url}/s.js", key))
            evening = Evening(shop, page, ledger)
            try:
                evening.go()
            finally:
                sys.stdout.write(f"{evening.comparison}\n")
                evening.shoot("last")
            differs = evening.comparison.differs or bool(visit.thrown)
    sys.stdout.write(f"\nthrown in the pages: {visit.thrown}\nscreenshots in {SHOTS}\n")
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
