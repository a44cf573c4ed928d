"""A Redis that says what a test tells it to, for what a real one does too seldom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import hiredis

Command = list[bytes]
OK = b"+OK\r\n"


class ScriptedRedis:
    """
    Writes down every command, and counts connections and reads.

    Answers with ``answer``, bytes as they go over the wire; None: not at all.
    """

    def __init__(self, path: Path) -> None:
        self.url = f"unix://{path}"
        self.commands: list[Command] = []
        self.connections = 0
        self.reads = 0
        self.answer: Callable[[Command], bytes | None] = lambda _: OK
        self._path = path
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_unix_server(self._serve, self._path)

    async def stop(self) -> None:
        """Listen no more, and break every connection."""
        assert self._server is not None
        self._server.close()
        self.break_connections()
        await self._server.wait_closed()
        self._path.unlink(missing_ok=True)

    def say(self, reply: bytes) -> None:
        """Say something on the newest connection."""
        self._writers[-1].write(reply)

    def break_connections(self) -> None:
        """Break every connection."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def names(self) -> list[str]:
        """Return the names of the commands so far, but for those that open a connection."""
        return [command[0].decode() for command in self.commands if command[0] not in (b"PING", b"AUTH", b"SELECT")]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        parser = hiredis.Reader()
        while data := await _read(reader):
            self.reads += 1
            parser.feed(data)
            while (command := parser.gets()) is not False:
                self.commands.append(command)
                said = self.answer(command)
                if said is not None and not writer.is_closing():
                    writer.write(said)


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65536)
    except ConnectionError:
        return b""


@asynccontextmanager
async def scripted_redis(folder: Path) -> AsyncIterator[ScriptedRedis]:
    """Run one in this folder."""
    server = ScriptedRedis(folder / "scripted.sock")
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
