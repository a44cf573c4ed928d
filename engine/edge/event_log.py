"""
The event log: every event of a site, in Redis Streams that are trimmed by length.

All events of one event-loop turn that go to the same stream are one entry, in
the same write as their counting. An event that came twice stands here twice,
with the same (visitor, doc, seq).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from engine.edge.keys import log_key, log_shard
from engine.edge.lane import RedisLane
from engine.tab import Step

StepReply = Callable[[Step, Any], None]

KEEP_ENTRIES = 100_000


class EventLog:
    """
    Appends events as JSON: ``v`` visitor, ``s`` session, ``d`` document of the connection, ``t`` when (ms),
    ``f`` the frame as it came.
    """

    def __init__(self, lane: RedisLane, shards: int = 1, keep: int = KEEP_ENTRIES) -> None:
        self._lane = lane
        self._shards = shards
        self._keep = keep
        self._loop = asyncio.get_running_loop()
        self._batches: dict[bytes, tuple[list[bytes], list[tuple[StepReply, Step]]]] = {}
        self._keys: dict[tuple[str, int], bytes] = {}

    def append(self, step: Step, frame: bytes, now_ms: int, reply_to: StepReply) -> None:
        """Write an event down; ``reply_to`` gets the step and, where that failed, an exception."""
        tab = step.tab
        entry = b'{"v":"%b","s":"%b","d":"%b","t":%d,"f":%b}' % (
            tab.visitor.encode(), tab.session.encode(), tab.doc.encode(), now_ms, frame
        )  # fmt: skip
        if not self._batches:
            self._loop.call_soon(self._flush)
        words, waiting = self._batches.setdefault(self._key(tab.site, tab.visitor), ([], []))
        words += (b"e", entry)
        waiting.append((reply_to, step))

    def _key(self, site: str, visitor: str) -> bytes:
        shard = log_shard(visitor, self._shards) if self._shards > 1 else 0
        key = self._keys.get((site, shard))
        if key is None:
            key = self._keys[site, shard] = log_key(site, shard)
        return key

    def _flush(self) -> None:
        batches, self._batches = self._batches, {}
        for key, (words, waiting) in batches.items():
            self._lane.call(partial(_reply, waiting), "XADD", key, "MAXLEN", "~", self._keep, "*", *words)


def _reply(waiting: list[tuple[StepReply, Step]], reply: Any) -> None:
    for reply_to, step in waiting:
        reply_to(step, reply)
