"""
Picks the reader of the frames that nearly all frames are: whole messages of text.

In C such a frame costs one look, by picows' own properties seven. C repeats what picows declares of a frame, which
another version of it may declare otherwise: so it has to read right some frames that are made for that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from picows import WSFrame, WSMsgType, picows

from engine.native import believe_frames, twin
from engine.native import plain_text as read_in_c

_KINDS = (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION, WSMsgType.CLOSE, WSMsgType.PING, WSMsgType.PONG)


def reader_of_text() -> Callable[[Any], bytes | None]:
    """Return what reads a frame's text: None for a frame that is anything else than a whole message of it."""
    make = getattr(picows, "_make_test_ws_frame", None)
    if read_in_c is None or make is None:
        return twin.plain_text
    samples = [
        (make(kind, payload, fin, rsv1), kind.value, payload, fin, rsv1)
        for kind in _KINDS
        for payload in (b"", b"x", b"a longer text" * 20)
        for fin in (True, False)
        for rsv1 in (True, False)
    ]
    reader: Callable[[Any], bytes | None] = read_in_c
    return reader if believe_frames(WSFrame, samples) else twin.plain_text
