"""What popups need beside facts and coupons: products of feeds, and the visitor's reference for other channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.core import tokens
from engine.core.popup_parts import RECENTLY_VIEWED, Given, Product
from engine.core.products import shelf_of
from engine.core.rules import Feed, Show
from engine.core.tokens import Secret
from engine.tab import Tab


class Supplies:
    """Hands out what one popup needs. ``products`` returns those of a feed, the first of ``keys`` signs references."""

    def __init__(self, products: Callable[[Feed], tuple[Product, ...]], keys: Sequence[Secret]) -> None:
        self._products = products
        self._keys = keys

    def given_to(self, tab: Tab, show: Show) -> Given:
        """Return it; nothing of it is waited for."""
        shelf = shelf_of(show)
        if shelf is not None and shelf.source != RECENTLY_VIEWED:
            feed = tab.watch.rules.site.feeds.get(shelf.source)
            return Given(products=self._products(feed) if feed else ())
        if "channels" in show.content:
            return Given(reference=tokens.sign_reference(self._keys[0], tab.site, tab.visitor))
        return Given()
