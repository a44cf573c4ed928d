"""A client that speaks the stream protocol and nothing else, as honestly as the snippet does."""

from __future__ import annotations

import asyncio
import random
import re
import string
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Self

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.frames import Close

from tests.waiting import PATIENCE_S, eventually

Frame = dict[str, Any]

_RETRY_AFTER = re.compile(r"retry_after_ms=(\d+)")
_LONGEST_PAUSE_S = 0.5


def new_doc() -> str:
    """Return a name for a document that no other has."""
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=12))


class Shopper:
    """
    One document of a shopper: a connection, and the events that wait to be acknowledged.

    ``frames`` is all that the engine has said, ``applied`` every (doc, seq) it
    has acknowledged, ``closes`` how its connections ended.
    """

    def __init__(self, url: str, origin: str, token: str | None = None, left: Iterable[Frame] = ()) -> None:
        self.url = url
        self.origin = origin
        self.token = token
        self.doc = new_doc()
        self.queue = list(left)
        self.seq = 0
        self.page: Frame | None = None
        self.frames: list[Frame] = []
        self.applied: set[tuple[str, int]] = set()
        self.closes: list[Close | None] = []
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()

    # what a client does

    async def connect(self) -> Frame:
        """Open a stream, say hello and send what is queued. Returns the welcome."""
        socket = await connect(self.url, origin=self.origin, compression=None, proxy=None)  # type: ignore[arg-type]
        try:
            await socket.send(orjson.dumps(self.hello()).decode())
            self._take(orjson.loads(await socket.recv()))
        except BaseException:
            socket.transport.abort()
            raise
        self._socket = socket
        self._reader = asyncio.create_task(self._read(socket))
        for frame in list(self.queue):
            await self.say(frame)
        return self.of("welcome")[-1]

    def hello(self) -> Frame:
        """Return the first frame of a connection."""
        context = {"language": "en", "utc_offset_min": 0, "viewport": [1280, 720], "pointer": "fine", "referrer": ""}
        return {
            "type": "hello", "v": 1, "token": self.token, "doc": self.doc, "page": self.page, "context": context
        }  # fmt: skip

    async def event(self, name: str, **data: Any) -> int:
        """Queue an event and send it; return its seq."""
        self.seq += 1
        frame = {"type": "event", "seq": self.seq, "name": name, "data": data}
        self.queue.append(frame)
        await self.say(frame)
        return self.seq

    async def view(self, kind: str, url: str = "", **more: Any) -> int:
        """Show a page."""
        self.page = {"url": url or f"/{kind}", "kind": kind, **more}
        return await self.event("page_view", **self.page)

    async def say(self, frame: Frame) -> None:
        """Send a frame as it stands; without a connection it is lost."""
        if self._socket is not None:
            with suppress(ConnectionClosed):
                await self._socket.send(orjson.dumps(frame).decode())

    async def settled(self, within_s: float = PATIENCE_S) -> None:
        """Wait until every event is acknowledged."""
        await eventually(lambda: not self.queue, within_s)

    async def drop(self) -> None:
        """Lose the connection without a word, as a phone in a tunnel does."""
        if self._socket is not None:
            self._socket.transport.abort()
            await self.hung_up()

    async def reconnect(self) -> Frame:
        """Lose the connection and open another."""
        await self.drop()
        return await self.connect()

    async def hung_up(self) -> Close | None:
        """Wait until the connection has ended; return the engine's close."""
        assert self._reader is not None
        await asyncio.wait_for(self._reader, PATIENCE_S)
        return self.closes[-1]

    def keep_connected(self) -> None:
        """Open the connection again whenever it ends, until ``leave``."""
        self._keeper = asyncio.create_task(self._keep())

    async def leave(self, code: int = 1000) -> None:
        """Close the page, with a code that says it or not."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        if self._socket is not None:
            await self._socket.close(code)
            await self.hung_up()

    def next_document(self) -> Shopper:
        """Return the tab's next document, which sends first what this one leaves unacknowledged."""
        assert self.page is not None
        left = [{"doc": self.doc, "page": self.page, **frame} for frame in self.queue]
        return Shopper(self.url, self.origin, self.token, left)

    def another_tab(self) -> Shopper:
        """Return another document of the same visitor."""
        return Shopper(self.url, self.origin, self.token)

    @property
    def is_welcome(self) -> bool:
        """Whether it has a connection that was answered."""
        return self._socket is not None

    # what the engine has said

    def of(self, kind: str) -> list[Frame]:
        """Return all frames of a type."""
        return [frame for frame in self.frames if frame["type"] == kind]

    @property
    def armed(self) -> Frame:
        """What is armed now."""
        arms: list[Frame] = [frame["arm"] for frame in self.frames if "arm" in frame]
        return arms[-1] if arms else {}

    @property
    def visitor(self) -> str:
        """The visitor's id."""
        return str(self.of("welcome")[-1]["visitor"])

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                self._take(orjson.loads(message))
        except ConnectionClosed:
            pass
        self._socket = None
        self.closes.append(socket.protocol.close_rcvd)

    def _take(self, frame: Frame) -> None:
        self.frames.append(frame)
        if frame["type"] == "welcome":
            self.token = frame["token"]
        if frame["type"] in ("welcome", "ack"):
            self._drop_until(frame.get("doc", self.doc), frame["seq"])

    def _drop_until(self, doc: str, seq: int) -> None:
        done = [frame for frame in self.queue if frame.get("doc", self.doc) == doc and frame["seq"] <= seq]
        self.applied.update((doc, frame["seq"]) for frame in done)
        self.queue = [frame for frame in self.queue if frame not in done]

    async def _keep(self) -> None:
        while True:
            if self._reader is not None:
                await asyncio.wait([self._reader])
                await asyncio.sleep(self._pause_s(self.closes[-1]))
            with suppress(OSError, InvalidHandshake, ConnectionClosed, TimeoutError):
                await self.connect()
                continue
            await asyncio.sleep(self._pause_s(None))

    @staticmethod
    def _pause_s(close: Close | None) -> float:
        told = _RETRY_AFTER.search(close.reason) if close else None
        return int(told[1]) / 1000 if told else random.uniform(0, _LONGEST_PAUSE_S)
