"""Popups that take more than a message of the stream protocol may."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.lint_finding import Finding, Shop
from engine.core.popup import render
from engine.core.popup_parts import texts_in
from engine.core.rules import Rule, Show, Site
from engine.core.wire import MAX_FRAME, show_frame

_FIRE = "f_" + 20 * "0"


def long_popups(shop: Shop) -> Iterator[Finding]:
    """Find popups that are too long in a language, even with nothing in the place of their placeholders."""
    site = shop.rules.site
    for rule in shop.in_order:
        sizes = [(_size(rule, show, each, site), each) for show in rule.shows for each in _languages(show, site)]
        size, language = max(sizes, default=(0, ""))
        if size > MAX_FRAME:
            message = (
                f"{rule.id}: its popup takes {size:,} bytes in {language}, and a message has at most {MAX_FRAME:,}"
            )
            advice = "say it in fewer words, or start another rule's popup from it"
            yield Finding(shop.places.of(rule.id, "show"), message, advice)


def _languages(show: Show, site: Site) -> set[str]:
    tags = {tag for texts in texts_in(tuple(show.content.values())) for tag in texts if tag}
    return tags or {next(iter(site.languages), "en")}


def _size(rule: Rule, show: Show, language: str, site: Site) -> int:
    return len(show_frame(_FIRE, rule.id, render(show, lambda _reading: None, language, site)))
