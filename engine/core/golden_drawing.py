"""
Golden sessions drawn from recorded ones: what happened, and nothing of who it was.

Pages keep their kind and path (without query, and without what looks like a name or a number of a person),
products their id, price and stock; of what an event said numbers and what names a product stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.core.archived import EVENT, HELLO
from engine.core.conditions import say_duration
from engine.core.events import POPUP_EVENTS, SIGNALS
from engine.core.page_data import path_of
from engine.core.products import SEEN
from engine.core.recorded import Record

_NOT_TOLD = ("page_dwell", "idle", "wake", "chat_message", "consent", *POPUP_EVENTS)
_TELLING = ("currency", "item_id", "item_category", "item_brand", "item_variant", "category", "kind", "id")
_OWN = re.compile(r"[^/]*(@|\d{6}|%40)[^/]*")
_AWAY_FROM_MS = 1_000
_VISITOR = ("language", "device", "source", "medium", "campaign")


def draw_session(rule: str, records: Sequence[Record]) -> str:
    """Write a recorded session as a golden one, without what comes of it; empty where nothing was recorded of it."""
    events = [each for each in records if each.kind == EVENT]
    if not events:
        return ""
    began = datetime.fromtimestamp(events[0].at_ms / 1000, UTC)
    lines = [f"- session: {rule}, as on {began:%Y-%m-%d} at {began:%H:%M:%S}", f"  at: {began.isoformat()}"]
    hellos = [each.data for each in records if each.kind == HELLO]
    visitor = {name: hellos[0].get(name) for name in _VISITOR if hellos and hellos[0].get(name)}
    if hellos and hellos[0].get("sessions", 1) > 1:
        visitor["sessions"] = hellos[0]["sessions"]
    if hellos and (seen := hellos[0].get("had", {}).get(SEEN)):
        visitor["seen"] = [each["id"] for each in seen]
    if visitor:
        lines.append(f"  visitor: {_flow(visitor)}")
    return "\n".join([*lines, "  events:", *(f"    - {_flow(step)}" for step in _steps(events)), ""])


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
