"""Clients that send too much, do not read, or say nothing: none of them keeps a connection for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest

from engine.edge import allowance, stream, streams
from tests.edge.stream_server import HELLO, StreamServer, bare_client, end_of, event, running_streams
from tests.live.raw_socket import PING, frame
from tests.waiting import PATIENCE_S, eventually


@pytest.fixture
async def server() -> AsyncIterator[StreamServer]:
    async with running_streams() as server:
        yield server


async def test_allowance_fills_up_with_time(server: StreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "MOST_KEPT", 0)
    server.limits.events_per_second, server.limits.events_burst = 1_000, 5
    client = await server.greeted()
    [open_stream] = server.streams.open
    for seq in range(1, 51):
        await client.send(event(seq))
        await client.recv()
        open_stream._allowance._reckoned_at -= 0.001  # as if a millisecond had passed
    server.limits.events_per_second = 0.001
    for seq in range(51, 61):
        await client.send(event(seq))
    assert await end_of(client) == (4008, "too many events")
    assert server.telemetry.refusals == {"too_many_events": 1}
    assert 50 < len(server.frames) <= 56


async def test_silent_client_is_pinged_and_one_that_answers_stays(server: StreamServer) -> None:
    client = await server.greeted()
    [open_stream] = server.streams.open
    now = server.streams.loop.time()
    pinged = []
    for later in (13, 15):
        open_stream.check(now + later)
        pinged.append(open_stream._pinged)
    assert pinged == [False, True]
    await eventually(lambda: not open_stream._pinged)
    open_stream.check(server.streams.loop.time() + 31)
    assert open_stream in server.streams.open
    await client.close()


async def test_client_that_does_not_answer_its_ping_is_dropped(server: StreamServer) -> None:
    async with bare_client(server, server.path, then=frame(orjson.dumps(HELLO))) as client:
        await eventually(lambda: server.tabs)
        [open_stream] = server.streams.open
        now = server.streams.loop.time()
        for later in (15, 20, 25):
            open_stream.check(now + later)
        assert (await client.rest()).endswith(b"\x89\x00")
        await eventually(lambda: not server.streams.open)
        open_stream.check(now + 60)


async def test_streams_are_looked_after_by_themselves(server: StreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SWEEP_EVERY_S", 0.01)
    monkeypatch.setattr(stream, "PING_AFTER_S", 0.0)
    server.streams.spawn(server.streams._sweep())
    async with bare_client(server, server.path) as client:
        assert b"\x89\x00" in await asyncio.wait_for(client.reader.readuntil(b"\x89\x00"), PATIENCE_S)


async def test_client_that_does_not_answer_our_close_is_cut_off(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "DISCONNECT_AFTER_S", 0.05)
    async with bare_client(server, server.path, then=frame(b"not JSON") + frame(b"", PING)) as client:
        said = await client.rest()
    assert said.endswith(b"\x03\xeaframe is not JSON")


async def test_client_that_does_not_read_is_cut_off(server: StreamServer) -> None:
    async with bare_client(server, server.path, then=frame(orjson.dumps(HELLO))):
        await eventually(lambda: server.tabs)
        [tab] = server.tabs
        for _ in range(20_000):
            tab.send(b'{"type":"show","popup":"%b"}' % (b"x" * 1_000))
            if tab.closed:
                break
        assert tab.closed
        assert server.telemetry.refusals == {"slow_consumer": 1}
        await eventually(lambda: not server.streams.open)


async def test_writing_that_may_go_on_changes_nothing(server: StreamServer) -> None:
    client = await server.greeted()
    [open_stream] = server.streams.open
    open_stream.resume_writing()
    await client.send(event(1))
    assert orjson.loads(await client.recv()) == {"type": "ack", "seq": 1}
    await client.close()
