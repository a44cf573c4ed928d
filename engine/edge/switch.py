"""One port: uvicorn hands the shoppers' stream to picows, and every other WebSocket to its own protocol."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from picows import WSAutoPingStrategy
from picows.picows import WSProtocol  # type: ignore[attr-defined]
from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from engine.core.wire import MAX_FRAME
from engine.edge.streams import Streams

STREAM_PATH = b"/v1/stream"
OPEN_WITHIN_S = 5
_READ_BUFFER = 512


class _Silent(logging.LoggerAdapter[logging.Logger]):
    """picows makes a logger for each connection unless it is given something else, and names the client's address."""


_log = _Silent(logging.getLogger("shopbell.picows"))
_log.logger.setLevel(logging.CRITICAL)


class StreamSwitch(asyncio.Protocol):
    """
    What uvicorn makes for an upgraded connection.

    uvicorn passes the request's bytes and then makes this the transport's
    protocol; the real one takes over one turn later, and until then what
    arrives is passed on.
    """

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        self._asgi = lambda: WebSocketsSansIOProtocol(config=config, server_state=server_state, app_state=app_state)
        self._streams: Streams | None = app_state.get("streams")
        self._inner: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection; whose it is stands in the first bytes."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Choose by the path, hand over, and pass on."""
        if self._inner is None:
            target = data.split(b" ", 2)[1]
            is_stream = target.partition(b"?")[0] == STREAM_PATH and self._streams is not None
            self._inner = self._stream_protocol() if is_stream else self._asgi()  # type: ignore[no-untyped-call]
            self._inner.connection_made(self._transport)
            asyncio.get_running_loop().call_soon(self._hand_over)
        if isinstance(self._inner, asyncio.Protocol):
            self._inner.data_received(data)
            return
        rest = memoryview(data)
        while rest:
            buffer = self._inner.get_buffer(len(rest))
            n = min(len(buffer), len(rest))
            buffer[:n] = rest[:n]
            self._inner.buffer_updated(n)
            rest = rest[n:]

    def _hand_over(self) -> None:
        if not self._transport.is_closing():
            self._transport.set_protocol(self._inner)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left before the hand-over."""
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def _stream_protocol(self) -> Any:
        assert self._streams is not None  # noqa: S101
        peer = self._transport.get_extra_info("peername")
        listener_for = partial(self._streams.listener_for, peer=peer[0] if peer else "")
        return WSProtocol(
            None, None, False, listener_for, _log, True, OPEN_WITHIN_S,
            False, 20, 10, WSAutoPingStrategy.PING_WHEN_IDLE, False, MAX_FRAME, None, _READ_BUFFER,
        )  # fmt: skip
