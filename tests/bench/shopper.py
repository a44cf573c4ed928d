"""
The load: shoppers' connections as bare as they can be, so that the sender is not what is measured.

A WebSocket client of a few lines on uvloop. Its frames are made and masked ahead of time, and what comes back is
looked at no closer than is needed to know what it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson

from tests.bench.frames import CLOSE, PONG, masked, text_frame

ORIGIN = "http://shop.test"
_UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: " + ORIGIN + "\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_ACK, _SHOW = b'{"type":"ack"', b'{"type":"show"'
_TEXT, _CLOSE, _PING = 1, 8, 9


class Broken(Exception):
    """A connection ended that should have stayed, or something came that should not."""


class Shopper(asyncio.Protocol):
    """
    One connection. ``on_ack`` gets the seq of each acknowledgement, ``on_show`` hears of each popup.

    A popup is viewed and closed at once, as the snippet would report it. ``seq`` is the number of the last event sent.
    """

    __slots__ = (
        "_greeted",
        "_hello",
        "_rest",
        "_upgraded",
        "on_ack",
        "on_break",
        "on_show",
        "seq",
        "shows",
        "transport",
    )

    def __init__(self, hello: bytes) -> None:
        self.seq = 0
        self.shows = 0
        self.on_ack: Callable[[int], None] = _nothing
        self.on_show: Callable[[], None] = _nothing
        self.on_break: Callable[[Exception], None] = _nothing
        self._hello = hello
        self._rest = b""
        self._upgraded = False
        self._greeted: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def open(self, port: int, path: str) -> dict[str, Any]:
        """Connect, say hello, and return the answer."""
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", port)
        self.transport.write(_UPGRADE.format(path=path, port=port).encode())
        welcome: dict[str, Any] = orjson.loads(await self._greeted)
        return welcome

    def close(self) -> None:
        """Leave."""
        self._upgraded = False
        self.transport.write(CLOSE)
        self.transport.close()

    def send(self, frame: bytes) -> int:
        """Send the next event, which has the number that follows; return that."""
        self.seq += 1
        self.transport.write(frame)
        return self.seq

    def data_received(self, data: bytes) -> None:
        """Take what the server sends."""
        if self._rest:
            data, self._rest = self._rest + data, b""
        at, end = 0, len(data)
        if not self._upgraded:
            at = data.find(b"\r\n\r\n") + 4
            if at < 4:
                self._rest = data
                return
            self._finish_upgrade(data)
        while end - at >= 2:
            start, length = at + 2, data[at + 1]
            if length == 126:
                start, length = at + 4, int.from_bytes(data[at + 2 : at + 4], "big")
            if start + length > end:
                break
            self._take(data, data[at] & 15, start, start + length)
            at = start + length
        self._rest = data[at:]

    def _finish_upgrade(self, answer: bytes) -> None:
        if not answer.startswith(b"HTTP/1.1 101"):
            self._break(Broken(answer[:200].decode("latin-1")))
            return
        self._upgraded = True
        self.transport.write(self._hello)

    def _take(self, data: bytes, opcode: int, start: int, end: int) -> None:
        if opcode != _TEXT:
            if opcode == _PING:
                self.transport.write(masked(data[start:end], PONG))
            elif opcode == _CLOSE:
                self._break(Broken(f"closed by the server: {data[start:end]!r}"))
        elif not self._greeted.done():
            self._greeted.set_result(data[start:end])
        elif data.startswith(_ACK, start):
            comma = data.find(b",", start + 14, end)
            self.on_ack(int(data[start + 20 : comma if comma > 0 else end - 1]))
        elif data.startswith(_SHOW, start):
            self._look_at(orjson.loads(data[start:end])["fire"])
        else:
            self._break(Broken(data[start:end].decode()))

    def _look_at(self, fire: str) -> None:
        self.shows += 1
        self.on_show()
        for name in ("popup_view", "popup_close"):
            self.send(text_frame({"type": "event", "seq": self.seq + 1, "name": name, "data": {"fire": fire}}))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell of it where it was not meant."""
        if self._upgraded or not self._greeted.done():
            self._break(exc or Broken("the connection was lost"))

    def _break(self, error: Exception) -> None:
        self._upgraded = False
        if self._greeted.done():
            self.on_break(error)
        else:
            self._greeted.set_exception(error)


def _nothing(*_: Any) -> None:
    """Nobody listens."""
