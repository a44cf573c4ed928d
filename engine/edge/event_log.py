"""
The event log: every event of a site, in Redis Streams that are trimmed by length.

All events of one event-loop turn that go to the same stream are one entry. It
leaves in the same write as their counting, and ahead of it: a client that comes
back is told what was counted and never sends it again, so all that was counted
must be here. An event that came twice stands here twice, with the same
(visitor, doc, seq).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from engine.core.tokens import is_fleeting
from engine.edge.keys import VisitorKeys, log_key
from engine.edge.lane_port import Lane
from engine.edge.slots import slot_of
from engine.native import Sheet, packed_words, tell_all
from engine.tab import Step, Tab

StepReply = Callable[[Step, Any], None]

KEEP_ENTRIES = 100_000
_NOWHERE = -1


class EventLog:
    """
    Appends events as JSON: ``v`` visitor, ``s`` session, ``d`` document of the connection, ``t`` when (ms),
    ``f`` the frame as it came. Notes have, instead of a frame, what they say under ``hello`` or ``claim``.
    """

    def __init__(self, lane: Lane, keep: int = KEEP_ENTRIES) -> None:
        self._lane = lane
        self._keep = keep
        self._sheets: dict[bytes, Sheet] = {}
        self._begun: list[Sheet] = []
        self._nowhere = Sheet(0, b"", _NOWHERE, self._begin)
        lane.collect_ahead(self._flush)
        lane.when_turned(self._turned)

    def append(self, step: Step, frame: bytes, now_ms: int, reply_to: StepReply) -> None:
        """Write an event down; ``reply_to`` gets the step and, where that failed, an exception."""
        sheet = self.sheet_of(step.tab)
        sheet.add(step.tab.log_head, now_ms, b"f", frame)
        sheet.wait(reply_to, step)

    def note(self, tab: Tab, kind: str, said: Mapping[str, Any], now_ms: int) -> None:
        """Write down what is no event, under its ``kind``, in its order among the events. Nobody waits for it."""
        self.sheet_of(tab).add(tab.log_head, now_ms, kind.encode(), orjson.dumps(said))

    def mute(self, tab: Tab) -> None:
        """Write nothing more down of a tab, in this session: it is acknowledged all the same."""
        tab.sheet, tab.logged_session = self._nowhere, tab.session

    def sheet_of(self, tab: Tab) -> Sheet:
        """Return where what happens in a tab is written; the tab keeps it, and the head of its entries."""
        sheet = tab.sheet
        if sheet is None or sheet.is_closed or tab.logged_session is not tab.session:
            sheet = self._find_sheet(tab)
        return sheet

    def _find_sheet(self, tab: Tab) -> Sheet:
        """Find the stream, and write what is the same in all entries of a document and a session."""
        if is_fleeting(tab.visitor):
            self.mute(tab)
            return self._nowhere
        keys: VisitorKeys = tab.keys
        key = log_key(tab.site, self._lane.log_shard(keys.slot))
        sheet = self._sheets.get(key)
        if sheet is None:
            words = ("XADD", key, "MAXLEN", "~", self._keep, "*")
            sheet = self._sheets[key] = Sheet(len(words), packed_words(words), slot_of(key), self._begin)
        keys.log_slot = sheet.slot
        tab.sheet, tab.logged_session = sheet, tab.session
        tab.log_head = f'{{"v":"{tab.visitor}","s":"{tab.session}","d":"{tab.doc}","t":'.encode()
        return sheet

    def _begin(self, sheet: Sheet) -> None:
        """Have a sheet that something stands on now written soon."""
        if not self._begun:
            self._lane.flush_soon()
        self._begun.append(sheet)

    def _turned(self) -> None:
        """Other servers keep the visitors than before: find each one's stream anew."""
        for sheet in self._sheets.values():
            sheet.is_closed = True
        self._sheets = {}

    def _flush(self) -> None:
        begun, self._begun = self._begun, []
        for sheet in begun:
            command, waiting = sheet.take()
            if sheet is self._nowhere:
                tell_all(waiting, None)
            else:
                self._lane.send(tell_all, waiting, command, True, sheet.slot)
