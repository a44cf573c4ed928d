"""Read a page as an event or a hello describes it, with the product that it shows."""

from __future__ import annotations

import re
from typing import Any

from engine.core.event_checks import LONGEST_VALUE, BadEvent, currency_of, optional_number_of, text, text_of
from engine.core.events import PAGE_KINDS, Page, Product

_SCHEME_AND_HOST = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.\-]*://[^/?#]*")


def read_page(said: Any, where: str) -> Page:
    """Read a page as ``page_view`` describes it. Raises BadEvent."""
    if not isinstance(said, dict):
        raise BadEvent(f"{where} is {text(said)}, expected an object")
    kind = said.get("kind")
    if kind not in PAGE_KINDS:
        raise BadEvent(f"{where}.kind is {text(kind)}, expected one of {', '.join(PAGE_KINDS)}")
    url = text_of(said, "url", where, required=True, longest=2048)
    product = said.get("product")
    title = text_of(said, "title", where) if "title" in said else ""
    category = text_of(said, "category", where) if "category" in said else ""
    read = _product(product, where + ".product") if product is not None else None
    return Page(kind, url, path_of(url), title, read, category)


def path_of(url: str) -> str:
    """Return the path of a URL or of a path with query and fragment."""
    if not url.startswith("/"):
        url = _SCHEME_AND_HOST.sub("", url)
    elif "?" not in url and "#" not in url:
        return url
    return url.partition("#")[0].partition("?")[0] or "/"


def _product(said: Any, where: str) -> Product:
    if not isinstance(said, dict):
        raise BadEvent(f"{where} is {text(said)}, expected an object")
    product_id = said.get("id")
    if isinstance(product_id, int) and not isinstance(product_id, bool):
        product_id = str(product_id)
    if not isinstance(product_id, str) or not product_id:
        raise BadEvent(f"{where}.id is {text(product_id)}, expected a text")
    return Product(
        id=text_of({"id": product_id}, "id", where, longest=LONGEST_VALUE),
        name=text_of(said, "name", where),
        price=optional_number_of(said, "price", where),
        currency=currency_of(said, where),
        category=text_of(said, "category", where),
        stock=optional_number_of(said, "stock", where),
    )
