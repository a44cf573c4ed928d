"""
The hot path's way to a Redis or Valkey Cluster: one lane to each primary.

A node that does not keep a key (any more) has not carried the call out when it says so. So a call may be sent
again, to the right node or a little later, without ever being done twice. What must not happen is that an event
is counted before another one that was turned away: the function ``observe`` refuses that, and such a call too is
sent again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import hiredis

from engine.edge import lane as lanes
from engine.edge.cluster_map import ClusterMap
from engine.edge.lane_port import Lane, LaneDown, Reply, ReplyTo, Trouble, hand_on, ignore
from engine.edge.redis_address import RedisAddress
from engine.edge.slots import slot_of_command
from engine.native import packed_call

AGAIN_S = 0.05
LOOK_EVERY_S = 10.0
LOOK_AGAIN_S = 0.2
"""How often to ask who keeps what: while all is well, and while a primary is missing."""

_NOT_NOW = frozenset({"TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY", "GAP"})
_ASKING = b"*1\r\n$6\r\nASKING\r\n"

_log = logging.getLogger("shopbell.lane")


class Astray:
    """A call that a node has turned away: whose it is, where it belongs, and until when it is sent again."""

    __slots__ = ("about", "command", "reply_to", "slot", "tries", "until")

    def __init__(self, reply_to: ReplyTo, about: Any, command: bytes, slot: int, until: float) -> None:
        self.reply_to = reply_to
        self.about = about
        self.command = command
        self.slot = slot
        self.until = until
        self.tries = 0


class ClusterLane(Lane):
    """
    Lanes to all primaries, found by slot; who keeps what is asked anew whenever a node says that it has changed.

    A primary that is away turns away what belongs to it, as a single server does; the others go on.
    """

    def __init__(
        self, address: RedisAddress, deadline_s: float = lanes.DEADLINE_S, trouble: Trouble | None = None
    ) -> None:
        self._deadline_s = deadline_s
        self._trouble = trouble or _untold
        self._map = ClusterMap(address, self._new_lane, self._welcome, deadline_s)
        self._said_to_all: dict[str, bytes] = {}
        self._collectors: list[Callable[[], None]] = []
        self._turned: list[Callable[[], None]] = []
        self._astray = 0
        self._stale = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """Whether any primary is there: the visitors of the others need not wait for it."""
        return any(node.is_up for node in self._map.nodes.values())

    @property
    def generation(self) -> int:
        """Rises whenever a slot has another lane than before."""
        return self._map.generation

    def at(self, slot: int) -> lanes.RedisLane:
        """Return the lane to the primary that keeps a slot now; one that takes nothing where there is none."""
        return self._map.by_slot[slot]

    def log_shard(self, slot: int) -> int:
        """Return the shard of streams that lies on the primary that keeps this slot."""
        return self._map.shards[slot]

    def when_turned(self, turned: Callable[[], None]) -> None:
        """Have ``turned`` called whenever visitors have another primary than before."""
        self._turned.append(turned)

    async def start(self) -> None:
        """Find the primaries and open a lane to each. Raises what a single lane raises where nobody is there."""
        await self._look()
        self._keeper = asyncio.create_task(self._keep(), name="cluster")

    async def stop(self) -> None:
        """Close all lanes; calls still waiting get LaneDown."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._map.stop()

    def send(self, reply_to: ReplyTo, about: Any, command: bytes, urgent: bool = True, slot: int = 0) -> None:
        """Send one command to the primary of its slot."""
        self._map.by_slot[slot].send(reply_to, about, command, urgent)

    def call(self, reply_to: Reply, *words: bytes | str | int | float) -> None:
        """Send one command to the primary of its first key; one without keys to any that is there."""
        slot = slot_of_command(words)
        node = self._any() if slot is None else self._map.by_slot[slot]
        node.send(hand_on, reply_to, packed_call(0, b"", words, b""))

    def call_all(self, *words: bytes | str | int | float) -> None:
        """Send one command to every primary."""
        command = packed_call(0, b"", words, b"")
        for node in self._map.nodes.values():
            node.send(ignore, None, command)

    async def ask_all(self, *words: bytes | str | int | float) -> None:
        """Send one command to every primary that is there, and to each that joins."""
        self._said_to_all[" ".join(map(str, words[:2]))] = packed_call(0, b"", words, b"")
        nodes = [node for node in self._map.nodes.values() if node.is_up]
        if not nodes:
            raise LaneDown("Redis is not reachable")
        await asyncio.gather(*(node.ask(*words) for node in nodes))

    def collect_ahead(self, collect: Callable[[], None]) -> None:
        """Have ``collect`` called before each write to any primary."""
        self._collectors.append(collect)

    def flush_soon(self, urgent: bool = False) -> None:
        """See to it that what is to be collected is collected: it then leaves for wherever it belongs."""
        self._any().flush_soon(urgent)

    def _any(self) -> lanes.RedisLane:
        """Return a lane: one that is up, if any is."""
        nodes = list(self._map.nodes.values())
        for node in nodes:
            if node.is_up:
                return node
        return nodes[0]

    def _collect(self) -> None:
        """Collect what goes ahead, whichever of the lanes writes: on each it stands ahead of what waits there."""
        held = [(node.pipe, node.pipe.hold()) for node in self._map.nodes.values()]
        for collect in self._collectors:
            collect()
        for pipe, calls in held:
            pipe.put_behind(calls)

    def _new_lane(self, url: str) -> lanes.RedisLane:
        lane = lanes.RedisLane(url, self._deadline_s, self._told)
        lane.on_error = self._turned_away
        lane.has_stand_in = True
        lane.collect_ahead(self._collect)
        return lane

    async def _welcome(self, lane: lanes.RedisLane) -> None:
        """Say to a node that has joined what was said to all."""
        for command in list(self._said_to_all.values()):
            await lane.ask_packed(command)

    def _told(self, what: str) -> None:
        """Count a trouble; a primary that is gone may have been replaced."""
        self._trouble(what)
        if what in ("broke", "late", "back"):
            self._stale.set()

    def _turned_away(self, reply_to: ReplyTo, about: Any, command: bytes, error: Exception) -> bool:
        """Send a call again that a node has not carried out; False for any other error."""
        word, _, rest = str(error).partition(" ")
        if word not in ("MOVED", "ASK") and word not in _NOT_NOW:
            return False
        call = about if isinstance(about, Astray) else self._gone_astray(reply_to, about, command)
        if call is None:
            return False
        self._trouble(word.lower())
        call.tries += 1
        if word != "GAP":
            self._stale.set()
        address = rest.rpartition(" ")[2] if word in ("MOVED", "ASK") else ""
        # nodes that disagree are given time; one without a name is found by the next look
        is_known = address != "" and not address.startswith(":") and not (word == "MOVED" and call.tries % 2 == 0)
        if not (is_known and self._redirect(call, word, address)):
            self._send_later(call)
        return True

    def _redirect(self, call: Astray, word: str, address: str) -> bool:
        """Send a call to where a node says it belongs; False if there is no lane to that yet."""
        before = self._map.generation
        lane = self._map.move(call.slot, address) if word == "MOVED" else self._map.guest(address)
        if lane is None:
            return False
        if self._map.generation != before:
            self._turn()
        if word == "ASK":
            lane.send(ignore, None, _ASKING)
        lane.send(_arrived, call, call.command)
        return True

    def _gone_astray(self, reply_to: ReplyTo, about: Any, command: bytes) -> Astray | None:
        reader = hiredis.Reader()
        reader.feed(command)
        slot = slot_of_command(reader.gets())
        if slot is None:
            return None
        until = asyncio.get_running_loop().time() + self._deadline_s
        return Astray(reply_to, about, command, slot, until)

    def _send_later(self, call: Astray) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() > call.until or self._astray >= lanes.MOST_WAITING:
            self._trouble("given up")
            loop.call_soon(call.reply_to, call.about, LaneDown("the cluster does not take the call"))
            return
        self._astray += 1
        loop.call_later(AGAIN_S, self._send_again, call)

    def _send_again(self, call: Astray) -> None:
        self._astray -= 1
        self._map.by_slot[call.slot].send(_arrived, call, call.command)

    async def _look(self) -> None:
        if await self._map.look():
            self._turn()

    def _turn(self) -> None:
        for turned in self._turned:
            turned()

    async def _keep(self) -> None:
        """Keep the map right: look whenever a node says that it is not, and often while a primary is missing."""
        while True:
            pause_s = LOOK_EVERY_S if self._map.is_whole else LOOK_AGAIN_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stale.wait(), pause_s)
            self._stale.clear()
            try:
                await self._look()
            except (OSError, TimeoutError, hiredis.ReplyError) as error:
                _log.warning("who keeps what in the cluster cannot be asked: %s", error)
            await asyncio.sleep(AGAIN_S)


def _arrived(call: Astray, reply: Any) -> None:
    call.reply_to(call.about, reply)


def _untold(_what: str) -> None:
    """Nobody counts troubles."""


def open_lane(url: str, deadline_s: float = lanes.DEADLINE_S, trouble: Trouble | None = None) -> Lane:
    """Return the way to what is at an address: the server, or the cluster if the address says that it is one."""
    address = RedisAddress.read(url)
    if address.said_cluster:
        return ClusterLane(address, deadline_s, trouble)
    return lanes.RedisLane(address.one, deadline_s, trouble)
