"""
What addresses and titles of pages must not tell, whoever sends them.

Of a query only the campaign stays (``utm_*``), of what is behind # only a route, and of anything that looks like an
e-mail address nothing. The snippet sees to it before it sends; here it is seen to again, for every other client.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

MARKS = (b"@", b"%40", b"?", b"#", rb"\u00")
"""A frame without any of these holds nothing that has to go. JSON may write each of them by its number."""

_BETWEEN = re.compile(r"([\s/?&=#]+)")
_AT = re.compile(r"@|%40")
_TOP = re.compile(r"[a-zA-Z]{2,}")
_ROUTES = ("/", "!/")
_HIDDEN = "-"


def without_mail(text: str) -> str:
    """Return a text with - in the place of whatever looks like an e-mail address."""
    if "@" not in text and "%40" not in text:
        return text
    return "".join(_HIDDEN if _looks_like_mail(part) else part for part in _BETWEEN.split(text))


def _looks_like_mail(part: str) -> bool:
    whom, *where = _AT.split(part, maxsplit=1)
    if not whom or not where:
        return False
    labels = where[0].split(".")
    return len(labels) > 1 and labels[0] != "" and any(_TOP.match(each) for each in labels[1:])


def clean_url(url: str) -> str:
    """Return the address of a page without what is nobody's business."""
    rest, _, fragment = url.partition("#")
    path, _, query = rest.partition("?")
    kept = "&".join(each for each in query.split("&") if each.startswith("utm_"))
    route = fragment.partition("?")[0] if fragment.startswith(_ROUTES) else ""
    return without_mail(path + (f"?{kept}" if kept else "") + (f"#{route}" if route else ""))


def clean_page(page: dict[str, Any]) -> bool:
    """Take out of a page what must not be told; return whether there was anything. What is no text is left as it is."""
    product = page.get("product")
    changed = _clean(page, "url", clean_url) | _clean(page, "title", without_mail)
    return changed | (isinstance(product, dict) and _clean(product, "url", clean_url))


def _clean(said: dict[str, Any], key: str, clean: Any) -> bool:
    value = said.get(key)
    if not isinstance(value, str) or (cleaned := clean(value)) == value:
        return False
    said[key] = cleaned
    return True


def clean_frame(message: dict[str, Any], frame: bytes) -> bytes:
    """Take out of an event what must not be told of pages; return its frame, the same where there was nothing."""
    for mark in MARKS:
        if mark in frame:
            return _cleaned_frame(message, frame)
    return frame


def _cleaned_frame(message: dict[str, Any], frame: bytes) -> bytes:
    shown = message.get("data") if message.get("name") == "page_view" else None
    pages = [each for each in (shown, message.get("page")) if isinstance(each, dict)]
    return orjson.dumps(message) if sum([clean_page(each) for each in pages]) else frame


def clean_referrer(referrer: str) -> str:
    """Return where somebody came from, without query and anchor."""
    return without_mail(referrer.partition("#")[0].partition("?")[0])
