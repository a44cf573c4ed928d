"""What a page holds a popup back by, once the engine has sent it: the event ``popup_held`` tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EVENT = "popup_held"

PAGE_HOLDS = {
    "hidden": "the page was in the background",
    "typing": "the shopper was typing",
    "dialog": "a dialog or a menu of the shop's was open",
    "popup": "another popup was on the screen",
    "view": "this page view had already been interrupted",
    "landing": "a phone had just come to the page, and nobody had touched it",
}
"""The reasons that pages give, in words."""

WORDS = {f"page_{reason}": said for reason, said in PAGE_HOLDS.items()}
"""The same among all that can hold a rule back."""


def reason_of(data: Mapping[str, Any]) -> str:
    """Return the reason that an event gives, ``other`` for one that is none of ours."""
    reason = data.get("reason")
    return reason if isinstance(reason, str) and reason in PAGE_HOLDS else "other"
