"""A TCP proxy that does to connections what networks do: it delays, drops, resets, reads slowly and splits."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Self

_AT_ONCE = 65_536


class FaultyProxy:
    """
    Passes bytes on between whoever connects and one server, as its attributes say at that moment.

    ``latency_s``   each piece comes so much later
    ``swallows``    nothing is passed on, and nobody is told: a cable that was pulled
    ``piece``       bytes come in pieces of this size, each on its own
    ``rate``        so many bytes a second at most come from the client: one that sends, or is read, slowly
    ``refuses``     connections are taken and closed at once
    """

    def __init__(self, host: str, port: int) -> None:
        self._server_at = (host, port)
        self.latency_s = 0.0
        self.swallows = False
        self.piece = _AT_ONCE
        self.rate = 0
        self.refuses = False
        self.taken = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def open(self) -> int:
        """How many connections pass through it now."""
        return len(self._open) // 2

    def reset(self) -> None:
        """Break every connection, on both sides, with a reset."""
        for writer in list(self._open):
            sock = writer.get_extra_info("socket")
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self.refuses:
            writer.close()
            return
        try:
            to_reader, to_writer = await asyncio.open_connection(*self._server_at)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, to_writer}
        try:
            await asyncio.gather(self._pass(reader, to_writer, self.rate), self._pass(to_reader, writer, 0))
        finally:
            self._open -= {writer, to_writer}
            writer.transport.abort()
            to_writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: int) -> None:
        with suppress(OSError):
            while data := await reader.read(min(self.piece, rate or _AT_ONCE)):
                if self.latency_s:
                    await asyncio.sleep(self.latency_s)
                if rate:
                    await asyncio.sleep(len(data) / rate)
                if not self.swallows:
                    writer.write(data)
                    await writer.drain()
            writer.write_eof()
