"""
What a visitor's keys in Redis hold, and the verbs by which ``observe`` changes it, as plain Python.

The lists of changes are made by :func:`engine.core.counters.deltas` and by :mod:`engine.core.tracking`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from engine.core.counters import Op
from engine.core.products import SEEN, with_card
from engine.core.tags import MOST_TAGS
from engine.core.trails import Trail, with_moment, with_part


@dataclass
class Document:
    """What is kept of a document: the highest seq applied, its page, and the dwell and scroll of this page view."""

    seq: int = 0
    page: str = ""
    measures: dict[str, Any] = field(default_factory=dict)


@dataclass
class Hashes:
    """The session's counters, the visitor's, and the trails, by name; ``last`` is what ``+`` or ``1`` came to."""

    session: dict[str, Any] = field(default_factory=dict)
    visitor: dict[str, Any] = field(default_factory=dict)
    trails: dict[str, Trail] = field(default_factory=dict)
    last: float = 0


def _add(hashes: Hashes, _document: Document, name: str, amount: Any, _now_ms: int) -> None:
    hashes.last = hashes.session[name] = hashes.session.get(name, 0) + amount


def _set(hashes: Hashes, _document: Document, name: str, value: Op, _now_ms: int) -> None:
    # what is stored is JSON already
    hashes.session[name] = orjson.loads(value) if isinstance(value, str) else value


def _one(hashes: Hashes, document: Document, name: str, total: Any, now_ms: int) -> None:
    if hashes.session.get(name, 0) == 0:
        _add(hashes, document, total, 1, now_ms)
    _add(hashes, document, name, 1, now_ms)


def _page(_hashes: Hashes, document: Document, record: str, _unused: Op, _now_ms: int) -> None:
    document.page = record
    document.measures.clear()


def _dwell(_hashes: Hashes, document: Document, ms: str, _unused: Op, _now_ms: int) -> None:
    document.measures["d"] = document.measures.get("d", 0) + int(ms)


def _scroll(_hashes: Hashes, document: Document, percent: str, _unused: Op, _now_ms: int) -> None:
    document.measures["s"] = max(document.measures.get("s", 0), float(percent))


def _once(hashes: Hashes, _document: Document, transaction: str, _unused: Op, _now_ms: int) -> bool:
    known = f"tx:{transaction}" in hashes.visitor
    hashes.visitor[f"tx:{transaction}"] = 1
    return known


def _order(hashes: Hashes, document: Document, value: str, _unused: Op, now_ms: int) -> None:
    _add_to_visitor(hashes, document, "orders", 1, now_ms)
    _add_to_visitor(hashes, document, "spent", float(value), now_ms)
    hashes.visitor["stage"] = 3 if hashes.visitor["orders"] == 1 else 4


def _reach(hashes: Hashes, _document: Document, rank: str, least: Op, _now_ms: int) -> None:
    if hashes.last >= float(least) and hashes.visitor.get("stage", 0) < int(rank):
        hashes.visitor["stage"] = int(rank)


def _tag(hashes: Hashes, _document: Document, tag: str, _unused: Op, _now_ms: int) -> None:
    tags = hashes.visitor.get("tags", [])
    if tag not in tags:
        hashes.visitor["tags"] = [*tags, tag][-MOST_TAGS:]


def _untag(hashes: Hashes, _document: Document, tag: str, _unused: Op, _now_ms: int) -> None:
    rest = [each for each in hashes.visitor.pop("tags", []) if each != tag]
    if rest:
        hashes.visitor["tags"] = rest


def _set_field(hashes: Hashes, _document: Document, name: str, value: Any, _now_ms: int) -> None:
    hashes.visitor["f:" + name] = orjson.loads(value)


def _add_to_visitor(hashes: Hashes, _document: Document, name: str, amount: Any, _now_ms: int) -> None:
    hashes.visitor[name] = hashes.visitor.get(name, 0) + amount


def _last(hashes: Hashes, _document: Document, name: str, _unused: Op, now_ms: int) -> None:
    hashes.session[name] = now_ms


def _moment(hashes: Hashes, _document: Document, name: str, kept: Any, now_ms: int) -> None:
    most, _longest = map(int, kept.split())
    hashes.trails[name] = with_moment(hashes.trails.get(name, []), now_ms, most)


def _part(hashes: Hashes, _document: Document, name: str, kept: Any, now_ms: int) -> None:
    ms, most, longest = map(int, kept.split())
    hashes.trails[name] = with_part(hashes.trails.get(name, []), now_ms, ms, most, longest)


def _step(hashes: Hashes, _document: Document, name: str, told: Any, now_ms: int) -> None:
    within_ms, steps, *taken = map(int, told.split())
    starts = hashes.session.get(name) or [0] * (steps - 1)
    if starts == 1:
        return
    moved = False
    for n in taken:
        start = now_ms if n == 1 else starts[n - 2]
        if start and (not within_ms or now_ms - start <= within_ms):
            if n == steps:
                hashes.session[name] = 1
                return
            starts, moved = [*starts[: n - 1], start, *starts[n:]], True
    if moved:
        hashes.session[name] = starts


def _seen(hashes: Hashes, _document: Document, most: str, card: Any, now_ms: int) -> None:
    hashes.visitor[SEEN] = with_card(hashes.visitor.get(SEEN, []), orjson.loads(card), int(most), now_ms)


VERBS: dict[str, Callable[[Hashes, Document, str, Op, int], bool | None]] = {
    "+": _add,
    "=": _set,
    "1": _one,
    "page": _page,
    "dwell": _dwell,
    "scroll": _scroll,
    "once": _once,
    "order": _order,
    "reach": _reach,
    "tag": _tag,
    "untag": _untag,
    "set": _set_field,
    "+v": _add_to_visitor,
    "last": _last,
    "moment": _moment,
    "part": _part,
    "step": _step,
    "seen": _seen,
}
"""The verbs of a list of changes; one that returns True ends the list."""


def carry_out(ops: Iterable[Op], hashes: Hashes, document: Document, now_ms: int) -> None:
    """Carry out a list of changes, in order, until one ends it."""
    words = ops if isinstance(ops, list) else list(ops)
    session = hashes.session
    for n in range(0, len(words), 3):
        verb, first = words[n], words[n + 1]
        if verb == "+":
            # by far the most
            hashes.last = session[str(first)] = session.get(str(first), 0) + words[n + 2]
        elif VERBS[str(verb)](hashes, document, str(first), words[n + 2], now_ms):
            break
