"""One host for the page, the others' scripts and what they talk to: everything compressed, everything written down."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

import brotli

SCRIPT = "text/javascript"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that reached the stub; its body is unpacked."""

    path: str
    body: str


@dataclass(frozen=True, slots=True)
class File:
    """What is at a path, as it is and packed."""

    content: bytes
    kind: str
    packed: bytes


class Stub:
    """
    Answers with what was ``put``; every other path with ``{}``, as a collector that takes all.

    ``sent`` is what came in since the last ``clear``.
    """

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self._files: dict[str, File] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def put(self, path: str, content: str | bytes, kind: str = SCRIPT) -> None:
        """Serve this at a path."""
        raw = content.encode() if isinstance(content, str) else content
        self._files[path] = File(raw, kind, brotli.compress(raw, quality=11))

    def clear(self) -> None:
        """Forget what was sent."""
        self.sent = []

    def has(self, seen: Callable[[Sent], bool]) -> bool:
        """Tell whether a request of this sort came in."""
        return any(seen(each) for each in list(self.sent))

    def file_at(self, path: str) -> File:
        """Return what is at a path."""
        return self._files.get(path) or File(b"{}", JSON, brotli.compress(b"{}"))


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, stub: Stub, *connection: object) -> None:
        self._stub = stub
        super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send the file."""
        file = self._stub.file_at(urlsplit(self.path).path)
        packs = "br" in self.headers.get("Accept-Encoding", "")
        body = file.packed if packs else file.content
        self.send_response(200)
        self.send_header("Content-Type", f"{file.kind}; charset=utf-8")
        self.send_header("Access-Control-Allow-Origin", "*")
        if packs:
            self.send_header("Content-Encoding", "br")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Write it down, and answer as for a GET."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        unpacked = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        self._stub.sent.append(Sent(self.path, unpacked.decode(errors="replace")))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
