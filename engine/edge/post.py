"""A stream that lives as long as one POST: its frames in the body, what they lead to in the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from engine.core import wire
from engine.core.event_data import BadEvent
from engine.edge.carriers import Carrier
from engine.edge.stream import Stream

ANSWER_WITHIN_S = 8.0
"""A client gives up after ten."""


class Post(Carrier):
    """
    Takes the frames of one request, and collects what they lead to until each event is acknowledged.

    Nothing is kept from one request to the next: whichever process answers it asks the shared state, as after a
    reconnect.
    """

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self.answer: list[bytes] = []
        self._is_welcome = False
        self._due: dict[str | None, int] = {}
        self._done = asyncio.Event()

    async def exchange(self, frames: Sequence[bytes]) -> list[bytes]:
        """Return the engine's frames; those that are not there in time come with the next request."""
        self.enter()
        try:
            for frame in frames[1:]:
                self._expect(frame, _doc_of(frames[0]))
            for frame in frames:
                self.stream.hear(frame)
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._done.wait()
        except TimeoutError:
            pass  # what is not acknowledged comes again
        finally:
            self.leave()
        return self.answer

    def _expect(self, frame: bytes, own: str) -> None:
        """Note which acknowledgement a frame asks for; one that cannot be read gets another answer."""
        try:
            event = wire.read_event(wire.parse_of(own, frame))
            seq, doc = event.seq, event.doc
        except BadEvent as error:
            if error.seq is None:
                return
            seq, doc = error.seq, error.doc
        except wire.BadFrame:
            return
        self._due[doc] = max(seq, self._due.get(doc, 0))

    def write(self, message: bytes) -> None:
        """Collect a message, and look whether it was the last that is due."""
        self.answer.append(message)
        said = wire.parse(message)
        if said["type"] == "welcome":
            self._is_welcome = True
        elif said["type"] == "ack" and said["seq"] >= self._due.get(said.get("doc"), 0):
            self._due.pop(said.get("doc"), None)
        if self.is_close_frame_sent or (self._is_welcome and not self._due):
            self._done.set()


def _doc_of(hello: bytes) -> str:
    """Return the document that says hello; what is none ends the stream as soon as it is heard."""
    try:
        return wire.read_hello(wire.parse(hello)).doc
    except wire.BadFrame:
        return ""
