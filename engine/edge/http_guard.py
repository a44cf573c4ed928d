"""uvicorn's HTTP protocol with two limits that it lacks: how long a request's head may be, and how long it may take."""

import asyncio
from math import inf
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_END_OF_HEAD = b"\r\n\r\n"
_NEVER_S = 366 * 24 * 3600.0
_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"connection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 24\r\n\r\n"
    b"request head is too long"
)


class GuardedHttp(HttpToolsProtocol):
    """
    Closes a connection whose request's head does not come whole.

    Without the limits a client that sends a header now and then, or one without end, would hold a
    connection and its memory for ever. The connection's idle time between requests is uvicorn's to end.
    A limit of 0 is none.
    """

    longest_head = 8 * 1024
    head_within_s = 5.0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_bytes = 0
        self._end_of_last = b""
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request's head is due from now on."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is due any more."""
        self._head_is_whole()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass on what came, unless the head is due and with it becomes too long."""
        if self._head_timer is not None:
            met = self._end_of_last + data
            end = met.find(_END_OF_HEAD)
            self._end_of_last = met[-3:]
            self._head_bytes += len(data) if end < 0 else max(0, end + len(data) - len(met))
            if self._head_bytes > (self.longest_head or inf):
                if not self.transport.is_closing():
                    self.transport.write(_TOO_LONG)
                    self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins: its head is due."""
        super().on_message_begin()
        if self._head_timer is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is whole; how long the rest takes is between the client and the route."""
        self._head_is_whole()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._end_of_last = b""
        self._head_timer = self.loop.call_later(self.head_within_s or _NEVER_S, self.transport.close)

    def _head_is_whole(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def guarded_http(longest_head: int, head_within_s: float) -> type[GuardedHttp]:
    """Return the protocol with these limits: uvicorn makes one of it for each connection."""
    return type("GuardedHttp", (GuardedHttp,), {"longest_head": longest_head, "head_within_s": head_within_s})
