"""A network between the browser and the engine that does what networks do."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import threading
from contextlib import suppress
from enum import Enum
from typing import Self

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CHUNK = 64 * 1024


class Way(Enum):
    """What becomes of requests of one kind."""

    OPEN = "goes through"
    REFUSED = "is answered by the proxy with 502"
    CLOSED = "is taken by the proxy, and the connection closed"
    SILENT = "is taken by the proxy, and nothing comes through"
    HELD = "goes through, and its answer is held back until it is whole"


class Network:
    """
    Forwards each request of its own port to the engine's.

    ``websockets``, ``events`` (the event stream), ``posts`` and ``files`` say what becomes of each kind; ``asked``
    counts the requests of each kind that came.
    """

    def __init__(self, engine_port: int) -> None:
        self._engine = ("127.0.0.1", engine_port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._open: set[socket.socket] = set()
        self.mend()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut()
        self._thread.join()

    def mend(self) -> None:
        """Let everything through again."""
        self.websockets = self.events = self.posts = self.files = Way.OPEN
        self._deaf: set[socket.socket] = set()
        self.asked = {"websockets": 0, "events": 0, "posts": 0, "files": 0}

    def go_deaf(self) -> None:
        """Let nothing more up the connections that are open, as a router that has forgotten them."""
        self._deaf = set(self._open)

    def cut(self) -> None:
        """Break all connections off."""
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(client,), daemon=True).start()

    def _handle(self, client: socket.socket) -> None:
        self._open.add(client)
        with suppress(OSError), client:
            head, rest = _head_of(client)
            if head:
                self._answer(client, head, rest)
        self._open.discard(client)

    def _answer(self, client: socket.socket, head: bytes, rest: bytes) -> None:
        kind = _kind_of(head)
        self.asked[kind] += 1
        way: Way = getattr(self, kind)
        if way is Way.REFUSED:
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        elif way in (Way.CLOSED, Way.SILENT):
            client.sendall(_accepted(head))
            while way is Way.SILENT and client.recv(_CHUNK):
                pass
        else:
            if kind != "websockets":
                head = head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            self._forward(client, head + rest, held=way is Way.HELD)

    def _forward(self, client: socket.socket, start: bytes, held: bool) -> None:
        with socket.create_connection(self._engine) as engine:
            self._open.add(engine)
            engine.sendall(start)
            up = threading.Thread(target=self._pass_up, args=(client, engine), daemon=True)
            up.start()
            kept = b""
            while part := engine.recv(_CHUNK):
                if held:
                    kept += part
                else:
                    client.sendall(part)
            client.sendall(kept)
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            up.join()
            self._open.discard(engine)

    def _pass_up(self, client: socket.socket, engine: socket.socket) -> None:
        with suppress(OSError):
            while part := client.recv(_CHUNK):
                if client not in self._deaf:
                    engine.sendall(part)
        with suppress(OSError):
            engine.shutdown(socket.SHUT_RDWR)


def _head_of(client: socket.socket) -> tuple[bytes, bytes]:
    """Read a request's head; return it, and what of the body came with it."""
    read = b""
    while b"\r\n\r\n" not in read:
        part = client.recv(_CHUNK)
        if not part:
            return b"", b""
        read += part
    head, _, rest = read.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", rest


def _kind_of(head: bytes) -> str:
    target = head.split(b" ", 2)[1]
    for path, kind in ((b"/v1/stream", "websockets"), (b"/v1/sse", "events"), (b"/v1/events", "posts")):
        if target.startswith(path):
            return kind
    return "files"


def _accepted(head: bytes) -> bytes:
    """Return what takes a WebSocket."""
    key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)
    assert key is not None
    accept = base64.b64encode(hashlib.sha1(key[1] + _MAGIC, usedforsecurity=False).digest())
    start = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return start + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
