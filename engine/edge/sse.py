"""A stream of which the way down is Server-Sent Events; the way up are POSTs that name it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from engine.edge.carriers import Carrier
from engine.edge.stream import Stream

COMMENT_EVERY_S = 10.0
"""A proxy that hears nothing for a while may end the connection; and one whose client is gone shows so by it."""

MOST_UNSENT = 64 * 1024

SSE_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


class EventStream(Carrier):
    """
    Sends the frames of its stream as they come.

    ``id`` is the first message: who knows it may speak for the client. ``doc`` is the document whose hello it took.
    """

    def __init__(self, stream: Stream, name: str) -> None:
        super().__init__(stream)
        self.id = name
        self.doc = ""
        self._unsent: list[bytes] = [orjson.dumps({"type": "stream", "id": name})]
        self._size = 0
        self._written = asyncio.Event()
        self._written.set()
        self._is_over = False

    def write(self, message: bytes) -> None:
        """Have a message sent; a client that does not read is cut off, as by a WebSocket."""
        self._unsent.append(message)
        self._size += len(message)
        self._written.set()
        if self._size > MOST_UNSENT and not self.is_close_frame_sent:
            self.stream.pause_writing()

    async def body(self) -> AsyncIterator[bytes]:
        """Yield what to send, until the stream is closed or the client is gone."""
        self.enter()
        try:
            yield b": the stream of a shop\n\n"
            while not (self._is_over or (self.is_close_frame_sent and not self._unsent)):
                if await self._comes():
                    yield self._taken()
                else:
                    yield b": still here\n\n"
        finally:
            self.leave()

    def end(self) -> None:
        """The client is gone: nothing more is sent."""
        self._is_over = True
        self._written.set()

    async def _comes(self) -> bool:
        """Wait for something to send; tell whether there is."""
        try:
            async with asyncio.timeout(COMMENT_EVERY_S):
                await self._written.wait()
        except TimeoutError:
            return False
        return True

    def _taken(self) -> bytes:
        unsent, self._unsent, self._size = self._unsent, [], 0
        self._written.clear()
        return b"".join(b"data: %b\n\n" % message for message in unsent)


class EventStreamResponse(StreamingResponse):
    """
    A stream as the answer to its request.

    Starlette cancels an answer whose client goes. What does so would hold all of the stream, and itself, until a
    search for garbage finds it: this one is told, and ends by itself.
    """

    def __init__(self, opened: EventStream, headers: dict[str, str]) -> None:
        super().__init__(opened.body(), headers=headers)
        self._end = opened.end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send what comes, until the stream or the client ends."""
        listening = asyncio.ensure_future(self._listen(receive))
        try:
            await self.stream_response(send)
        finally:
            listening.cancel()

    async def _listen(self, receive: Receive) -> None:
        await self.listen_for_disconnect(receive)
        self._end()
