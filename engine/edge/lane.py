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
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio.connection import parse_url

from engine.edge.lane_port import Lane, LaneDown, Reply, ReplyTo, Trouble, answer_of, hand_on, ignore
from engine.edge.pipe import OnError, Pipe
from engine.native import packed_call

__all__ = ["Lane", "LaneDown", "RedisLane", "Reply", "ReplyTo"]

MOST_WAITING = 20_000
MOST_UNWRITTEN = 64 * 1024 * 1024
"""Bytes that may wait for a server that does not read; above that calls are turned away."""

GATHER_S = 0.001
MOST_GATHERED = 128
DEADLINE_S = 2.0
_RETRY_S = (0.05, 1.0)

_log = logging.getLogger("shopbell.lane")


class RedisLane(Lane):
    """
    One connection to one Redis server, opened again whenever it breaks.

    What was in flight when it broke may or may not have been carried out: each
    of its callbacks gets LaneDown, once, and whoever called must be able to ask again.
    ``takes`` says whether a call made now is taken; ``on_error`` is the pipe's, once a connection is open.

    One of a cluster has a stand-in (``has_stand_in``): a server that was silent for too long may have been replaced
    without knowing it yet. What it answers then is not believed, and it is not asked again before ``trust`` is said.
    """

    def __init__(self, url: str, deadline_s: float = DEADLINE_S, trouble: Trouble | None = None) -> None:
        self._target = parse_url(url)
        self._trouble = trouble or _untold
        self._deadline_s = deadline_s
        self._transport: asyncio.Transport | None = None
        self._collectors: list[Callable[[], None]] = []
        self.pipe = Pipe()
        self.on_error: OnError | None = None
        self._leaves_now = self._leaves_soon = False
        self._progress = 0.0
        self._closing = False
        self._keeper: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._up = False
        self.takes = False
        self.has_stand_in = False
        self._is_trusted = True

    @property
    def is_up(self) -> bool:
        """Whether a call made now has a connection to go out on."""
        return self._up

    def at(self, slot: int) -> RedisLane:  # noqa: ARG002
        """Return this lane: there is no other server."""
        return self

    async def start(self) -> None:
        """Open the connection and keep it open until ``stop``. Returns when the first one is open."""
        self._loop = asyncio.get_running_loop()
        await self._connect()
        self._keeper = asyncio.create_task(self._keep())

    def trust(self) -> None:
        """Take calls again: others say that this server has not been replaced."""
        self._is_trusted = True
        self.takes = self._up

    def answer_within(self, deadline_s: float) -> None:
        """Give the server up earlier than was said."""
        self._deadline_s = min(self._deadline_s, deadline_s)

    async def stop(self) -> None:
        """Close the connection; calls still waiting get LaneDown."""
        self._closing = True
        if self._keeper is not None:
            self._keeper.cancel()
        if self._transport is not None:
            self._transport.close()
        self.pipe.fail(LaneDown("the engine stops"))

    def call(self, reply_to: Reply, *words: bytes | str | int | float) -> None:
        """Send one command."""
        self.send(hand_on, reply_to, packed_call(0, b"", words, b""))

    def call_all(self, *words: bytes | str | int | float) -> None:
        """Send one command: there is no other server."""
        self.send(ignore, None, packed_call(0, b"", words, b""))

    async def ask_all(self, *words: bytes | str | int | float) -> None:
        """Send one command: there is no other server."""
        await self.ask(*words)

    def send(
        self, reply_to: ReplyTo, about: Any, command: bytes, urgent: bool = True, slot: int = 0  # noqa: ARG002
    ) -> None:  # fmt: skip
        """Send one command that is packed already."""
        if self.takes and self.pipe.waiting < MOST_WAITING:
            self.pipe.add(reply_to, about, command)
            self.flush_soon(urgent)
        else:
            self.turn_away(reply_to, about)

    def turn_away(self, reply_to: ReplyTo, about: Any) -> None:
        """Answer a call that cannot be taken: nobody is there, or too much waits already."""
        self._trouble("full" if self._up else "down")
        why = "too many calls wait for Redis" if self._up else "Redis is not reachable"
        asyncio.get_running_loop().call_soon(reply_to, about, LaneDown(why))

    def collect_ahead(self, collect: Callable[[], None]) -> None:
        """Have ``collect`` called before each write."""
        self._collectors.append(collect)

    def log_shard(self, slot: int) -> int:  # noqa: ARG002
        """Return 0: there is one stream of each kind."""
        return 0

    def when_turned(self, turned: Callable[[], None]) -> None:
        """Forget it: nothing turns."""

    def flush_soon(self, urgent: bool = False) -> None:
        """See to it that a write follows: in this turn of the event loop, or in a millisecond."""
        if urgent or self.pipe.ready >= MOST_GATHERED:
            if not self._leaves_now:
                self._leaves_now = True
                self._loop.call_soon(self._flush)
        elif not self._leaves_soon:
            self._leaves_soon = True
            self._loop.call_later(GATHER_S, self._flush)

    def together(self, work: Callable[[], None]) -> None:
        """Do what makes many calls; they leave in one write, with all that were made before, when it is done."""
        self._leaves_now = self._leaves_soon = True
        try:
            work()
        finally:
            self._flush()

    def _flush(self) -> None:
        self._leaves_now = True  # what is collected now leaves with this write
        pipe = self.pipe
        if self._collectors:
            held = pipe.hold()
            for collect in self._collectors:
                collect()
            pipe.put_behind(held)
        self._leaves_now = self._leaves_soon = False
        if self._transport is None or not pipe.ready:
            return
        if pipe.is_answered:
            self._progress = self._loop.time()
        self._transport.write(pipe.take())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection that was opened."""
        # uvloop's transports are not asyncio's classes, they only behave as such
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(MOST_UNWRITTEN)

    def data_received(self, data: bytes) -> None:
        """Hand each reply to the callback of its call."""
        if self.has_stand_in and self._is_late():
            self._give_up()
            return
        self._progress = self._loop.time()
        self.pipe.feed(data)

    def eof_received(self) -> None:
        """The server has nothing more to say; ``connection_lost`` follows."""

    def pause_writing(self) -> None:
        """The server does not read, and ``MOST_UNWRITTEN`` bytes wait for it: take no more calls."""
        self.takes = False

    def resume_writing(self) -> None:
        """The server reads again."""
        self.takes = self._up and self._is_trusted

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Give back what was in flight and have the connection opened again."""
        self._transport = None
        if self._up and not self._closing:
            self._trouble("broke")
        self._up = self.takes = False
        self._is_trusted = not self.has_stand_in
        self.pipe.fail(LaneDown("the connection to Redis broke"))
        self._lost.set()

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
        if self._transport is not None and self._is_late():
            self._give_up()

    def _is_late(self) -> bool:
        """Tell whether the oldest call waits for longer than it should."""
        return not self.pipe.is_answered and self._loop.time() - self._progress > self._deadline_s

    def _give_up(self) -> None:
        _log.warning("redis did not answer within %.1f s", self._deadline_s)
        self._trouble("late")
        if self._transport is not None:
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
        self.pipe.on_error = None  # what opens a connection is asked of this server, and of no other

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
        self.pipe.on_error = self.on_error
        self._up = True
        self.takes = self._is_trusted
        if not self._is_trusted:
            self._trouble("back")

    async def _greet(self, *words: bytes | str | int) -> None:
        """Send what opens a connection, before any call may use it."""
        await self.ask_packed(packed_call(0, b"", words, b""))

    async def ask_packed(self, command: bytes) -> Any:
        """Send one command at once, whatever else is taken now, and return its reply. Raises as ``ask``."""

        def send(reply_to: Reply) -> None:
            self.pipe.add(hand_on, reply_to, command)
            self.flush_soon(urgent=True)

        return await answer_of(send)


def _untold(_what: str) -> None:
    """Nobody counts troubles."""
