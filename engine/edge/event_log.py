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
from engine.native import packed_call
from engine.tab import Step, Tab

StepReply = Callable[[Step, Any], None]

KEEP_ENTRIES = 100_000

_Batch = tuple[list[bytes], list[tuple[StepReply, Step]], int]
"""Entries, who waits for them to be written, and the slot of their stream."""


class EventLog:
    """
    Appends events as JSON: ``v`` visitor, ``s`` session, ``d`` document of the connection, ``t`` when (ms),
    ``f`` the frame as it came. Notes have, instead of a frame, what they say under ``hello`` or ``claim``.
    """

    def __init__(self, lane: Lane, keep: int = KEEP_ENTRIES) -> None:
        self._lane = lane
        self._keep = keep
        self._turn = object()
        self._stamped_ms = -1
        self._stamp = b""
        self._batches: dict[bytes, _Batch] = {}
        lane.collect_ahead(self._flush)
        lane.when_turned(self._turned)

    def append(self, step: Step, frame: bytes, now_ms: int, reply_to: StepReply) -> None:
        """Write an event down; ``reply_to`` gets the step and, where that failed, an exception."""
        keys: VisitorKeys = step.tab.keys
        if keys.log_turn is not self._turn or keys.logged_session is not step.tab.session:
            self._write_head(step.tab)
        if not self._batches:
            self._lane.flush_soon()
        batch = self._batches.get(keys.log_key)
        if batch is None:
            batch = self._batches[keys.log_key] = ([], [], keys.log_slot)
        if now_ms != self._stamped_ms:
            self._stamped_ms, self._stamp = now_ms, b'%d,"f":' % now_ms
        batch[0].append(b"".join((keys.log_head, self._stamp, frame, b"}")))
        batch[1].append((reply_to, step))

    def note(self, tab: Tab, kind: str, said: Mapping[str, Any], now_ms: int) -> None:
        """Write down what is no event, under its ``kind``, in its order among the events. Nobody waits for it."""
        keys: VisitorKeys = tab.keys
        if keys.log_turn is not self._turn or keys.logged_session is not tab.session:
            self._write_head(tab)
        if not self._batches:
            self._lane.flush_soon()
        batch = self._batches.setdefault(keys.log_key, ([], [], keys.log_slot))
        batch[0].append(b'%b%d,"%b":%b}' % (keys.log_head, now_ms, kind.encode(), orjson.dumps(said)))

    def mute(self, tab: Tab) -> None:
        """Write nothing more down of a tab, in this session: it is acknowledged all the same."""
        keys: VisitorKeys = tab.keys
        keys.log_key, keys.log_turn, keys.logged_session = b"", self._turn, tab.session

    def _write_head(self, tab: Tab) -> None:
        """Find the stream, and write what is the same in all entries of a document and a session."""
        if is_fleeting(tab.visitor):
            self.mute(tab)
            return
        keys: VisitorKeys = tab.keys
        keys.log_key = log_key(tab.site, self._lane.log_shard(keys.slot))
        keys.log_slot = slot_of(keys.log_key)
        keys.log_turn = self._turn
        keys.log_head = f'{{"v":"{tab.visitor}","s":"{tab.session}","d":"{tab.doc}","t":'.encode()
        keys.logged_session = tab.session

    def _turned(self) -> None:
        """Other servers keep the visitors than before: find each one's stream anew."""
        self._turn = object()

    def _flush(self) -> None:
        batches, self._batches = self._batches, {}
        for key, (entries, waiting, slot) in batches.items():
            if not key:
                _reply(waiting, None)
                continue
            words: list[bytes | str | int] = ["XADD", key, "MAXLEN", "~", self._keep, "*"]
            for entry in entries:
                words.append(b"e")
                words.append(entry)
            self._lane.send(_reply, waiting, packed_call(0, b"", words, b""), True, slot)


def _reply(waiting: list[tuple[StepReply, Step]], reply: Any) -> None:
    for reply_to, step in waiting:
        reply_to(step, reply)
