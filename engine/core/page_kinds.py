"""Which addresses of a site are which kind of page, where the merchant knows better than the page itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from engine.core.events import Event, Page
from engine.core.node_reading import Key, expected, read_table, read_word
from engine.core.rule_errors import Problems
from engine.core.yaml_nodes import Items, Node, Text

KINDS = (
    Key("home", "the first page"),
    Key("category", "lists of products"),
    Key("product", "one product's page"),
    Key("cart", "what lies in the cart"),
    Key("checkout", "the way to pay"),
    Key("thanks", "an order was placed"),
    Key("search", "what a search has found"),
    Key("other", "any page that is taken for something that it is not"),
)
_EXAMPLE = "a path such as /my-cart or /shop/*"
_ORIGIN = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.\-]*://[^/?#]*")


@dataclass(frozen=True, slots=True)
class PageKinds:
    """
    Paths and the kind that a page there is, in the order in which they are looked at.

    ``*`` stands for any part of a path. Case, a slash at the end and how a browser writes letters of other scripts
    make no difference. A route behind ``#`` is written with it: ``/#/cart``.
    """

    patterns: tuple[tuple[str, str], ...] = ()

    def of(self, page: Page) -> Page:
        """Return the page as the site has it; a page of another kind than ``product`` shows no product."""
        if not self.patterns:
            return page
        kind = self.kind_at(page.url)
        if kind is None or kind == page.kind:
            return page
        return page._replace(kind=kind, product=page.product if kind == "product" else None)

    def said(self, event: Event) -> Event:
        """Return the event with the pages that it names as the site has them."""
        if not self.patterns or (event.shown is None and event.page is None):
            return event
        shown, page = (each and self.of(each) for each in (event.shown, event.page))
        return event._replace(shown=shown, page=page)

    def kind_at(self, url: str) -> str | None:
        """Return the kind that the site says of an address, None where it says nothing."""
        path = plain(url)
        return next((kind for pattern, kind in self.patterns if _compiled(pattern).fullmatch(path)), None)


def plain(url: str) -> str:
    """Return a path as patterns are compared with it: readable, in small letters, without query and last slash."""
    return unquote(_ORIGIN.sub("", url).partition("?")[0]).casefold().rstrip("/") or "/"


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in plain(pattern).split("*")))


def read_pages(node: Node, problems: Problems) -> PageKinds:
    """Read ``pages:``, kinds with a path or a list of paths each."""
    entries = read_table(node, KINDS, "page kind", problems)
    read = ((_path(each, problems), kind) for kind, value in entries.items() for each in _paths(value, problems))
    return PageKinds(tuple((path, kind) for path, kind in read if path is not None))


def _paths(node: Node, problems: Problems) -> tuple[Node, ...]:
    if isinstance(node, Items):
        return node.nodes
    if isinstance(node, Text):
        return (node,)
    expected(node, f"{_EXAMPLE}, or a list of such", problems)
    return ()


def _path(node: Node, problems: Problems) -> str | None:
    path = read_word(node, _EXAMPLE, problems)
    if path is None or path.startswith(("/", "*")):
        return path
    expected(node, _EXAMPLE, problems)
    return None
