"""
What carries a shopper's stream where no WebSocket gets through.

A carrier stands for the transport of a WebSocket: the stream behind it, its tab, its limits and what they send are
the same. What a WebSocket says by a close frame is a last message here.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import orjson
from picows import WSMsgType

from engine.core import wire
from engine.edge.stream import Stream

_PONG: Any = SimpleNamespace(msg_type=WSMsgType.PONG, fin=True, rsv1=False, rsv2=False, rsv3=False)

STATUS_OF: Mapping[int, HTTPStatus] = {
    wire.CLOSE_REFUSED: HTTPStatus.FORBIDDEN,
    wire.CLOSE_SWITCHED_OFF: HTTPStatus.FORBIDDEN,
    wire.CLOSE_TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    wire.CLOSE_TOO_BIG: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    wire.CLOSE_RESTART: HTTPStatus.SERVICE_UNAVAILABLE,
    wire.CLOSE_BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The status of an answer that says nothing but that the stream is closed; of the other codes it is 400."""


class Carrier:
    """As much of picows' transport as a stream uses. ``write`` is given each message, ``leave`` ends it."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.is_close_frame_sent = False
        self.code = 0
        self._is_there = False

    def enter(self) -> None:
        """Begin the stream."""
        self._is_there = True
        self.stream.on_ws_connected(self._as_transport())

    def leave(self) -> None:
        """End the stream: what it left unacknowledged comes again."""
        if self._is_there:
            self._is_there = False
            self.stream.on_ws_disconnected(self._as_transport())

    @property
    def underlying_transport(self) -> Carrier:
        """What may be told to pause reading, and to go on."""
        return self

    def pause_reading(self) -> None:
        """What has come is all that is read."""

    def resume_reading(self) -> None:
        """There is nothing more to read."""

    def write(self, message: bytes) -> None:
        """Have a message sent."""
        raise NotImplementedError

    def send(self, _kind: WSMsgType, message: bytes) -> None:
        """Send a frame."""
        self.write(message)

    def send_close(self, code: int, reason: bytes) -> None:
        """Say that the stream is closed; nothing follows."""
        self.is_close_frame_sent = True
        self.code = code
        self.write(orjson.dumps({"type": "close", "code": code, "reason": reason.decode("utf-8", "ignore")}))

    def send_ping(self, _payload: bytes) -> None:
        """Answer for the client: TCP tells whether it is there."""
        self.stream.on_ws_frame(self._as_transport(), _PONG)

    def disconnect(self, _graceful: bool = True) -> None:
        """Cut the connection."""
        self.leave()

    def _as_transport(self) -> Any:
        """The stream asks a transport for no more than is here."""
        return self
