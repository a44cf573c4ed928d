"""``limit:`` of a rule: how often it may show."""

from __future__ import annotations

import re

from engine.core.node_reading import expected, refuse
from engine.core.rule_errors import Problems
from engine.core.rules import Limit
from engine.core.words import did_you_mean
from engine.core.yaml_nodes import Node, Text

MOST_TIMES = 1_000
MOST_DAYS = 365
FORMS = (
    "once per session",
    "once per visitor",
    "once per day",
    "3 per session",
    "2 per visitor",
    "2 per day",
    "1 per 3 days",
)
"""Examples of every form, for the reference page and the nearest word."""

_LIMIT = re.compile(r"(once|\d{1,9})\s+per\s+(?:(session|visitor|day)|(\d{1,9})\s+days?)", re.ASCII)


def read_limit(node: Node, problems: Problems) -> Limit | None:
    """Read ``once per session``, ``2 per day`` or ``1 per 3 days``; None if it is none of these (see ``problems``)."""
    text = " ".join(node.value.split()) if isinstance(node, Text) else ""
    match = _LIMIT.fullmatch(text)
    if match is None:
        what = "a limit such as 'once per session', '2 per day' or '1 per 3 days'"
        if text:
            refuse(node, f"expected {what}{did_you_mean(text, FORMS)}", problems)
        else:
            expected(node, what, problems)
        return None
    times = 1 if match[1] == "once" else int(match[1])
    days = int(match[3] or 1)
    if not 1 <= times <= MOST_TIMES:
        refuse(node, f"expected 1 to {MOST_TIMES} times", problems)
    elif not 1 <= days <= MOST_DAYS:
        refuse(node, f"expected 1 to {MOST_DAYS} days", problems)
    elif match[2] in ("session", "visitor"):
        return Limit(match[2], times)
    else:
        return Limit("days", times, days)
    return None
