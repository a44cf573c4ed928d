"""One port: the stream goes to its own protocol, every other WebSocket to the application."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from engine.edge import switch
from tests.edge.stream_server import HELLO, ORIGIN, StreamServer, bare_client, running_streams
from tests.live.raw_socket import frame
from tests.waiting import PATIENCE_S, eventually


@pytest.fixture
async def server() -> AsyncIterator[StreamServer]:
    async with running_streams() as server:
        yield server


async def test_other_paths_are_the_application_s(server: StreamServer) -> None:
    async with connect(f"ws://127.0.0.1:{server.port}/echo", proxy=None) as other:
        await other.send("hello")
        assert await other.recv() == "hello"
    assert server.telemetry.connections == 0


@pytest.mark.parametrize("path", ["/v1/streams?site=pk_shop", "/v1/stream/?site=pk_shop", "/v1"])
async def test_path_that_is_nobody_s_is_refused(server: StreamServer, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{server.port}{path}", proxy=None)
    assert refused.value.response.status_code == 403


async def test_without_streams_the_path_is_the_application_s() -> None:
    async with running_streams(with_streams=False) as server:
        with pytest.raises(InvalidStatus) as refused:
            await server.connect()
        assert refused.value.response.status_code == 403


async def test_what_comes_in_one_piece_is_taken_frame_by_frame(server: StreamServer) -> None:
    events = [orjson.dumps({"type": "event", "seq": seq, "name": "x" * 30}) for seq in range(1, 30)]
    then = b"".join(map(frame, [orjson.dumps(HELLO), *events]))
    async with bare_client(server, server.path, then=then) as client:
        await asyncio.wait_for(client.reader.readuntil(b'"seq":29}'), PATIENCE_S)
    assert server.frames == events


async def test_what_comes_before_the_hand_over_is_passed_on(server: StreamServer) -> None:
    protocol = switch.StreamSwitch(None, None, {"streams": server.streams})  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        transport, _ = await asyncio.get_running_loop().create_connection(lambda: protocol, *address)
        far, _ = listener.accept()
    request = (
        f"GET {server.path} HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    protocol.data_received(request.encode())
    protocol.data_received(frame(orjson.dumps(HELLO)) + frame(b'{"type":"event"}' + b" " * 2_000))
    await eventually(lambda: server.frames)
    transport.close()
    far.close()
    await eventually(lambda: not server.streams.open)


async def test_connection_that_is_gone_before_the_hand_over_is_forgotten(server: StreamServer) -> None:
    for path in (server.path, "/echo"):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"GET {path} HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".encode())
        writer.transport.abort()
    client = await server.greeted()
    await client.close()
    await eventually(lambda: not server.streams.open)


class GoneTransport(asyncio.Transport):
    """A connection that closes at once."""

    def is_closing(self) -> bool:
        return True


async def test_nothing_is_handed_over_to_a_connection_that_closes(server: StreamServer) -> None:
    protocol = switch.StreamSwitch(None, None, {})  # type: ignore[arg-type]
    protocol.connection_made(GoneTransport())
    protocol._hand_over()
    protocol.connection_lost(None)


async def test_picows_says_nothing_of_clients_in_the_logs(
    server: StreamServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client = await server.greeted()
    await client.send("not JSON")
    await client.wait_closed()
    assert not [record for record in caplog.records if "picows" in record.name]
