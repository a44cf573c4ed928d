"""The calls of one connection to Redis: which wait to leave, and which wait for their reply, in the order they left."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Any

import hiredis

from engine.edge.lane_port import ReplyTo

OnError = Callable[[ReplyTo, Any, bytes, Exception], bool]
"""Takes a call, as it was sent, that the server answered with an error; False if that is its reply all the same."""

Call = tuple[ReplyTo, Any, bytes]

_ERROR = hiredis.ReplyError
_log = logging.getLogger("shopbell.lane")


class Pipe:
    """
    Nothing here knows of sockets.

    An error that the server answers is a reply like any other, unless there is an ``on_error`` that takes the call.
    """

    def __init__(self) -> None:
        self.on_error: OnError | None = None
        self._ahead: list[Call] = []
        self._out: list[Call] = []
        self._waiting: deque[Call] = deque()
        self._reader = hiredis.Reader()

    @property
    def waiting(self) -> int:
        """How many calls have no reply yet."""
        return len(self._waiting) + len(self._ahead) + len(self._out)

    @property
    def is_answered(self) -> bool:
        """Whether every call that has left has its reply."""
        return not self._waiting

    @property
    def ready(self) -> int:
        """How many calls wait to leave."""
        return len(self._ahead) + len(self._out)

    def add(self, reply_to: ReplyTo, about: Any, command: bytes) -> None:
        """Put a call behind those that wait to leave."""
        self._out.append((reply_to, about, command))

    def hold(self) -> list[Call]:
        """Take back the calls that wait to leave: what is added next stands ahead of them, behind what already does."""
        held, self._out = self._out, []
        return held

    def put_behind(self, held: list[Call]) -> None:
        """Put calls that were taken back behind those that were added meanwhile."""
        self._ahead += self._out
        self._out = held

    def take(self) -> bytes:
        """Return what is to be written now; the calls in it wait for their replies."""
        out = self._ahead + self._out if self._ahead else self._out
        self._ahead, self._out = [], []
        self._waiting += out
        return b"".join([command for _, _, command in out]) if len(out) != 1 else out[0][2]

    def feed(self, data: bytes) -> None:
        """Take what the server has said, and hand each reply to the callback of its call."""
        # looked up once: there are many replies in what comes at once
        next_reply, next_call = self._reader.gets, self._waiting.popleft
        self._reader.feed(data)
        while (reply := next_reply()) is not False:
            reply_to, about, command = next_call()
            on_error = self.on_error
            if reply.__class__ is _ERROR and on_error is not None and on_error(reply_to, about, command, reply):
                continue
            _hand_over(reply_to, about, reply)

    def fail(self, error: Exception) -> None:
        """Give every call this error: the connection is gone. What it had still to say belongs to nobody."""
        calls = [*self._waiting, *self._ahead, *self._out]
        self._waiting.clear()
        self._ahead, self._out = [], []
        self._reader = hiredis.Reader()
        for reply_to, about, _ in calls:
            _hand_over(reply_to, about, error)


def _hand_over(reply_to: ReplyTo, about: Any, reply: Any) -> None:
    try:
        reply_to(about, reply)
    except Exception:  # noqa: BLE001 - one event's trouble must not reach the next event's reply
        _log.exception("a reply could not be handled")
