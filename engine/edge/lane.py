"""
The hot path's own way to Redis: calls that are made close together leave in one write.

An urgent call leaves at the end of the event loop's turn, with all that were made
before it; the others wait about a millisecond for company. Replies come back in
the order of the calls, and each is handed to the callback of its call. A client
that awaits one reply at a time spends many times the CPU on each event;
everything that is not on the hot path uses redis-py.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio.connection import parse_url

from engine.edge.lane_down import LaneDown
from engine.native import packed_call

__all__ = ["LaneDown", "RedisLane", "Reply", "ReplyTo"]

Reply = Callable[[Any], None]
ReplyTo = Callable[[Any, Any], None]
"""Takes what the call was about, and its reply."""

MOST_WAITING = 20_000
GATHER_S = 0.001
MOST_GATHERED = 128
DEADLINE_S = 2.0
_RETRY_S = (0.05, 1.0)

_log = logging.getLogger("shopbell.lane")


class RedisLane:
    """
    One connection to one Redis server, opened again whenever it breaks.

    What was in flight when it broke may or may not have been carried out: each
    of its callbacks gets LaneDown, once, and whoever called must be able to ask again.
    """

    def __init__(self, url: str, deadline_s: float = DEADLINE_S) -> None:
        self._target = parse_url(url)
        self._deadline_s = deadline_s
        self._transport: asyncio.Transport | None = None
        self._collectors: list[Callable[[], None]] = []
        self._out: list[bytes] = []
        self._out_waiting: list[tuple[ReplyTo, Any]] = []
        self._leaves_now = self._leaves_soon = False
        self._waiting: deque[tuple[ReplyTo, Any]] = deque()
        self._reader = hiredis.Reader()
        self._progress = 0.0
        self._closing = False
        self._keeper: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._up = False

    @property
    def is_up(self) -> bool:
        """Whether a call made now has a connection to go out on."""
        return self._up

    async def start(self) -> None:
        """Open the connection and keep it open until ``stop``. Returns when the first one is open."""
        self._loop = asyncio.get_running_loop()
        await self._connect()
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Close the connection; calls still waiting get LaneDown."""
        self._closing = True
        if self._keeper is not None:
            self._keeper.cancel()
        if self._transport is not None:
            self._transport.close()
        self._fail_waiting(LaneDown("the engine stops"))

    def call(self, reply_to: Reply, *words: bytes | str | int | float) -> None:
        """Send one command; ``reply_to`` gets its reply, a ``hiredis.ReplyError``, or LaneDown. Never raises."""
        self.send(_pass_on, reply_to, packed_call(0, b"", words, b""))

    def send(self, reply_to: ReplyTo, about: Any, command: bytes, urgent: bool = True) -> None:
        """
        Send one command that is packed already; ``reply_to`` gets ``about`` and what ``call`` says.

        One that is not ``urgent`` may wait a millisecond for others to leave with.
        """
        if not self._up or len(self._waiting) + len(self._out) >= MOST_WAITING:
            why = "too many calls wait for Redis" if self._up else "Redis is not reachable"
            self._loop.call_soon(reply_to, about, LaneDown(why))
            return
        self._write(reply_to, about, command, urgent)

    def collect_ahead(self, collect: Callable[[], None]) -> None:
        """
        Have ``collect`` called before each write: the calls it makes stand before all others in it.

        A server carries out the calls of a connection in their order. Wherever
        the connection breaks, what was carried out implies all that was ahead of it.
        """
        self._collectors.append(collect)

    def flush_soon(self, urgent: bool = False) -> None:
        """See to it that a write follows: in this turn of the event loop, or in a millisecond."""
        if urgent or len(self._out) >= MOST_GATHERED:
            if not self._leaves_now:
                self._leaves_now = True
                self._loop.call_soon(self._flush)
        elif not self._leaves_soon:
            self._leaves_soon = True
            self._loop.call_later(GATHER_S, self._flush)

    async def ask(self, *words: bytes | str | int | float) -> Any:
        """Send one command and await its reply. Raises LaneDown, or the server's ``hiredis.ReplyError``."""
        return await self._answer(lambda reply_to: self.call(reply_to, *words))

    async def _answer(self, send: Callable[[Reply], None]) -> Any:
        answer: asyncio.Future[Any] = self._loop.create_future()

        def reply_to(reply: Any) -> None:
            if not answer.done():
                answer.set_result(reply)

        send(reply_to)
        reply = await answer
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _write(self, reply_to: ReplyTo, about: Any, command: bytes, urgent: bool = True) -> None:
        self._out.append(command)
        self._out_waiting.append((reply_to, about))
        self.flush_soon(urgent)

    def _flush(self) -> None:
        self._leaves_now = True  # what is collected now leaves with this write
        out, self._out = self._out, []
        waiting, self._out_waiting = self._out_waiting, []
        for collect in self._collectors:
            collect()
        if self._out:
            out, self._out = self._out + out, []
            waiting, self._out_waiting = self._out_waiting + waiting, []
        self._leaves_now = self._leaves_soon = False
        if self._transport is None or not out:
            return
        if not self._waiting:
            self._progress = self._loop.time()
        self._waiting += waiting
        self._transport.write(b"".join(out) if len(out) > 1 else out[0])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection that was opened."""
        # uvloop's transports are not asyncio's classes, they only behave as such
        self._transport = cast(asyncio.Transport, transport)
        self._reader = hiredis.Reader()

    def data_received(self, data: bytes) -> None:
        """Hand each reply to the callback of its call."""
        self._progress = self._loop.time()
        reader, waiting = self._reader, self._waiting
        reader.feed(data)
        while (reply := reader.gets()) is not False:
            reply_to, about = waiting.popleft()
            _hand_over(reply_to, about, reply)

    def eof_received(self) -> None:
        """The server has nothing more to say; ``connection_lost`` follows."""

    def pause_writing(self) -> None:
        """More waits to be written than the transport likes: ``MOST_WAITING`` bounds it."""

    def resume_writing(self) -> None:
        """Likewise."""

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Give back what was in flight and have the connection opened again."""
        self._transport = None
        self._up = False
        self._fail_waiting(LaneDown("the connection to Redis broke"))
        self._lost.set()

    def _fail_waiting(self, error: LaneDown) -> None:
        waiting = [*self._waiting, *self._out_waiting]
        self._waiting.clear()
        self._out, self._out_waiting = [], []
        for reply_to, about in waiting:
            _hand_over(reply_to, about, error)

    async def _keep(self) -> None:
        """Watch the deadline of the oldest call; open the connection again when it is lost."""
        while not self._closing:
            try:
                await asyncio.wait_for(self._lost.wait(), self._deadline_s / 4)
            except TimeoutError:
                self._check_deadline()
                continue
            await self._reconnect()

    def _check_deadline(self) -> None:
        late = self._waiting and self._loop.time() - self._progress > self._deadline_s
        if late and self._transport is not None:
            _log.warning("redis did not answer within %.1f s", self._deadline_s)
            self._transport.abort()

    async def _reconnect(self) -> None:
        pause, longest = _RETRY_S
        while not self._closing:
            try:
                async with asyncio.timeout(self._deadline_s):
                    await self._connect()
                    return
            except (OSError, TimeoutError, hiredis.ReplyError) as error:
                _log.warning("redis is not reachable: %s", error)
                if self._transport is not None:
                    self._transport.abort()
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
            pause = min(longest, pause * 2)

    async def _connect(self) -> None:
        target = self._target
        self._lost.clear()

        def as_protocol() -> asyncio.Protocol:
            # it has the methods of one, and is compiled, which a subclass of asyncio's could not be
            return cast(asyncio.Protocol, self)

        if path := target.get("path"):
            await self._loop.create_unix_connection(as_protocol, path)
        else:
            secure = target.get("connection_class") is not None and "SSL" in target["connection_class"].__name__
            await self._loop.create_connection(
                as_protocol, target.get("host", "localhost"), target.get("port", 6379), ssl=secure or None
            )
        if password := target.get("password"):
            await self._greet("AUTH", *([user] if (user := target.get("username")) else []), password)
        if database := target.get("db"):
            await self._greet("SELECT", database)
        # a server that is still loading its data answers every command with an error
        await self._greet("PING")
        self._up = True

    async def _greet(self, *words: bytes | str | int) -> None:
        """Send what opens a connection, before any call may use it."""
        await self._answer(lambda reply_to: self._write(_pass_on, reply_to, packed_call(0, b"", words, b"")))


def _pass_on(reply_to: Reply, reply: Any) -> None:
    reply_to(reply)


def _hand_over(reply_to: ReplyTo, about: Any, reply: Any) -> None:
    try:
        reply_to(about, reply)
    except Exception:  # noqa: BLE001 - one event's trouble must not reach the next event's reply
        _log.exception("a reply could not be handled")
