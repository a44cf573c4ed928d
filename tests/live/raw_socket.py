"""A WebSocket made by hand, for what no library would send."""

from __future__ import annotations

import contextlib
import socket
import struct
from dataclasses import dataclass, field
from typing import Self

import orjson

from tests.live.client import Frame, new_doc

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GONE = (0, "")
"""What ``closed`` returns where the connection ended without a close frame."""

_MASK = b"\x11\x22\x33\x44"


@dataclass
class RawSocket:
    """One connection to ``host`` (name:port). Frames are masked as a client's must be."""

    host: str
    path: str
    origin: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    receive_buffer: int = 0

    def __enter__(self) -> Self:
        name, _, port = self.host.partition(":")
        self._socket = socket.socket()
        if self.receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        self._socket.settimeout(10)
        self._socket.connect((name, int(port)))
        self._read = b""
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def upgrade(self) -> tuple[int, bytes]:
        """Ask for the stream; return the status and the body of the answer."""
        origin = {"Origin": self.origin} if self.origin is not None else {}
        headers = {
            "Host": self.host, "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13", **origin, **self.headers,
        }  # fmt: skip
        lines = [f"GET {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self.send_bytes("\r\n".join(lines).encode())
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                return 0, b""
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        while status != 101 and self._more():
            pass
        return status, b"" if status == 101 else self._read

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._socket.sendall(data)

    def end(self) -> None:
        """Say that nothing more will be sent."""
        with contextlib.suppress(OSError):  # the engine was quicker
            self._socket.shutdown(socket.SHUT_WR)

    def send(
        self, payload: bytes, opcode: int = TEXT, fin: bool = True, reserved: int = 0, masked: bool = True
    ) -> None:
        """Send one frame; ``reserved`` are the three bits without meaning, as 1 to 7."""
        self.send_bytes(frame(payload, opcode, fin, reserved, masked))

    def say(self, message: Frame) -> None:
        """Send one JSON object."""
        self.send(orjson.dumps(message))

    def hello(self) -> Frame:
        """Say hello; return the welcome."""
        self.say({"type": "hello", "v": 1, "token": None, "doc": new_doc(), "page": None, "context": {}})
        return self.receive()

    def receive(self) -> Frame:
        """Return the next text frame as JSON."""
        opcode, payload = self.receive_frame()
        assert opcode == TEXT, (opcode, payload)
        frame: Frame = orjson.loads(payload)
        return frame

    def receive_frame(self) -> tuple[int, bytes]:
        """Return opcode and payload of the next frame; opcode -1 at the end of the connection."""
        while True:
            length, at = (self._read[1] & 0x7F, 2) if len(self._read) > 1 else (0, 2)
            if length == 126 and len(self._read) >= 4:
                length, at = int.from_bytes(self._read[2:4], "big"), 4
            if len(self._read) >= max(2, at + length):
                break
            if not self._more():
                return -1, b""
        opcode, payload = self._read[0] & 0x0F, self._read[at : at + length]
        self._read = self._read[at + length :]
        return opcode, payload

    def closed(self) -> tuple[int, str]:
        """Read to the end of the connection; return the code and the reason of the close frame."""
        found = GONE
        while True:
            opcode, payload = self.receive_frame()
            if opcode == CLOSE:
                found = (int.from_bytes(payload[:2], "big"), payload[2:].decode())
                with contextlib.suppress(OSError):  # we may have said that nothing more comes
                    self.send(payload[:2], CLOSE)
            elif opcode == -1:
                return found

    def receive_bytes(self) -> bytes:
        """Return some bytes that came; none at the end of the connection."""
        try:
            return self._socket.recv(65536)
        except ConnectionResetError:
            return b""

    def _more(self) -> bool:
        data = self.receive_bytes()
        self._read += data
        return bool(data)


def frame(payload: bytes, opcode: int = TEXT, fin: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    """Return the bytes of one frame."""
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    mask = 0x80 if masked else 0
    if len(payload) < 126:
        head = struct.pack("!BB", first, mask | len(payload))
    elif len(payload) < 1 << 16:
        head = struct.pack("!BBH", first, mask | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, mask | 127, len(payload))
    if not masked:
        return head + payload
    key = _MASK * (len(payload) // 4 + 1)
    hidden = int.from_bytes(payload, "big") ^ int.from_bytes(key[: len(payload)], "big")
    return head + _MASK + hidden.to_bytes(len(payload), "big")
