"""
What happens to a shop while its shoppers go on. Each scenario does its deed once, and returns when all is well again.

The same are run for a minute by every test run, and for longer by ``make faults``, which writes down what came of it.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults.crowd import Crowd
from tests.faults.lookers import Lookers
from tests.faults.verdict import Verdict
from tests.faults.world import Node, World
from tests.redis_cluster import RedisCluster, RedisProcess
from tests.waiting import eventually

EVENTS_BETWEEN = 300
HANGS_FOR_EVENTS = 100
LOOKERS = 10
RESTART = 1012

Deed = Callable[[World, Crowd], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Setting:
    """A shop: where it counts, how many engines it has of how many processes, and whether haproxy is before them."""

    store: str = "own"
    engines: int = 1
    workers: int = 1
    front: bool = False

    def world(self) -> World:
        """Return such a shop, still closed."""
        return World(self.store, self.engines, self.workers, self.front)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A deed, said in words, and the shop that it is done to."""

    name: str
    told: str
    deed: Deed
    setting: Setting

    async def run(self, world: World, times: int = 1, shoppers: int = 40, events: int = EVENTS_BETWEEN) -> Verdict:
        """Do the deed so often, with so many events before each and after the last, and judge."""
        async with Crowd(world.streams, world.site.key, shoppers) as crowd:
            await crowd.go_on(events)
            for _ in range(times):
                await self.deed(world, crowd)
                await crowd.all_go_on()
                await crowd.go_on(events)
            with world.redis() as store:
                return await crowd.verdict(store)


async def kill_engine(world: World, _crowd: Crowd) -> None:
    """End the engine, and start it again."""
    world.nodes[0].kill()
    await asyncio.to_thread(world.nodes[0].start_again)


async def kill_worker(world: World, _crowd: Crowd) -> None:
    """End one of the processes that share the port, when both of them serve."""
    node = world.nodes[0]
    victim = random.choice(await eventually(lambda: _serving(node), 60))
    os.kill(victim, signal.SIGKILL)
    await eventually(lambda: victim not in node.workers and _serving(node), 60)


async def hang_engine(world: World, crowd: Crowd) -> None:
    """Let one of two engines hang while the other goes on, as if a network had parted them."""
    node = random.choice(world.nodes)
    os.kill(node.pid, signal.SIGSTOP)
    try:
        await crowd.go_on(HANGS_FOR_EVENTS)
    finally:
        os.kill(node.pid, signal.SIGCONT)


async def kill_own_redis(world: World, _crowd: Crowd) -> None:
    """End the engine's own Valkey, which it starts again."""
    pid = world.nodes[0].redis_pid
    os.kill(pid, signal.SIGKILL)
    await eventually(lambda: _redis_pid(world) not in (0, pid), 30)


async def hang_redis(world: World, crowd: Crowd) -> None:
    """Let Redis hang until every shopper was sent away."""
    server = _single(world)
    before = sum(len(each.closes) for each in crowd.shoppers)
    server.pause()
    try:
        await eventually(lambda: sum(len(each.closes) for each in crowd.shoppers) >= before + len(crowd.shoppers), 30)
    finally:
        server.go_on()


async def kill_redis(world: World, _crowd: Crowd) -> None:
    """End Redis, and start it again on what its append-only file holds."""
    server = _single(world)
    server.kill()
    await asyncio.to_thread(_start_again, server)


async def kill_primary(world: World, _crowd: Crowd) -> None:
    """End one primary; when its replica has taken over it comes back as that one's replica."""
    cluster = _cluster(world)
    victim = random.choice(await asyncio.to_thread(cluster.primaries))
    victim.kill()
    await asyncio.to_thread(cluster.wait_for_failover_of, victim)
    await asyncio.to_thread(cluster.mend)


async def hang_primary(world: World, _crowd: Crowd) -> None:
    """Let one primary hang until its replica has taken over, then let it find that out."""
    cluster = _cluster(world)
    victim = random.choice(await asyncio.to_thread(cluster.primaries))
    victim.pause()
    try:
        await asyncio.to_thread(cluster.wait_for_failover_of, victim)
    finally:
        victim.go_on()
    await asyncio.to_thread(cluster.mend)


async def move_slots(world: World, _crowd: Crowd) -> None:
    """Move the slots of some shoppers, and of a log, from one primary to another."""
    cluster = _cluster(world)
    source, target, *_ = await asyncio.to_thread(cluster.primaries)
    slots = await asyncio.to_thread(cluster.slots_with_keys, source, 8)
    for slot in slots:
        await asyncio.to_thread(cluster.move, slot, target)


async def roll(world: World, crowd: Crowd) -> None:
    """
    Restart one engine after the other behind the load balancer, as an upgrade does.

    Every page is told when to come back, and every popup that is under way arrives.
    """
    for node in world.nodes:
        before = {shopper: len(shopper.closes) for shopper in crowd.shoppers}
        async with Lookers(world.streams, LOOKERS) as lookers:
            node.stop()
            await lookers.go_on()
            await asyncio.gather(asyncio.to_thread(_start_anew, node), lookers.all_arrived())
            closes = [close for shopper in lookers.shoppers for close in shopper.closes]
        closes += [close for shopper in crowd.shoppers for close in shopper.closes[before[shopper] :]]
        assert closes, "nobody was with the engine that was stopped"
        assert {close.code if close else None for close in closes} == {RESTART}, closes
        await crowd.go_on(HANGS_FOR_EVENTS)


def _start_anew(node: Node) -> None:
    """Wait until an engine that was told to end has ended, and start it again."""
    node.ended(10)
    node.start_again()


def _serving(node: Node) -> list[int]:
    """Return the two workers, once each of them has told its figures; nothing before."""
    there = [pid for pid in node.workers if (node.data / "run" / f"{pid}.json").exists()]
    return there if len(there) == 2 else []


def _single(world: World) -> RedisProcess:
    assert isinstance(world.store, RedisProcess)
    return world.store


def _cluster(world: World) -> RedisCluster:
    assert isinstance(world.store, RedisCluster)
    return world.store


def _start_again(server: RedisProcess) -> None:
    server.start()
    server.wait_until_ready()


def _redis_pid(world: World) -> int:
    try:
        return world.nodes[0].redis_pid
    except (OSError, ValueError):
        return 0


ALONE = Setting()
PAIR = Setting("server", workers=2)
FRONT = Setting("server", engines=2, front=True)
CLUSTER = Setting("cluster", engines=2)
SETTINGS = {"alone": ALONE, "pair": PAIR, "front": FRONT, "cluster": CLUSTER}

SCENARIOS = (
    Scenario("engine killed", "`kill -9` of the only engine", kill_engine, ALONE),
    Scenario("own Valkey killed", "`kill -9` of the engine's own Valkey", kill_own_redis, ALONE),
    Scenario("worker killed", "`kill -9` of one of two processes that share the port", kill_worker, PAIR),
    Scenario("Redis killed", "`kill -9` of the Redis of two processes", kill_redis, PAIR),
    Scenario("Redis hangs", "the Redis of two processes hangs until everybody was sent away", hang_redis, PAIR),
    Scenario("engine hangs", "one of two engines behind haproxy hangs (`SIGSTOP`)", hang_engine, FRONT),
    Scenario("rolling restart", "two engines behind haproxy restarted one after the other", roll, FRONT),
    Scenario("primary killed", "`kill -9` of one of a cluster's three primaries", kill_primary, CLUSTER),
    Scenario("primary hangs", "one of three primaries hangs until it is replaced", hang_primary, CLUSTER),
    Scenario("slots move", "slots with shoppers' keys move to another primary", move_slots, CLUSTER),
)
