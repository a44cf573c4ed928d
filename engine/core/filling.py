"""
What rules look back at, found in recorded events from before it was counted.

    names_to_fill   what counts not as long as windows reach, and could be filled
    highest         how far each document of a visitor has come, by the records
    found_in        what the rules in force now would have kept of a visitor's events
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.core.archived import EVENT, HELLO
from engine.core.conditions import comparisons
from engine.core.counted_since import EVER_OF, TRAIL_OF, Since, names_of
from engine.core.counters import page_record, same_page
from engine.core.event_data import BadEvent, read_page
from engine.core.events import NOWHERE, Event, Page
from engine.core.known_past import is_of
from engine.core.page_kinds import PageKinds
from engine.core.recorded import Record
from engine.core.redaction import PERSONAL
from engine.core.ruleset import RuleSet
from engine.core.store_verbs import Document, Hashes, carry_out
from engine.core.tracking import Tracking
from engine.core.trails import Trail


def names_to_fill(rules: RuleSet, known: Mapping[str, Since], archived_ms: int, now_ms: int) -> dict[str, Since]:
    """
    Return what rules look back at further than is counted, by name, as far as the archive knows of it.

    The archive holds everything from ``archived_ms`` on, but no shopper's words: what is counted by them is left out.
    """
    masked = _told_by_words(rules)
    found = {}
    for name, need in names_of(rules.tracking).items():
        since = known.get(name)
        if since is None or since.until_ms or name in masked:
            continue
        reaches_back_to = 0 if name.startswith(EVER_OF) else now_ms - need.longest_ms
        if since.ms > max(archived_ms, reaches_back_to):
            found[name] = since
    return found


def _told_by_words(rules: RuleSet) -> set[str]:
    readings = (each.reading for compiled in rules.rules for each in comparisons(compiled.rule.when))
    fields = (each.counted.field for each in readings if each.where and each.counted and each.argument in PERSONAL)
    return {kind + str(field) for field in fields for kind in (TRAIL_OF, EVER_OF)}


def highest(records: Iterable[Record]) -> dict[str, int]:
    """Return the highest seq that is recorded of each document."""
    found: dict[str, int] = {}
    for each in records:
        if each.kind == EVENT:
            found[each.doc] = max(found.get(each.doc, 0), each.seq)
    return found


def found_in(tracking: Tracking, records: Iterable[Record], applied: Mapping[str, int]) -> Hashes:
    """
    Return what would be kept of a visitor's records; each event must be given once.

    ``applied`` tells of documents how far they were counted: what is recorded beyond that was not.
    """
    hashes = Hashes()
    for event, page, at_ms in _events_of(records, applied, tracking.pages):
        carry_out(tracking.changes(event, page), hashes, Document(), at_ms)
    return hashes


def kept_under(names: Iterable[str], hashes: Hashes) -> tuple[dict[str, Any], dict[str, Trail]]:
    """Return of what was found what is kept under these names: the visitor's numbers, and the trails."""
    wanted = list(names)
    bare = {kind: [each.removeprefix(kind) for each in wanted if each.startswith(kind)] for kind in (EVER_OF, TRAIL_OF)}
    numbers = {each: n for each, n in hashes.visitor.items() if any(is_of(each, name) for name in bare[EVER_OF])}
    trails = {each: t for each, t in hashes.trails.items() if any(is_of(each, name) for name in bare[TRAIL_OF])}
    return numbers, trails


def _events_of(
    records: Iterable[Record], applied: Mapping[str, int], pages: PageKinds
) -> Iterator[tuple[Event, Page, int]]:
    """Yield the events that were counted, each with its page and its moment."""
    shown: dict[str, Page] = {}
    told: dict[str, Page] = {}
    for record in records:
        if record.kind == HELLO:
            # a document that has shown a page since stays on it, unless its hello says more of that very page
            said = _page_of(record)
            page = pages.of(said) if said else shown.get(record.tab, NOWHERE)
            if record.tab not in shown or _is_same(shown[record.tab], page):
                told[record.tab] = page
            continue
        event = record.event() if record.kind == EVENT else None
        if event is None or record.seq > applied.get(record.doc, record.seq):
            continue
        event = pages.said(event)
        if event.doc is not None:
            yield event, event.shown or event.page or NOWHERE, record.at_ms
            continue
        if event.shown is not None:
            shown[record.tab] = told[record.tab] = event.shown
        yield event, told.get(record.tab, NOWHERE), record.at_ms


def _is_same(shown: Page, page: Page) -> bool:
    return same_page(page_record(0, shown), page)


def _page_of(record: Record) -> Page | None:
    try:
        return read_page(record.page, "page") if record.page is not None else None
    except BadEvent:
        return None
