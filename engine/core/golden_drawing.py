"""
Golden sessions drawn from recorded ones: what happened, and nothing of who it was.

Pages keep their kind and path (without query, and without what looks like a name or a number of a person),
products their id, price and stock; of what an event said numbers and what names a product stay.

    drawings       a session as golden ones: alone, then with ever more of what the visitor did before
    draw_session   one of these, of the records that it is to tell
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from engine.core.archived import EVENT, HELLO
from engine.core.conditions import say_duration
from engine.core.events import POPUP_EVENTS, SIGNALS
from engine.core.page_data import path_of
from engine.core.products import SEEN
from engine.core.recorded import Record
from engine.core.redaction import MASK
from engine.core.stages import STAGES
from engine.core.store_model import SESSION_ENDS_AFTER_MS

MOST_SESSIONS_BEFORE, MOST_EVENTS = 10, 200
"""So much is told at most in one golden session: nobody would read more."""

_NOT_TOLD = ("page_dwell", "idle", "wake", "chat_message", "consent", *POPUP_EVENTS)
_TELLING = ("currency", "item_id", "item_category", "item_brand", "item_variant", "category", "kind", "id")
_OWN = re.compile(r"[^/]*(@|\d{6}|%40)[^/]*")
_AWAY_FROM_MS = 1_000
_VISITOR = ("language", "device", "country", "source", "medium", "campaign")


class Drawing(NamedTuple):
    """A golden session, without what comes of it. What was recorded of the session itself begins after ``from_ms``."""

    text: str
    from_ms: int


def drawings(rule: str, records: Sequence[Record], session: str) -> Iterator[Drawing]:
    """
    Yield a visitor's session as golden ones: alone, then with one more session before it each time.

    What a visitor was (stage, orders, tags) a golden session can say; what they did (views of a week ago, a limit that
    is spent) only by doing it again.
    """
    parts = [list(each) for _, each in groupby(records, lambda each: each.session)]
    last = next((n for n in reversed(range(len(parts))) if parts[n][0].session == session), -1)
    for first in range(last, max(-1, last - MOST_SESSIONS_BEFORE - 1), -1):
        told = [each for part in parts[first : last + 1] for each in part]
        if sum(each.kind == EVENT for each in told) > MOST_EVENTS:
            return
        text = draw_session(rule, told)
        if text:
            yield Drawing(text, parts[last][0].at_ms - SESSION_ENDS_AFTER_MS // 2 if first < last else 0)


def draw_session(rule: str, records: Sequence[Record]) -> str:
    """Write recorded sessions as a golden one, without what comes of it; empty where nothing was recorded of them."""
    events = [each for each in records if each.kind == EVENT]
    if not events:
        return ""
    began = datetime.fromtimestamp(events[0].at_ms / 1000, UTC)
    lines = [f"- session: {rule}, as on {began:%Y-%m-%d} at {began:%H:%M:%S}", f"  at: {began.isoformat()}"]
    visitor = _visitor(records)
    if visitor:
        lines.append(f"  visitor: {_flow(visitor)}")
    return "\n".join([*lines, "  events:", *(f"    - {_flow(step)}" for step in _steps(events)), ""])


def _visitor(records: Sequence[Record]) -> dict[str, Any]:
    """Return who came, by the first hello; what they were before it is known only where it came before any event."""
    hello = next((each.data for each in records if each.kind == HELLO), None)
    if hello is None:
        return {}
    visitor = {name: hello[name] for name in _VISITOR if hello.get(name)}
    if hello.get("referrer"):
        visitor["referrer"] = _OWN.sub("x", hello["referrer"])
    if hello.get("sessions", 1) > 1:
        visitor["sessions"] = hello["sessions"]
    first = next(each.kind for each in records if each.kind in (EVENT, HELLO))
    return {**visitor, **_before(hello.get("had", {}))} if first == HELLO else visitor


def _before(had: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the visitor was, of what the engine kept: ``had`` of a hello."""
    was: dict[str, Any] = {name: had[name] for name in ("orders", "spent", "tags") if had.get(name)}
    if had.get("stage"):
        was["stage"] = STAGES[had["stage"]]
    fields = {name[2:]: value[0] for name, value in had.items() if name.startswith("f:")}
    told = {name: value for name, value in fields.items() if value != MASK and not _OWN.search(str(value))}
    if told:
        was["fields"] = told
    if had.get(SEEN):
        was["seen"] = [each["id"] for each in had[SEEN]]
    return was


def _steps(events: Sequence[Record]) -> Iterator[dict[str, Any]]:
    """Yield what happened, and between it the time that passed: attentive as far as attention was reported."""
    last_ms, attentive_ms = events[0].at_ms, 0
    for each in events:
        if each.name == "page_dwell":
            attentive_ms += each.data.get("ms", 0)
        if each.name not in _NOT_TOLD:
            yield from _pause(attentive_ms, each.at_ms - last_ms)
            last_ms, attentive_ms = each.at_ms, 0
            yield {each.name: _told(each)}
    yield from _pause(attentive_ms, 0)


def _pause(attentive_ms: int, ms: int) -> Iterator[dict[str, Any]]:
    if attentive_ms:
        yield {"after": say_duration(attentive_ms), "attentive": True}
    if ms - attentive_ms >= _AWAY_FROM_MS:
        yield {"after": say_duration(ms - attentive_ms), "away": True}


def _told(record: Record) -> Any:
    if record.name in SIGNALS:
        return True
    if record.name == "page_view":
        return _page(record.data)
    items = [_of_product(each) for each in record.data.get("items", ())]
    return {**_of_product(record.data), **({"items": items} if items else {})}


def _page(said: Mapping[str, Any]) -> dict[str, Any]:
    page: dict[str, Any] = {"kind": said["kind"], "url": _OWN.sub("x", path_of(said["url"]))}
    if said.get("category"):
        page["category"] = said["category"]
    if said.get("product"):
        page["product"] = _of_product(said["product"])
        if "name" in said["product"]:
            page["product"]["name"] = said["product"]["id"]  # a product without a name has no card
    return page


def _of_product(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key in _TELLING or isinstance(value, bool | int | float)}


def _flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
