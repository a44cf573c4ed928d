"""One recorded visitor: the rows of the archive, or of the log, as a replay takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from engine.core.archived import CLAIM, EVENT, Row
from engine.core.event_data import BadEvent, read_data, read_page
from engine.core.events import Event

SLOTS = 1_000
"""A replayed event has the recorded one's number times this: what a replay adds in between has numbers too."""

_MOST_VIEWS = 10_000

SHOWN, HELD_OUT = "shown", "held_out"


class Record(NamedTuple):
    """One row. ``data`` and ``page`` are read; ``kind`` and ``name`` are those of the archive."""

    session: str
    tab: str
    doc: str
    seq: int
    at_ms: int
    kind: str
    name: str
    data: Mapping[str, Any]
    page: Mapping[str, Any] | None = None

    def event(self) -> Event | None:
        """Return the event as it was judged; None for one that could not be read any more."""
        doc = None if self.doc == self.tab else self.doc
        try:
            if self.name == "page_view" and doc is None:
                known = _view_of(orjson.dumps(self.data))
                return Event(self.seq * SLOTS, known.name, known.data, shown=known.shown)
            page = read_page(self.page, "page") if self.page is not None else None
            return read_data(self.seq * SLOTS, self.name, self.data, doc, page)
        except BadEvent:
            return None


@lru_cache(maxsize=_MOST_VIEWS)
def _view_of(data: bytes) -> Event:
    """Read a page view: most visitors look at the same pages. Raises BadEvent."""
    return read_data(1, "page_view", orjson.loads(data), None, None)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of one wish to show a rule's popup, as it was recorded: ``shown``, or what held it back."""

    rule: str
    fire: str
    came_of_it: str
    at_ms: int
    variant: str = ""

    @property
    def reason(self) -> str:
        """What held the popup back; empty where it went out, or was held out."""
        return "" if self.came_of_it in (SHOWN, HELD_OUT) else self.came_of_it


Claims = Mapping[tuple[str, str, int], Mapping[str, Claimed]]
"""By tab, document and seq of the event that made rules true, and by rule."""


def record_of(row: Row) -> Record:
    """Read a row of the log as one of the archive."""
    page = None if row.page is None else orjson.loads(row.page)
    return Record(
        row.session, row.tab, row.doc, row.seq, row.at_ms, row.kind, row.name, orjson.loads(row.data), page
    )  # fmt: skip


def claims_of(records: Iterable[Record]) -> Claims:
    """Return what came of each claim."""
    claims: dict[tuple[str, str, int], dict[str, Claimed]] = {}
    for each in records:
        if each.kind == CLAIM:
            said = each.data
            claimed = Claimed(said["rule"], said["fire"], each.name, each.at_ms, said.get("variant", ""))
            claims.setdefault((each.tab, each.doc, each.seq), {})[claimed.rule] = claimed
    return claims


def each_once(records: Iterable[Record]) -> list[Record]:
    """Return the records without events that came again: what is in the log may be in the archive already."""
    seen: set[tuple[str, str, str, int, int, str]] = set()
    once = []
    for each in records:
        # hellos and claims have no number of their own: their moment tells them apart
        moment, what = (0, "") if each.kind == EVENT else (each.at_ms, f"{each.name} {each.data.get('fire')}")
        name = (each.kind, each.tab if moment else "", each.doc, each.seq, moment, what)
        if name not in seen:
            seen.add(name)
            once.append(each)
    return once
