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

from tests.bench.frames import CLOSE, text_frame

ORIGIN = "http://shop.test"
_UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: " + ORIGIN + "\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_ACK, _SHOW = b'{"type":"ack"', b'{"type":"show"'


class Broken(Exception):
    """A connection ended that should have stayed."""


class Shopper(asyncio.Protocol):
    """
    One connection. ``on_ack`` gets the seq of each acknowledgement, ``on_show`` each popup.

    A popup is viewed and closed at once, as the snippet would report it.
    """

    __slots__ = (
        "_greeted", "_hello", "_rest", "_upgraded", "on_ack", "on_break", "on_show", "path", "seq", "shows", "transport",
    )  # fmt: skip

    def __init__(self, path: str, hello: bytes) -> None:
        self.path = path
        self.seq = 0
        self.shows = 0
        self.on_ack: Callable[[int], None] = _nothing
        self.on_show: Callable[[], None] | None = None
        self.on_break: Callable[[Exception], None] = _raise
        self._hello = hello
        self._rest = b""
        self._upgraded = False
        self._greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self, port: int, source: str | None = None) -> None:
        """Connect, say hello, and wait for the answer."""
        loop = asyncio.get_running_loop()
        local = (source, 0) if source else None
        self.transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", port, local_addr=local)
        self.transport.write(_UPGRADE.format(path=self.path, port=port).encode())
        await self._greeted

    def close(self) -> None:
        """Leave."""
        self._upgraded = False
        self.transport.write(CLOSE)
        self.transport.close()

    def send(self, seq: int, frame: bytes) -> None:
        """Send an event."""
        self.seq = seq
        self.transport.write(frame)

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

    def _finish_upgrade(self, data: bytes) -> None:
        if not data.startswith(b"HTTP/1.1 101"):
            self._greeted.set_exception(Broken(data[:200].decode("latin-1")))
            return
        self._upgraded = True
        self.transport.write(self._hello)

    def _take(self, data: bytes, opcode: int, start: int, end: int) -> None:
        if opcode != 1:
            if opcode == 8:
                self._break(Broken(f"closed by the server: {data[start:end]!r}"))
        elif not self._greeted.done():
            self._greeted.set_result(None)
        elif data.startswith(_ACK, start):
            comma = data.find(b",", start + 14, end)
            self.on_ack(int(data[start + 20 : comma if comma > 0 else end - 1]))
        elif data.startswith(_SHOW, start):
            self._report(orjson.loads(data[start:end])["fire"])
        else:
            self._break(Broken(data[start:end].decode()))

    def _report(self, fire: str) -> None:
        self.shows += 1
        if self.on_show is not None:
            self.on_show()
        seq = self.seq
        for n, name in enumerate(("popup_view", "popup_close"), 1):
            self.transport.write(
                text_frame({"type": "event", "seq": seq + n, "name": name, "data": {"fire": fire}})
            )

    def _break(self, error: Exception) -> None:
        if self._greeted.done():
            self.on_break(error)
        else:
            self._greeted.set_exception(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remember it where it was not meant."""
        if self._upgraded or not self._greeted.done():
            self._break(exc or Broken("the connection was lost"))


def _nothing(_: Any) -> None:
    """Nobody listens."""


def _raise(error: Exception) -> None:
    raise error
