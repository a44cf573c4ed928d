"""A visit to a shop of the street, and what the engine has heard of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.e2e.ledger import Ledger
from tests.e2e.shops.front import Front
from tests.e2e.visit import Visit, visitor_of, wait_until_told
from tests.waiting import wait_for

Said = dict[str, Any]

READERS_ARE_THERE = r"""() => {
  const readers = performance.getEntriesByType("resource").filter(({ name }) => /\/r\.[a-z]+\.\w+\.js/.test(name));
  return readers.length > 0 && performance.now() - Math.max(...readers.map(({ responseEnd }) => responseEnd)) > 60;
}"""


class Stroll:
    """One tab in one shop. ``page`` is what it shows, ``visitor`` who the engine says it is."""

    def __init__(self, visit: Visit, ledger: Ledger, shop: Front) -> None:
        self.visit = visit
        self.shop = shop
        self.page: Page = visit.new_tab()
        self._ledger = ledger
        self.visitor = ""

    def go(self, path: str) -> Said:
        """Open a page; return what the engine has heard that it is."""
        self.page.goto(path)
        return self.here()

    def here(self) -> Said:
        """Wait until the page shown now is told; return what it is said to be."""
        wait_until_told(self.page)
        self.visitor = self.visitor or visitor_of(self.page)
        views: list[Said] = self.page.evaluate(
            "watched.sent.filter(({name, doc}) => name === 'page_view' && !doc).map(({data}) => data)"
        )
        return views[-1]

    def press(self, selector: str) -> None:
        """Click once the page's readers are there: a shopper is slower than a test."""
        self.page.wait_for_function(READERS_ARE_THERE)
        self.page.click(selector)

    def heard(self, name: str) -> list[Said]:
        """Return what the engine has written down of events of this name, each once."""
        events = {(each["doc"], each["seq"]): each for each in self._ledger.events(self.visitor)}
        return [each["data"] for each in events.values() if each["name"] == name]

    def wait(self, name: str, so: Callable[[list[Said]], bool]) -> list[Said]:
        """Wait until what was heard of this name is so."""

        def look() -> list[Said] | None:
            heard = self.heard(name)
            return heard if heard and so(heard) else None

        return wait_for(look, within_s=20)

    def cart(self, value: float, quantity: int) -> tuple[float, int]:
        """Wait until the engine knows that so many pieces of this value are in the cart; return what the shop knows."""

        def so(heard: list[Said]) -> bool:
            pieces = sum(each.get("quantity", 1) for each in heard[-1]["items"])
            return bool(abs(heard[-1]["value"] - value) < 0.001 and pieces == quantity)

        self.wait("cart", so)
        return self.shop.value, self.shop.quantity

    def settle(self) -> None:
        """Let pass whatever a reader waits for: after that, nothing more of what happened can be told."""
        since: float = self.page.evaluate("performance.now()")
        self.page.wait_for_function(f"performance.now() > {since + 1_300}")
        wait_until_told(self.page)

    @property
    def complaints(self) -> list[str]:
        """What any page has thrown, or said in its console."""
        return [*self.visit.said, *self.visit.thrown]
