"""Which primaries a cluster has, a lane to each, and which of them keeps what."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import hiredis

from engine.edge.keys import SHARDS
from engine.edge.lane import RedisLane
from engine.edge.redis_address import RedisAddress
from engine.edge.slots import SLOTS, Ranges, read_slots, slot_of
from engine.native import packed_call

KEEP_UNUSED_S = 60.0
PATIENCE = 0.6
"""Of the time after which a cluster takes a node for dead; as the lane looks it comes to three quarters."""

_log = logging.getLogger("shopbell.lane")


class ClusterMap:
    """
    ``by_slot`` are the lanes, ``shards`` the shard of streams that lies on the same primary as a slot.

    ``new_lane`` makes a lane of a URL, ``welcome`` says to one that was opened what every primary must know.
    ``generation`` rises whenever a slot has another lane, or another shard, than before.
    """

    def __init__(
        self,
        address: RedisAddress,
        new_lane: Callable[[str], RedisLane],
        welcome: Callable[[RedisLane], Awaitable[None]],
        deadline_s: float,
    ) -> None:
        self._address = address
        self._new_lane = new_lane
        self._welcome = welcome
        self._deadline_s = deadline_s
        self._nowhere = new_lane(address.of(address.hosts[0]))
        self._shard_of: dict[str, int] = {}
        self._needed_until: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.nodes: dict[str, RedisLane] = {}
        self.by_slot: list[RedisLane] = [self._nowhere] * SLOTS
        self.shards: list[int] = [0] * SLOTS
        self.generation = 0

    @property
    def is_whole(self) -> bool:
        """Whether every slot has a primary, and every primary is there."""
        return self._nowhere not in self.by_slot and all(node.takes for node in self.nodes.values())

    async def look(self) -> bool:
        """
        Ask who keeps what, and turn to it; return whether anything is otherwise than before.

        Raises OSError or ``hiredis.ReplyError`` where nobody can say.
        """
        primaries, asked = await self._primaries()
        self._trust(primaries, asked)
        await asyncio.gather(*(self._open(each) for each in primaries if each not in self.nodes))
        by_slot, shards = self._spread(primaries)
        await self._register(by_slot, set(shards) - {0})
        self._shard_of = {each: _shard(ranges) for each, ranges in primaries.items()}
        self._leave_all_but(primaries)
        if by_slot == self.by_slot and shards == self.shards:
            return False
        self.by_slot, self.shards = by_slot, shards
        self.generation += 1
        return True

    def move(self, slot: int, address: str) -> RedisLane | None:
        """Note that a node said where a slot is now; return its lane, None where there is none yet."""
        lane = self.nodes.get(address)
        if lane is None or not lane.is_up:
            return None
        if self.by_slot[slot] is not lane:
            self.by_slot[slot] = lane
            # of a node that has just joined no shard is registered yet: the next look does that
            self.shards[slot] = self._shard_of.get(address, self.shards[slot])
            self.generation += 1
        return lane

    def guest(self, address: str) -> RedisLane | None:
        """Return the lane to a node that is about to take a slot over; None while it is being opened."""
        self._needed_until[address] = asyncio.get_running_loop().time() + KEEP_UNUSED_S
        if address not in self.nodes:
            self._spawn(self._open(address))
        lane = self.nodes.get(address)
        return lane if lane is not None and lane.is_up else None

    async def stop(self) -> None:
        """Close all lanes."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(node.stop() for node in self.nodes.values()))

    async def _primaries(self) -> tuple[dict[str, Ranges], str]:
        """Ask the nodes that are there, trusted ones first, else those that were named; also return which it was."""
        trouble: Exception = ConnectionError("no node of the cluster is there")
        there = [(not lane.takes, address, lane) for address, lane in self.nodes.items() if lane.is_up]
        for _, address, lane in sorted(there, key=lambda each: each[0]):
            try:
                return await self._ask(lane, address), address
            except (OSError, TimeoutError, hiredis.ReplyError) as error:
                trouble = error
        for address in self._address.hosts:
            lane = self._new_lane(self._address.of(address))
            try:
                async with asyncio.timeout(self._deadline_s):
                    await lane.start()
                return await self._ask(lane, address), address
            except (OSError, TimeoutError, hiredis.ReplyError) as error:
                trouble = error
            finally:
                await lane.stop()
        raise trouble

    def _trust(self, primaries: dict[str, Ranges], asked: str) -> None:
        """
        Use a primary again that had gone, if another node says that it has not been replaced.

        One that hung, and its replica took over, does not know that yet: what it takes is lost.
        """
        for address in primaries:
            lane = self.nodes.get(address)
            if lane is not None and (address != asked or len(self.nodes) == 1):
                lane.trust()

    async def _ask(self, lane: RedisLane, address: str) -> dict[str, Ranges]:
        async with asyncio.timeout(self._deadline_s):
            return read_slots(await lane.ask("CLUSTER", "SLOTS"), address)

    async def _open(self, address: str) -> None:
        """Open a lane; one that cannot be opened now is tried again with the next look."""
        lane = self._new_lane(self._address.of(address))
        try:
            async with asyncio.timeout(self._deadline_s):
                await lane.start()
                await self._hurry(lane)
                await self._welcome(lane)
        except (OSError, TimeoutError, hiredis.ReplyError) as error:
            _log.warning("the cluster's node %s is not reachable: %s", address, error)
            await lane.stop()
            return
        self.nodes[address] = lane

    async def _hurry(self, lane: RedisLane) -> None:
        """Give a primary up before its replica can have taken over, if it may be asked how long that takes."""
        with suppress(hiredis.ReplyError):
            said = await lane.ask_packed(packed_call(0, b"", ("CONFIG", "GET", "cluster-node-timeout"), b""))
            lane.answer_within(int(said[1]) / 1_000 * PATIENCE)

    def _spread(self, primaries: dict[str, Ranges]) -> tuple[list[RedisLane], list[int]]:
        by_slot, shards = [self._nowhere] * SLOTS, [0] * SLOTS
        for address, ranges in primaries.items():
            lane = self.nodes.get(address)
            if lane is not None:
                shard = _shard(ranges)
                for first, last in ranges:
                    by_slot[first : last + 1] = [lane] * (last + 1 - first)
                    shards[first : last + 1] = [shard] * (last + 1 - first)
        return by_slot, shards

    async def _register(self, by_slot: list[RedisLane], shards: set[int]) -> None:
        """
        Write down which shards streams may have, before they have any: who reads them must find them all.

        Over and over: a cluster can be emptied, or forget in a failover what it was told last.
        """
        if shards:
            async with asyncio.timeout(self._deadline_s):
                await by_slot[slot_of(SHARDS)].ask("SADD", SHARDS, *sorted(shards))

    def _leave_all_but(self, primaries: dict[str, Ranges]) -> None:
        now = asyncio.get_running_loop().time()
        for address in [each for each in self.nodes if each not in primaries]:
            if self._needed_until.get(address, 0.0) < now:
                self._spawn(self._leave(self.nodes.pop(address)))

    async def _leave(self, lane: RedisLane) -> None:
        """Close a lane when what is in flight on it has had its time."""
        await asyncio.sleep(self._deadline_s)
        await lane.stop()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_wait(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _shard(ranges: Ranges) -> int:
    """Return the shard that lies on the first slot of a primary."""
    return min(first for first, _ in ranges) + 1


async def _wait(work: Awaitable[None]) -> None:
    await work
