"""The stream and its switch on a port of their own, with everything behind them made up."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from engine.core import wire
from engine.core.events import Hello
from engine.core.ruleset import RuleSet
from engine.edge.draining import drain
from engine.edge.keys import VisitorKeys
from engine.edge.streams import Streams
from engine.edge.switch import StreamSwitch
from engine.tab import Tab
from tests.live.client import Frame
from tests.live.raw_socket import frame
from tests.waiting import PATIENCE_S, eventually

ORIGIN = "http://shop.test"
HELLO = {"type": "hello", "v": 1, "token": None, "doc": "abcdef", "page": None, "context": {}}


class Tally:
    """Telemetry that a test can read."""

    def __init__(self) -> None:
        self.refusals: Counter[str] = Counter()
        self.connections = 0

    def connected(self) -> None:
        self.connections += 1

    def disconnected(self) -> None:
        self.connections -= 1

    def refused(self, reason: str) -> None:
        self.refusals[reason] += 1


@dataclass
class Limits:
    """No limit, unless a test sets one."""

    events_per_second: float = 0
    events_burst: int = 0
    country_header: str | None = None


@dataclass
class StreamServer:
    """
    A server of one site, ``pk_shop``. Every frame that a tab sends is acknowledged by its number.

    A hello is answered once ``may_open`` is set; ``failure`` is raised instead, if there is one.
    """

    limits: Limits = field(default_factory=Limits)
    telemetry: Tally = field(default_factory=Tally)
    tabs: list[Tab] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    hellos: list[Hello] = field(default_factory=list)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.may_open = asyncio.Event()
        self.may_open.set()
        self.streams = Streams(self._site_of, self._open_tab, self._take, self.telemetry, self.limits)
        self.port = 0

    @property
    def path(self) -> str:
        """Path and query of the site's stream."""
        return "/v1/stream?site=pk_shop"

    async def connect(self) -> ClientConnection:
        """Open a stream."""
        url = f"ws://127.0.0.1:{self.port}{self.path}"
        return await connect(url, origin=ORIGIN, compression=None, proxy=None)  # type: ignore[arg-type]

    async def greeted(self) -> ClientConnection:
        """Open a stream, say hello and take the welcome."""
        client = await self.connect()
        await client.send(orjson.dumps(HELLO).decode())
        assert orjson.loads(await client.recv())["type"] == "welcome"
        return client

    def _site_of(self, key: str) -> Any:
        return SimpleNamespace(origins=frozenset([ORIGIN])) if key == "pk_shop" else None

    async def _open_tab(self, site: str, hello: Hello) -> tuple[Tab, list[bytes]]:
        await self.may_open.wait()
        self.hellos.append(hello)
        if self.failure is not None:
            raise self.failure
        visitor = hello.token or "v1"
        tab = Tab(site, visitor, hello.doc, VisitorKeys(site, visitor), RuleSet())
        self.tabs.append(tab)
        names = {"visitor": visitor, "session": "s1", "token": "t"}
        return tab, [wire.welcome_frame(names, 0, resumed=False, arm={})]

    def _take(self, tab: Tab, message: bytes, _received: float) -> None:
        wire.parse(message)
        self.frames.append(message)
        tab.send(wire.ack_frame(len(self.frames)))


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the test runner."""
        yield


@asynccontextmanager
async def running_streams(with_streams: bool = True) -> AsyncIterator[StreamServer]:
    """Serve the stream, and an ASGI application with a WebSocket of its own at ``/echo``."""
    made = StreamServer()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {"streams": made.streams} if with_streams else {}

    app = FastAPI(lifespan=lifespan)

    @app.websocket("/echo")
    async def echo(other: WebSocket) -> None:
        await other.accept()
        await other.send_text(await other.receive_text())
        await other.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        made.port = listener.getsockname()[1]
        server = _Server(uvicorn.Config(app, ws=StreamSwitch, lifespan="on", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await eventually(lambda: server.started)
        try:
            yield made
        finally:
            await drain(made.streams)
            made.streams.stop()
            server.should_exit = True
            await serving


class BareClient:
    """A connection whose bytes are sent and read by hand, and which answers nothing by itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, status: int) -> None:
        self.reader = reader
        self.writer = writer
        self.status = status

    def send(self, message: Frame) -> None:
        """Send one message."""
        self.writer.write(frame(orjson.dumps(message)))

    async def rest(self) -> bytes:
        """Return all that comes until the connection ends."""
        try:
            return await asyncio.wait_for(self.reader.read(), PATIENCE_S)
        except ConnectionResetError:
            return b""


@asynccontextmanager
async def bare_client(server: StreamServer, path: str, head: str = "", then: bytes = b"") -> AsyncIterator[BareClient]:
    """Ask for an upgrade; ``then`` is sent in one write once the answer is there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: {ORIGIN}\r\n{head}\r\n"
    )
    writer.write(request.encode())
    try:
        answer = await reader.readuntil(b"\r\n\r\n")
        writer.write(then)
        yield BareClient(reader, writer, int(answer.split(b" ")[1]))
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def end_of(client: ClientConnection) -> tuple[int, str]:
    """Read until the server closes; return its code and reason."""
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(PATIENCE_S):
            await _read_all(client)
    close = client.protocol.close_rcvd
    assert close is not None
    return close.code, close.reason


async def _read_all(client: ClientConnection) -> None:
    async for _ in client:
        pass


def event(seq: int) -> str:
    """Write an event."""
    return orjson.dumps({"type": "event", "seq": seq, "name": "login"}).decode()
