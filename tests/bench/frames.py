"""WebSocket frames of a client, made ahead of time: the load must cost its sender as little as possible."""

from __future__ import annotations

from typing import Any

import orjson

_KEY = b"\x37\xfa\x21\x3d"
_TEXT, _CLOSE, PONG = 0x81, 0x88, 0x8A


def masked(payload: bytes, head: int = _TEXT) -> bytes:
    """Return a whole masked frame."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    key = (_KEY * (size // 4 + 1))[:size]
    body = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
    return bytes((head,)) + length + _KEY + body


def text_frame(message: dict[str, Any]) -> bytes:
    """Return a message as a frame."""
    return masked(orjson.dumps(message))


CLOSE = masked((1000).to_bytes(2, "big"), _CLOSE)
