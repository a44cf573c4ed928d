"""An event stream whose client goes ends, and leaves nothing in memory."""

from __future__ import annotations

import asyncio
import gc
from types import SimpleNamespace
from typing import Any, cast

from engine.edge.sse import SSE_HEADERS, EventStream, EventStreamResponse
from engine.edge.stream import Stream
from tests.waiting import PATIENCE_S


class Client:
    """Who asked for an event stream, as ASGI has it."""

    def __init__(self) -> None:
        self.got = b""
        self.has_heard = asyncio.Event()
        self.goes = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        """Say that the client is gone, once it is."""
        await self.goes.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Take a part of the answer."""
        self.got += message.get("body", b"")
        if b"data: " in self.got:
            self.has_heard.set()


def a_stream() -> Any:
    """Return what stands for a shopper's stream behind its carrier, and notes when it ends."""
    ended = asyncio.Event()
    return SimpleNamespace(on_ws_connected=lambda _: None, on_ws_disconnected=lambda _: ended.set(), ended=ended)


async def listened(opened: EventStream, client: Client) -> None:
    """Answer a client with an event stream until one of them ends."""
    response = EventStreamResponse(opened, SSE_HEADERS)
    async with asyncio.timeout(PATIENCE_S):
        await response({"type": "http"}, client.receive, client.send)


def streams_in_memory() -> int:
    """Return how many event streams are there, also of those that nobody knows any more."""
    return sum(isinstance(each, EventStream) for each in gc.get_objects())


async def test_stream_ends_when_its_client_goes_and_nothing_of_it_stays() -> None:
    gc.collect()
    gc.disable()
    try:
        before, client, stream = streams_in_memory(), Client(), a_stream()
        answer = asyncio.create_task(listened(EventStream(cast(Stream, stream), "its-name"), client))
        await client.has_heard.wait()
        assert not stream.ended.is_set()
        client.goes.set()
        await answer
        assert stream.ended.is_set()
        del answer
        assert streams_in_memory() == before
    finally:
        gc.enable()


async def test_stream_that_is_closed_says_so_and_ends() -> None:
    client, stream = Client(), a_stream()
    opened = EventStream(cast(Stream, stream), "its-name")
    opened.send_close(1012, b"the engine restarts")
    await listened(opened, client)
    assert client.got.endswith(b'data: {"type":"close","code":1012,"reason":"the engine restarts"}\n\n')
    assert stream.ended.is_set()
