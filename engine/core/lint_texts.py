"""Texts that miss in a language of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.core.languages import script_of
from engine.core.lint_finding import Finding, Shop
from engine.core.yaml_nodes import Node, Table, Text

TEXT_KEYS = frozenset(
    {
        "alt", "away", "button", "comment", "consent", "done", "follow_up", "high", "lose", "low", "options",
        "placeholder", "question", "replies", "say", "text", "thanks", "title", "win",
    }
)  # fmt: skip
"""The keys of popups under which a text for shoppers stands."""

_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", re.ASCII)
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.S)
_LETTER = re.compile(r"[^\W\d_]")


def missing_texts(shop: Shop) -> Iterator[Finding]:
    """Find texts of popups that shoppers of one of the site's languages would read in another one."""
    wanted = shop.rules.site.languages
    for rule in shop.in_order if len(wanted) > 1 else ():
        for key, node, place in shop.places.parts(rule.id, "show"):
            if (said := _languages_of(node, key, wanted)) is None:
                continue
            scripts = {script_of(each) for each in said}
            missing = [each for each in wanted if script_of(each) not in scripts]
            if missing:
                message = f"{rule.id}: a text is written in {', '.join(said)}, and not in {', '.join(missing)}"
                yield Finding(place, message, "write it in every language that site.yaml names")


def _languages_of(node: Node, key: str, wanted: tuple[str, ...]) -> list[str] | None:
    """Return the languages of a text for shoppers; None for what is none, or needs no language."""
    if isinstance(node, Table):
        tags = [each.value for each, value in node.entries if isinstance(value, Text)]
        is_text = len(tags) == len(node.entries) and all(map(_TAG.fullmatch, tags))
        known = {script_of(each) for each in (*wanted, "en")}
        return tags if is_text and known & {script_of(each) for each in tags} else None
    if isinstance(node, Text) and key in TEXT_KEYS and _LETTER.search(_PLACEHOLDER.sub("", node.value)):
        return [wanted[0]]
    return None
