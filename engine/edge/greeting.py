"""Where a visitor stands when a document says hello, as the functions ``greet`` and ``peek`` answer it."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import orjson

from engine.core.firings import Firing


@dataclass(frozen=True, slots=True)
class Greeting:
    """
    Where a visitor stands when a document says hello.

    ``record`` is the page that the document showed last, as
    :func:`engine.core.counters.page_record` wrote it, or empty. ``outbox``
    holds (document, sent at ms, frame) of popups that nobody has viewed yet, as they were sent,
    ``known`` what the visitor's hash holds for rules, by field.
    """

    seq: int
    record: str
    session: str
    resumed: bool
    session_started_ms: int
    origin: bytes
    sessions: int
    firings: dict[str, list[Firing]]
    outbox: list[tuple[str, int, bytes]]
    values: bytes
    known: dict[str, Any]


def read_greeting(reply: list[Any]) -> Greeting:
    """Read the answer."""
    seq, record, session, resumed, started, came_from, visitor, firings, outbox, values = reply
    known = dict(zip(visitor[::2], visitor[1::2], strict=True))
    return Greeting(
        seq, record.decode(), session.decode(), bool(resumed), int(started), came_from, int(known.get(b"sessions", 1)),
        {rule.decode(): orjson.loads(text) for rule, text in zip(firings[::2], firings[1::2], strict=True)},
        sorted(map(_unviewed, outbox[1::2]), key=itemgetter(1)), values, _known(known),
    )  # fmt: skip


def _known(visitor: dict[bytes, bytes]) -> dict[str, Any]:
    """Return what rules can read of the visitor's hash: all but transactions and when it began."""
    names = (each for each in visitor if each not in (b"sessions", b"first") and not each.startswith(b"tx:"))
    return {name.decode(): orjson.loads(visitor[name]) for name in names}


def _unviewed(text: bytes) -> tuple[str, int, bytes]:
    doc, sent_ms, frame = text.split(b" ", 2)
    return doc.decode(), int(sent_ms), frame
