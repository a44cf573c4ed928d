"""
What is remembered of firings, and what a rule's limit makes of it.

The decision itself is made in Redis (``claim``), where one tab on one node
wins. What is here saves asking for rules that cannot win.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.core.rules import Limit, Rule

UNSEEN_AFTER_MS = 60_000
"""A firing that nobody viewed for so long is released. ``claim`` in Redis uses the same number."""

LEFT = "left"
"""What holds a popup back on a page that has been left: nobody would see it."""

OUTCOME_OF = {"popup_view": "view", "popup_close": "close", "popup_click": "close"}
"""What a report says of the popup; a click on its button or link takes it off the page as well."""

HOLDS_ALL = ("never_on", "popups_per_session", "open", "quiet")
"""What holds back not one rule but any popup."""

RESTS = ("limit", "page_view", "held_out", "no_code", "no_products")
"""What holds a rule back for the rest of the page view, or longer."""

DAY_MS = 24 * 60 * 60 * 1000

Firing = Mapping[str, Any]
"""``f`` fire, ``t`` when (ms), ``s`` session, ``d`` document, ``v`` view, ``w`` viewed, ``c`` closed,
``h`` 1 if held out, 2 if silent, 3 if beside other popups; ``u`` 1 if its page was left unseen, ``a`` variant,
``k`` coupon and ``o`` origin where there is one: as ``claim`` says."""


def span_of(limit: Limit) -> str:
    """Return the span of a limit as ``claim`` takes it: session, visitor, or a number of ms."""
    return str(limit.days * DAY_MS) if limit.per == "days" else limit.per


def counts(firing: Firing, now_ms: int) -> bool:
    """Tell whether a firing counts against limits: it was viewed, or may still be."""
    return bool(firing["w"] == 1 or (not firing.get("u") and now_ms - firing["t"] < UNSEEN_AFTER_MS))


def is_awaited(firing: Firing, now_ms: int) -> bool:
    """Tell whether a firing counts although nobody has viewed it: it is released if nobody does in its minute."""
    return firing["w"] != 1 and counts(firing, now_ms)


def is_spent(rule: Rule, firings: Iterable[Firing], session: str, now_ms: int) -> bool:
    """Tell whether a rule's limit leaves no firing now."""
    span = span_of(rule.limit)
    used = sum(counts(each, now_ms) and is_within(each, span, session, now_ms) for each in firings)
    return used >= rule.limit.times


def is_within(firing: Firing, span: str, session: str, now_ms: int) -> bool:
    """Tell whether a firing falls into the span of a limit, as :func:`span_of` writes it."""
    if span == "session":
        return bool(firing["s"] == session)
    return bool(span == "visitor" or now_ms - firing["t"] < int(span))


def is_exhausted(firings: Iterable[Firing], session: str, most: int, now_ms: int) -> bool:
    """Tell whether a session has seen as many popups as the site allows."""
    shown = [each for each in firings if each["s"] == session and not each["h"] and counts(each, now_ms)]
    return len(shown) >= most
