"""One connection from its hello to its close, with everything behind it made up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from math import inf

import orjson
import pytest
from websockets.asyncio.client import connect

from engine.edge import stream
from engine.edge.lane import LaneDown
from engine.tab import Tab
from tests.edge.stream_server import HELLO, ORIGIN, StreamServer, bare_client, end_of, event, running_streams
from tests.live.raw_socket import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame
from tests.waiting import PATIENCE_S, eventually


@pytest.fixture
async def server() -> AsyncIterator[StreamServer]:
    async with running_streams() as server:
        yield server


async def test_hello_that_does_not_come_is_not_waited_for(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HELLO_WITHIN_S", 0.05)
    assert await end_of(await server.connect()) == (4009, "no hello within 0.05 s")
    await eventually(lambda: server.telemetry.connections == 0)


async def test_deadline_of_the_hello_ends_with_it(server: StreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HELLO_WITHIN_S", 0.1)
    server.may_open.clear()
    client = await server.connect()
    await client.send(orjson.dumps(HELLO).decode())
    late = asyncio.get_running_loop().time() + 0.15
    await eventually(lambda: asyncio.get_running_loop().time() > late)
    server.may_open.set()
    assert orjson.loads(await client.recv())["type"] == "welcome"
    await client.close()


async def test_connections_are_counted_in_and_out(server: StreamServer) -> None:
    clients = [await server.greeted() for _ in range(3)]
    assert server.telemetry.connections == len(server.streams.open) == 3
    for client in clients:
        await client.close()
    await eventually(lambda: server.telemetry.connections == 0)
    assert server.streams.open == set()


async def test_tab_of_a_connection_that_is_gone_sends_nothing_more(server: StreamServer) -> None:
    client = await server.greeted()
    await client.close()
    [tab] = server.tabs
    await eventually(lambda: tab.closed)
    tab.send(b"into the void")
    tab.hang_up(1013, "nobody hears")


async def test_shared_state_out_of_reach_closes_with_1013(server: StreamServer) -> None:
    server.failure = LaneDown("Redis is not reachable")
    client = await server.connect()
    await client.send(orjson.dumps(HELLO).decode())
    assert await end_of(client) == (1013, "the shared state is not reachable")


async def test_hello_that_cannot_be_answered_closes_with_1013(
    server: StreamServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.failure = KeyError("unforeseen")
    client = await server.connect()
    await client.send(orjson.dumps(HELLO).decode())
    assert await end_of(client) == (1013, "the hello could not be answered")
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "a hello could not be answered"
    ]


async def test_frames_before_the_welcome_are_taken_in_their_order_after_it(server: StreamServer) -> None:
    server.may_open.clear()
    client = await server.connect()
    await client.send(orjson.dumps(HELLO).decode())
    for seq in range(1, 101):
        await client.send(event(seq))
    server.may_open.set()
    assert orjson.loads(await client.recv())["type"] == "welcome"
    for seq in range(1, 101):
        assert orjson.loads(await client.recv()) == {"type": "ack", "seq": seq}
    assert [orjson.loads(each)["seq"] for each in server.frames] == list(range(1, 101))
    await client.close()


async def test_frames_without_end_before_the_welcome_close_with_4008_after_what_may_come(server: StreamServer) -> None:
    server.may_open.clear()
    client = await server.connect()
    await client.send(orjson.dumps(HELLO).decode())
    for seq in range(1, 400):
        await client.send(event(seq))
    [open_stream] = server.streams.open
    await eventually(lambda: len(open_stream._waiting or ()) > stream.MOST_FRAMES_BEFORE_WELCOME)
    server.may_open.set()
    assert await end_of(client) == (4008, "too many events")
    assert [orjson.loads(each)["seq"] for each in server.frames] == list(range(1, 301))
    assert server.telemetry.refusals == {"too_many_events": 1}


async def test_bad_frame_before_the_welcome_closes_after_it(server: StreamServer) -> None:
    server.may_open.clear()
    client = await server.connect()
    await client.send(orjson.dumps(HELLO).decode())
    await client.send("not JSON")
    server.may_open.set()
    assert orjson.loads(await client.recv())["type"] == "welcome"
    assert await end_of(client) == (1002, "frame is not JSON")


async def test_client_that_leaves_before_its_welcome_leaves_nothing_behind(server: StreamServer) -> None:
    server.may_open.clear()
    client = await server.connect()
    await client.send(orjson.dumps(HELLO).decode())
    await client.close()
    await eventually(lambda: not server.streams.open)
    server.may_open.set()
    await eventually(lambda: server.tabs and server.tabs[0].closed)
    assert server.frames == []


LOGIN = b'{"type":"event","seq":1,"name":"login"}'


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([frame(b"{}", BINARY)], 1002),
        ([frame(b"{}", TEXT, reserved=4)], 1002),
        ([frame(b"", PING, reserved=1)], 1002),
        ([frame(b"{}", CONTINUATION)], 1002),
        ([frame(b"{", TEXT, fin=False), frame(b"}", TEXT)], 1002),
        ([frame(b" " * 16_000, TEXT, fin=False), frame(b" " * 385, CONTINUATION)], 1009),
        ([frame(b"\x0f\xa0", CLOSE)], 4000),
        ([frame(b"", CLOSE)], 1000),
        ([frame(b"\x00\x00", CLOSE)], 1002),
        ([frame(b"\x03\xee", CLOSE)], 1002),
        ([frame(b"\x13\x88", CLOSE)], 1002),
    ],
)
async def test_frames_that_end_the_connection(server: StreamServer, frames: list[bytes], code: int) -> None:
    then = b"".join([frame(orjson.dumps(HELLO)), *frames, frame(LOGIN)])
    async with bare_client(server, server.path, then=then) as client:
        await asyncio.wait_for(client.reader.readuntil(b"\x88"), PATIENCE_S)
        length = (await client.reader.readexactly(1))[0]
        assert int.from_bytes((await client.reader.readexactly(length))[:2], "big") == code
    assert server.frames == []


async def test_fragments_are_joined_and_pings_answered_in_between(server: StreamServer) -> None:
    frames = [
        frame(orjson.dumps(HELLO)), frame(b"", TEXT, fin=False), frame(LOGIN[:5], CONTINUATION, fin=False),
        frame(b"there?", PING), frame(LOGIN[5:], CONTINUATION),
    ]  # fmt: skip
    async with bare_client(server, server.path, then=b"".join(frames)) as client:
        await asyncio.wait_for(client.reader.readuntil(b"\x8a\x06there?"), PATIENCE_S)
        await asyncio.wait_for(client.reader.readuntil(b'"seq":1}'), PATIENCE_S)
    assert server.frames == [LOGIN]


async def test_page_behind_a_proxy_that_ends_tls_is_on_its_own_origin(server: StreamServer) -> None:
    head = "X-Forwarded-Proto: https\r\n"
    async with bare_client(server, server.path, head) as client:
        assert client.status == 101
    async with bare_client(server, "/v1/stream?site=pk_other", head) as client:
        assert client.status == 403
    assert server.telemetry.refusals == {"unknown_site": 1}


async def test_tab_of_a_visitor_is_the_one_used_last(server: StreamServer) -> None:
    assert server.streams.tab_of("pk_shop", "v1") is None
    first, second = await server.greeted(), await server.greeted()
    await first.send(event(1))
    await first.recv()
    assert server.streams.tab_of("pk_shop", "v1") is server.tabs[0]
    await second.send(event(1))
    await second.recv()
    assert server.streams.tab_of("pk_shop", "v1") is server.tabs[1]
    assert server.streams.tab_of("pk_shop", "v2") is None
    for client in (first, second):
        await client.close()


@dataclass
class Turns:
    """How many frames were handled in a row, each time. ``gathers`` is whether frames have come a moment ago."""

    server: StreamServer
    taken: list[int] = field(default_factory=list)

    def together(self, work: Callable[[], None]) -> None:
        before = len(self.server.frames)
        work()
        self.taken.append(len(self.server.frames) - before)

    def send(self, first: int, last: int, gathers: bool) -> None:
        streams = self.server.streams
        streams.together = self.together
        (stream,) = streams.open
        streams._gathers_until = inf if gathers else 0.0
        for seq in range(first, last + 1):
            streams.take_soon(stream, event(seq).encode(), 1.0)


async def test_frames_that_come_after_a_pause_are_handled_in_the_same_turn(server: StreamServer) -> None:
    client, turns = await server.greeted(), Turns(server)
    turns.send(1, 2, gathers=False)
    assert not server.frames
    await asyncio.sleep(0)
    assert turns.taken == [2]
    client.transport.abort()


async def test_frames_in_a_row_are_handled_after_two_milliseconds_or_when_sixteen_are_there(
    server: StreamServer,
) -> None:
    client, turns = await server.greeted(), Turns(server)
    turns.send(1, 2, gathers=True)
    await asyncio.sleep(0)
    assert not server.frames
    await eventually(lambda: turns.taken == [2])
    turns.send(3, 18, gathers=True)
    await asyncio.sleep(0)
    assert turns.taken == [2, 16]
    client.transport.abort()


async def test_frame_that_tells_of_an_armed_moment_waits_for_no_others(server: StreamServer) -> None:
    client, turns = await server.greeted(), Turns(server)
    (stream,) = server.streams.open
    assert stream.tab is not None
    for armed, taken in ((frozenset[tuple[str, int]](), []), (frozenset({("page_dwell", 10_000)}), [2])):
        stream.tab.sent_arm = armed
        turns.send(1, 2, gathers=True)
        server.streams.moment_comes(stream)
        server.streams.moment_comes(stream)
        await asyncio.sleep(0)
        assert turns.taken == taken
        server.streams.frames.clear()
    client.transport.abort()


async def test_something_is_done_for_every_tab_whatever_fails(server: StreamServer) -> None:
    clients = [await server.greeted() for _ in range(5)] + [await server.connect()]
    seen: list[Tab] = []

    async def look(tab: Tab) -> None:
        seen.append(tab)
        raise LaneDown("for this one")

    await server.streams.for_each_tab(look, at_once=2)
    assert set(seen) == set(server.tabs)
    for client in clients:
        await client.close()


@pytest.mark.parametrize(
    ("header", "said", "country"),
    [
        ("cf-ipcountry", "CF-IPCountry: tw", "TW"),
        ("cf-ipcountry", "CF-IPCountry: XX", ""),
        ("cf-ipcountry", "CF-IPCountry: T1", ""),
        ("cf-ipcountry", "X-Country: TW", ""),
        (None, "CF-IPCountry: TW", ""),
    ],
)
async def test_country_is_what_the_trusted_header_says(
    server: StreamServer, header: str | None, said: str, country: str
) -> None:
    server.limits.country_header = header
    async with bare_client(server, server.path, said + "\r\n") as client:
        assert client.status == 101
        assert [each.country for each in server.streams.open] == [country]


async def test_hello_brings_the_country_of_its_connection(server: StreamServer) -> None:
    server.limits.country_header = "x-country"
    url = f"ws://127.0.0.1:{server.port}{server.path}"
    async with connect(url, origin=ORIGIN, additional_headers={"X-Country": "JP"}, proxy=None) as client:  # type: ignore[arg-type]
        await client.send(orjson.dumps(HELLO).decode())
        await client.recv()
    assert [each.context.country for each in server.hellos] == ["JP"]
