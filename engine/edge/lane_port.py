"""What the hot path knows of its way to Redis: calls leave, and each reply comes back to the callback of its call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from engine.edge.lane_down import LaneDown

Reply = Callable[[Any], None]
ReplyTo = Callable[[Any, Any], None]
"""Takes what the call was about, and its reply."""

Trouble = Callable[[str], None]
"""Told, in a word, of each thing that went wrong on the way."""


class Lane:
    """
    The way to one server or to a cluster: :class:`engine.edge.lane.RedisLane`,
    :class:`engine.edge.cluster_lane.ClusterLane`.

    A reply is what the server answers, a ``hiredis.ReplyError``, or LaneDown
    where none will come: then the call may or may not have been carried out.
    """

    @property
    def is_up(self) -> bool:
        """Whether a call made now has a connection to go out on."""
        raise NotImplementedError

    async def start(self) -> None:
        """Open the way and keep it open until ``stop``."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Close it; calls still waiting get LaneDown."""
        raise NotImplementedError

    def send(self, reply_to: ReplyTo, about: Any, command: bytes, urgent: bool = True, slot: int = 0) -> None:
        """
        Send one command that is packed already; ``reply_to`` gets ``about`` and the reply. Never raises.

        One that is not ``urgent`` may wait a millisecond for others to leave with. ``slot`` is that of
        its keys, on a cluster.
        """
        raise NotImplementedError

    def call(self, reply_to: Reply, *words: bytes | str | int | float) -> None:
        """Send one command; where it has keys, the first one is where Redis' commands have it. Never raises."""
        raise NotImplementedError

    def call_all(self, *words: bytes | str | int | float) -> None:
        """Send one command to every primary, ahead of whatever is sent next. Nobody waits for the replies."""
        raise NotImplementedError

    async def ask_all(self, *words: bytes | str | int | float) -> None:
        """Send one command to every primary and, from now on, to each that joins. Raises as ``ask``."""
        raise NotImplementedError

    def collect_ahead(self, collect: Callable[[], None]) -> None:
        """
        Have ``collect`` called before each write: the calls it makes stand before all others in it.

        A server carries out the calls of a connection in their order. Wherever
        the connection breaks, what was carried out implies all that was ahead of it.
        """
        raise NotImplementedError

    def flush_soon(self, urgent: bool = False) -> None:
        """See to it that a write follows: in this turn of the event loop, or in a millisecond."""
        raise NotImplementedError

    def together(self, work: Callable[[], None]) -> None:
        """Do what makes many calls: those to one server leave in one write, at once, if it is known to whom they go."""
        work()

    def log_shard(self, slot: int) -> int:
        """Return the shard of streams that lies on the server where this slot's visitors are."""
        raise NotImplementedError

    def when_turned(self, turned: Callable[[], None]) -> None:
        """Have ``turned`` called whenever ``log_shard`` may answer differently than before."""
        raise NotImplementedError

    async def ask(self, *words: bytes | str | int | float) -> Any:
        """Send one command and await its reply. Raises LaneDown, or the server's ``hiredis.ReplyError``."""
        return await answer_of(lambda reply_to: self.call(reply_to, *words))


async def answer_of(send: Callable[[Reply], None]) -> Any:
    """Return the reply of the call that ``send`` makes; an exception that it is answered with is raised."""
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def reply_to(reply: Any) -> None:
        if not answer.done():
            answer.set_result(reply)

    send(reply_to)
    reply = await answer
    if isinstance(reply, Exception):
        raise reply
    return reply


def hand_on(reply_to: Reply, reply: Any) -> None:
    """Stand as the callback of a call that is about nothing."""
    reply_to(reply)


def ignore(_about: Any, _reply: Any) -> None:
    """Stand as the callback of a call whose reply nobody waits for."""


__all__ = ["Lane", "LaneDown", "Reply", "ReplyTo", "Trouble", "answer_of", "hand_on", "ignore"]
