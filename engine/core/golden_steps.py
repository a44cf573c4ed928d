"""The events of a golden session: how long the shopper stayed, and what happened then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core.event_data import EVENT_NAME, BadEvent, read_data
from engine.core.events import POPUP_EVENTS
from engine.core.node_reading import duration_ms, expected, one_of, yes_no
from engine.core.rule_errors import Problems
from engine.core.words import did_you_mean, nearest, quoted, read_percent
from engine.core.yaml_nodes import Items, Node, Table, Text

ATTENTIVE, IDLE, AWAY = "attentive", "idle", "away"
ELSEWHERE = "elsewhere"
"""The page is in front, and the shopper at another window: ``attentive: false``."""
CLOSED, OPEN, UNSEEN = "closed", "open", "unseen"

STEP_KEYS = {
    "after": "how much later, such as `4s`",
    ATTENTIVE: "`true`: the shopper looks at the page meanwhile, which is so if nothing else is said; `false`: at "
    "something beside it, and no time counts",
    IDLE: "`true`: the page is in front, and nobody does anything meanwhile; `{ms: 31000}`: the page reports so long",
    AWAY: "`true`: the tab is in the back meanwhile",
    "popup": "what becomes of a popup that opens: `closed` before the next event (if absent), `open` or `unseen`",
}
"""What an event may hold beside its own name."""

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,9})?", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_BROWSERS_OWN = ("page_dwell", "idle", "wake")
_ANY_FIRE = "f_any"


@dataclass(frozen=True, slots=True)
class Step:
    """
    Some time, and then perhaps an event.

    ``meanwhile`` is what the shopper does for ``after_ms``; ``name`` is empty
    where only time passes. ``popup`` is what becomes of popups that open in it.
    """

    after_ms: int = 0
    meanwhile: str = ATTENTIVE
    name: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    popup: str = CLOSED


def read_step(node: Node, problems: Problems) -> Step | None:
    """Read one entry of ``events``; None if something is wrong with it (see ``problems``)."""
    before = len(problems.errors)
    if isinstance(node, Text) and node.value:
        step = Step(name=node.value, data=_data(node, None, problems))
        return step if len(problems.errors) == before else None
    if not isinstance(node, Table) or not node.entries:
        expected(node, "an event such as {after: 4s, page_view: {kind: cart, url: /cart}}", problems)
        return None
    entries = {key.value: value for key, value in node.entries if not _is_event(key, value)}
    events = _events(node, problems)
    is_idle = bool(events) and events[0][0].value == IDLE
    step = Step(
        after_ms=(duration_ms(entries["after"], problems) if "after" in entries else None) or 0,
        meanwhile=_meanwhile(entries, IDLE if is_idle else ATTENTIVE, problems),
        name=events[0][0].value if events else "",
        data=_data(*events[0], problems) if events else {},
        popup=(
            one_of(entries["popup"], "way of a popup", (CLOSED, OPEN, UNSEEN), problems) if "popup" in entries else None
        )
        or CLOSED,
    )
    return step if len(problems.errors) == before else None


def _is_event(key: Text, value: Node) -> bool:
    """Tell whether it is no word beside an event: ``idle`` is one, and with its ms the browser's own report."""
    return key.value not in STEP_KEYS or (key.value == IDLE and isinstance(value, Table))


def _events(node: Table, problems: Problems) -> list[tuple[Text, Node]]:
    """Return what of an entry is an event; there can be one."""
    events = [(key, value) for key, value in node.entries if _is_event(key, value)]
    if len(events) > 1:
        for key, _ in [each for each in events if nearest(each[0].value, STEP_KEYS)] or events[1:]:
            message = f"one event at a time, found {quoted(key.value)}{did_you_mean(key.value, STEP_KEYS)}"
            problems.add(key.line, key.column, message)
        return []
    return events


def _meanwhile(entries: dict[str, Node], unsaid: str, problems: Problems) -> str:
    said = [name for name in (ATTENTIVE, IDLE, AWAY) if name in entries and yes_no(entries[name], problems)]
    if len(said) > 1:
        node = entries[said[1]]
        problems.add(node.line, node.column, f"a shopper is either {said[0]} or {said[1]}")
    return said[0] if said else ELSEWHERE if ATTENTIVE in entries else unsaid


def _data(key: Text, value: Node | None, problems: Problems) -> dict[str, Any]:
    """Return an event's data as the browser would send it, checked as the engine checks it."""
    name = key.value
    if name in _BROWSERS_OWN and not (name == IDLE and isinstance(value, Table)):
        message = f"{name} is reported by the browser as time passes, write 'after:'"
        problems.add(key.line, key.column, message)
        return {}
    if EVENT_NAME.fullmatch(name) is None:
        problems.add(key.line, key.column, f"expected the name of an event such as add_to_cart, found {quoted(name)}")
        return {}
    said = None if value is None else as_json(value)
    if name == "page_view" and isinstance(said, str):
        said = {"kind": said, "url": "/" + said}
    elif name == "scroll" and not isinstance(said, dict):
        percent = said if isinstance(said, int | float) else read_percent(str(said))
        said = {"percent": percent}
    elif said in (None, True, "yes"):
        said = {}
    elif not isinstance(said, dict):
        expected(value or key, f"what {name} says, such as {{key: value}}", problems)
        return {}
    unknown_fire = {"fire": _ANY_FIRE} if name in POPUP_EVENTS else {}
    try:
        read_data(1, name, unknown_fire | said, None, None)
    except BadEvent as error:
        problems.add(key.line, key.column, str(error))
    return said


def as_json(node: Node) -> Any:
    """Return a node as JSON: unquoted numbers, ``true``, ``false`` and ``null`` are what they look like."""
    if isinstance(node, Items):
        return [as_json(each) for each in node.nodes]
    if isinstance(node, Table):
        return {key.value: as_json(value) for key, value in node.entries}
    if node.plain and node.value in _WORDS:
        return _WORDS[node.value]
    if node.plain and _NUMBER.fullmatch(node.value):
        return float(node.value) if "." in node.value else int(node.value)
    return node.value
