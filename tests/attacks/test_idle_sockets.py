"""A thousand connections of one address that say nothing, or that never get further than their request."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from engine.edge.admission import Admission, Limits
from engine.edge.http_guard import GuardedHttp
from engine.edge.switch import StreamSwitch
from tests.edge.stream_server import StreamServer
from tests.waiting import eventually

MOST = 100
GET = b"GET / HTTP/1.1\r\nHost: engine.test\r\n"


class OfAnyAddress(Admission):
    """Counts private addresses too: the test has no other."""

    def socket_of(self, peer: str) -> str:
        return peer


@dataclass
class Door:
    """A server, and the connections to it that were opened and are open."""

    port: int
    admission: Admission
    streams: StreamServer
    stack: AsyncExitStack

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open one more."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.stack.callback(writer.close)
        return reader, writer

    @property
    def counted(self) -> int:
        return self.admission._sockets["127.0.0.1"]

    async def has_room(self) -> bool:
        """Ask for something over a connection of its own."""
        reader, writer = await self.open()
        writer.write(GET + b"Connection: close\r\n\r\n")
        return (await reader.read()).startswith(b"HTTP/1.1 404")


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    streams = StreamServer()
    streams.streams.admission = admission = OfAnyAddress(Limits(sockets_per_address=MOST))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {"streams": streams.streams}

    app = FastAPI(lifespan=lifespan)
    config = uvicorn.Config(
        app, http=GuardedHttp, ws=StreamSwitch, lifespan="on", log_config=None, port=0, backlog=2048
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.lifespan.startup()
    await server.startup()
    async with AsyncExitStack() as stack:
        streams.port = server.servers[0].sockets[0].getsockname()[1]
        yield Door(streams.port, admission, streams, stack)
    await server.shutdown()
    streams.streams.stop()


async def test_of_a_thousand_that_say_nothing_a_hundred_are_kept_and_room_comes_back_with_each_that_ends(
    door: Door,
) -> None:
    opened = [await door.open() for _ in range(1_000)]
    refused = await asyncio.gather(*(reader.read() for reader, _ in opened[MOST:]))
    assert Counter(answer[:12] for answer in refused) == {b"HTTP/1.1 429": 900}
    assert door.streams.telemetry.refusals == {"sockets_full": 900}
    assert door.counted == MOST
    assert not await door.has_room()
    opened[0][1].close()
    await eventually(lambda: door.counted == MOST - 1)
    assert await door.has_room()
    await eventually(lambda: door.counted == MOST - 1)


async def test_address_that_fills_its_room_takes_none_from_its_own_streams(door: Door) -> None:
    stream = await door.streams.greeted()
    await eventually(lambda: door.counted == 0)
    for _ in range(MOST):
        await door.open()
    await eventually(lambda: door.counted == MOST)
    await stream.send('{"type":"event","seq":1,"name":"login","data":{}}')
    assert await stream.recv() == '{"type":"ack","seq":1}'
    await stream.close()


async def test_address_that_asks_without_end_is_told_to_wait_whatever_it_asks(door: Door) -> None:
    door.streams.streams.admission = Admission(Limits(hits_per_minute=5))
    answers = []
    for n in range(16):
        reader, writer = await door.open()
        address = b"8.8.8.8" if n % 2 else b"9.9.9.9"
        writer.write(GET + b"X-Forwarded-For: 1.1.1.1, %b\r\nConnection: close\r\n\r\n" % address)
        answers.append((await reader.read())[9:12])
    assert Counter(answers) == {b"404": 10, b"429": 6}
    assert door.streams.telemetry.refusals == {"too_many_hits": 6}


async def test_request_whose_head_comes_byte_by_byte_takes_room_only_until_it_is_cut_off(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GuardedHttp, "head_within_s", 0.2)
    slow = [await door.open() for _ in range(MOST)]
    for _, writer in slow:
        writer.write(GET[:7])
    assert await asyncio.gather(*(reader.read() for reader, _ in slow)) == [b""] * MOST
    await eventually(lambda: door.counted == 0)
    assert await door.has_room()
