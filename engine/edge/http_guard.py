"""
uvicorn's HTTP protocol with the limits that it lacks: how long a request may be, how long it may take to come, how
many connections an address may have open and how many requests it may make, and how many of them in one go.
"""

import asyncio
from math import inf
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from engine.edge.streams import Streams

_END_OF_HEAD = b"\r\n\r\n"
_AROUND_HEADER = len(b":\r\n")
_NEVER_S = 366 * 24 * 3600.0

MOST_IN_LINE = 8
"""So many requests may wait for the answer to the one before: browsers and proxies send none before that."""


def _refusal(status: bytes, words: bytes) -> bytes:
    about = b"connection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d" % len(words)
    return b"HTTP/1.1 %b\r\n%b\r\n\r\n%b" % (status, about, words)


_HEAD_TOO_LONG = _refusal(b"431 Request Header Fields Too Large", b"request head is too long")
_BODY_TOO_LONG = _refusal(b"413 Content Too Large", b"request body is too long")
_TOO_MANY = _refusal(b"429 Too Many Requests", b"too many connections, try again in a minute")
_TOO_HASTY = _refusal(b"429 Too Many Requests", b"too many requests, try again in a minute")


class GuardedHttp(HttpToolsProtocol):
    """
    Closes a connection whose request does not come whole, or that is one too many of its address.

    Without the limits a client that sends a header now and then, or one without end, would hold a
    connection and its memory for ever: also the body of a request that nobody may make is read before that is
    said. The connection's idle time between requests is uvicorn's to end. A limit of 0 is none.

    A connection is counted until it becomes a shopper's stream, which is counted as such.
    """

    longest_head = 8 * 1024
    head_within_s = 5.0
    longest_body = 2 * 1024 * 1024
    body_within_s = 30.0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_bytes = 0
        self._found_bytes = 0
        self._end_of_last = b""
        self._head_timer: asyncio.TimerHandle | None = None
        self._body_bytes = 0
        self._parts: list[bytes] = []
        self._body_timer: asyncio.TimerHandle | None = None
        self._streams: Streams | None = self.app_state.get("streams")
        self._counted_as: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request's head is due from now on."""
        super().connection_made(transport)
        if self._streams is not None:
            address = self._streams.admission.socket_of(self.client[0] if self.client else "")
            if not self._streams.admission.open_socket(address):
                self._streams.telemetry.refused("sockets_full")
                self._refuse(_TOO_MANY)
                return
            self._counted_as = address
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is due any more."""
        self._head_is_whole()
        self._body_is_whole()
        self._count_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass on what came, unless the head is due and with it becomes too long."""
        if self.transport.is_closing():
            return
        if self._head_timer is None and self._body_timer is None:
            self._expect_head()  # of the next request
        if self._head_timer is not None:
            met = self._end_of_last + data
            end = met.find(_END_OF_HEAD)
            self._end_of_last = met[-3:]
            self._head_bytes += len(data) if end < 0 else max(0, end + len(data) - len(met))
            if self._head_bytes > (self.longest_head or inf):
                self._refuse(_HEAD_TOO_LONG)
                return
        super().data_received(data)
        self._pass_on_body()

    def on_message_begin(self) -> None:
        """A request begins: its head is due."""
        if self.transport.is_closing():
            return
        super().on_message_begin()
        self._found_bytes = 0
        if self._head_timer is None:
            self._expect_head()

    def on_url(self, url: bytes) -> None:
        """Pass on the address, or a part of it."""
        if not self.transport.is_closing():
            self._find(len(url))
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Pass on a header."""
        if not self.transport.is_closing():
            self._find(len(name) + len(value) + _AROUND_HEADER)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole; the body is due."""
        self._head_is_whole()
        if self.transport.is_closing():
            return
        if len(self.pipeline) >= MOST_IN_LINE or not self._may_come():
            self._refuse(_TOO_HASTY)
            return
        self._body_bytes = 0
        self._body_timer = self.loop.call_later(self.body_within_s, self.transport.close)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, unless it becomes too long with it. It may be a single byte of very many."""
        if self.transport.is_closing():
            return
        self._body_bytes += len(body)
        if self._body_bytes > self.longest_body:
            self._refuse(_BODY_TOO_LONG)
            return
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """The body is whole, or there is none."""
        self._pass_on_body()
        self._body_is_whole()
        if not self.transport.is_closing():
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """
        Let the connection go to whoever takes it from here, and end.

        Nobody tells of the connection's end any more, where uvicorn would part the two. Its parser knows this by its
        callbacks: together they would wait for the rare search for garbage, and the connection's transport with them.
        """
        if self.transport.is_closing():
            return
        self._body_is_whole()
        self._count_no_more()
        super().handle_websocket_upgrade()
        del self.parser

    def _pass_on_body(self) -> None:
        """Pass on what has come of the body, in one piece: uvicorn copies all that waits with every one."""
        if self._parts:
            body, self._parts = b"".join(self._parts), []
            if not self.transport.is_closing():
                super().on_body(body)

    def _may_come(self) -> bool:
        """Tell whether whoever asks may make one more request."""
        if self._streams is None:
            return True
        forwarded = [value.decode("latin-1") for name, value in self.headers if name == b"x-forwarded-for"]
        admission = self._streams.admission
        if admission.may_come(admission.address_of(self.client[0] if self.client else "", forwarded)):
            return True
        self._streams.telemetry.refused("too_many_hits")
        return False

    def _find(self, size: int) -> None:
        """
        Count what the parser finds in a head, which may have come with the end of the request before.

        Where it begins in what came only the parser knows, and does not tell: until a header is whole, such a head is
        held by the size of what is read at once.
        """
        self._found_bytes += size
        if self._found_bytes > (self.longest_head or inf):
            self._refuse(_HEAD_TOO_LONG)

    def _refuse(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()

    def _count_no_more(self) -> None:
        if self._counted_as is not None and self._streams is not None:
            self._streams.admission.close_socket(self._counted_as)
            self._counted_as = None

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._end_of_last = b""
        self._head_timer = self.loop.call_later(self.head_within_s or _NEVER_S, self.transport.close)

    def _body_is_whole(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _head_is_whole(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def guarded_http(longest_head: int, head_within_s: float) -> type[GuardedHttp]:
    """Return the protocol with these limits: uvicorn makes one of it for each connection."""
    return type("GuardedHttp", (GuardedHttp,), {"longest_head": longest_head, "head_within_s": head_within_s})
