"""The lane to a cluster of six: every call is carried out once, in its order, whatever moves or dies meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import hiredis
import pytest

from engine.core.counters import deltas
from engine.core.events import NOWHERE
from engine.edge.cluster_lane import ClusterLane, open_lane
from engine.edge.event_log import EventLog
from engine.edge.keys import VisitorKeys
from engine.edge.lane import LaneDown, RedisLane
from engine.edge.redis_store import log_shard_of, log_shards
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Step, Tab
from tests.edge.tabs import NOON, SITE, a_step, a_tab, an_event
from tests.live.behind import counters_of, logged_events
from tests.redis_cluster import NODE_TIMEOUT_MS, RedisCluster
from tests.waiting import eventually, wait_for

DEADLINE_S = 2.0


@pytest.fixture
def troubles() -> list[str]:
    """What the lane has said to have gone wrong."""
    return []


@pytest.fixture
async def lane(cluster: RedisCluster, troubles: list[str]) -> AsyncIterator[ClusterLane]:
    lane = open_lane(cluster.url, DEADLINE_S, troubles.append)
    assert isinstance(lane, ClusterLane)
    await lane.start()
    yield lane
    await lane.stop()


class Shop:
    """What counts and logs events of many visitors, as the pipeline does, and keeps the replies."""

    def __init__(self, lane: ClusterLane, visitors: int = 30) -> None:
        self.state, self.log = RedisVisitorState(lane), EventLog(lane)
        self.tabs = [a_tab("docaaa", f"v{n}") for n in range(visitors)]
        self.counted: dict[Tab, list[tuple[int, Any]]] = {tab: [] for tab in self.tabs}
        self.logged: list[tuple[Tab, int, Any]] = []
        self.sent = 0

    def happen(self, tabs: list[Tab] | None = None) -> None:
        """Let one more event of each tab come."""
        self.sent += 1
        for tab in tabs or self.tabs:
            step = a_step(tab, an_event(self.sent, "login"))
            self.log.append(step, b'{"seq":%d,"name":"login","data":{}}' % self.sent, NOON, self._on_logged)
            self.state.observe(step, deltas(step.event, NOWHERE), NOON, self._on_counted)

    def _on_logged(self, step: Step, reply: Any) -> None:
        self.logged.append((step.tab, step.event.seq, reply))

    def _on_counted(self, step: Step, reply: Any) -> None:
        self.counted[step.tab].append((step.event.seq, reply))

    async def settled(self) -> None:
        """Wait until every call has its reply."""
        await eventually(lambda: all(len(each) == self.sent for each in self.counted.values()), 20)
        await eventually(lambda: len(self.logged) == self.sent * len(self.tabs), 20)

    def check(self, cluster: RedisCluster) -> None:
        """Hold that every event was counted and logged, once."""
        assert all(reply[0] for replies in self.counted.values() for _, reply in replies)
        assert not [reply for *_, reply in self.logged if isinstance(reply, Exception)]
        with cluster.client() as store:
            logged = logged_events(store, SITE)
            for tab in self.tabs:
                assert counters_of(store, SITE, tab.visitor) == {"e:login": self.sent}
                assert {(tab.visitor, "docaaa", seq) for seq in range(1, self.sent + 1)} <= logged


async def test_calls_find_the_primary_of_their_key(lane: ClusterLane, cluster: RedisCluster) -> None:
    for n in range(50):
        assert await lane.ask("SET", f"key{n}", n) == b"OK"
    sizes = [node.ask("DBSIZE") for node in cluster.primaries()]
    assert all(sizes)
    assert await lane.ask("GET", b"key7") == b"7"
    assert await lane.ask("PING") == b"PONG"
    assert lane.is_up


async def test_error_of_a_node_is_a_reply(lane: ClusterLane) -> None:
    await lane.ask("SET", "a", 1)
    with pytest.raises(hiredis.ReplyError, match="WRONGTYPE"):
        await lane.ask("LPUSH", "a", 1)


async def test_functions_are_on_every_primary_and_loaded_again_where_they_are_missed(
    lane: ClusterLane, cluster: RedisCluster
) -> None:
    shop = Shop(lane)
    await shop.state.load_functions()
    assert all(node.ask("FUNCTION", "LIST") for node in cluster.primaries())
    shop.happen()
    await shop.settled()
    for node in cluster.primaries():
        node.ask("FUNCTION", "FLUSH", "SYNC")
    shop.happen()
    shop.happen()
    await shop.settled()
    shop.check(cluster)


async def test_each_primary_has_a_stream_of_the_log_for_the_visitors_that_it_keeps(
    lane: ClusterLane, cluster: RedisCluster
) -> None:
    shop = Shop(lane)
    await shop.state.load_functions()
    shop.happen()
    await shop.settled()
    with cluster.client() as store:
        shards = log_shards(store)
        as_others_see_it = [log_shard_of(store, tab.keys.slot) for tab in shop.tabs]
    assert as_others_see_it == [lane.log_shard(tab.keys.slot) for tab in shop.tabs]
    assert len(shards) == 4  # that of a single server, and three
    for tab in shop.tabs:
        keys: VisitorKeys = tab.keys
        assert cluster.keeper_of(keys.slot) is cluster.keeper_of(keys.log_slot)
        assert lane.log_shard(keys.slot) in shards
    shop.check(cluster)


async def test_visitors_whose_slots_move_are_counted_once_and_in_order(
    lane: ClusterLane, cluster: RedisCluster, troubles: list[str]
) -> None:
    shop = Shop(lane, visitors=6)
    await shop.state.load_functions()
    shop.happen()
    await shop.settled()
    loop = asyncio.get_running_loop()

    def three_more() -> None:
        # several of one visitor are under way when their keys go
        before = shop.sent
        for _ in range(3):
            loop.call_soon_threadsafe(shop.happen)
        wait_for(lambda: shop.sent >= before + 3)

    for tab in shop.tabs[:3]:
        source = cluster.keeper_of(tab.keys.slot)
        target = next(node for node in cluster.primaries() if node is not source)
        await asyncio.to_thread(cluster.move, tab.keys.slot, target, three_more)
    shop.happen()
    await shop.settled()
    shop.check(cluster)
    assert {"moved", "ask"} <= set(troubles)


async def test_log_whose_own_slot_moves_loses_nothing(lane: ClusterLane, cluster: RedisCluster) -> None:
    shop = Shop(lane)
    await shop.state.load_functions()
    shop.happen()
    await shop.settled()
    keys: VisitorKeys = shop.tabs[0].keys
    slot, shard = keys.log_slot, lane.log_shard(keys.slot)
    source = cluster.keeper_of(slot)
    await asyncio.to_thread(cluster.move, slot, next(node for node in cluster.primaries() if node is not source))
    shop.happen()
    await eventually(lambda: lane.log_shard(keys.slot) != shard)
    shop.happen()
    await shop.settled()
    shop.check(cluster)
    await eventually(lambda: cluster.keeper_of(shop.tabs[0].keys.log_slot) is source)  # the nodes tell each other


async def test_primary_that_is_killed_is_replaced_and_the_others_go_on(
    lane: ClusterLane, cluster: RedisCluster, troubles: list[str]
) -> None:
    shop = Shop(lane)
    await shop.state.load_functions()
    victim = cluster.keeper_of(0)
    its = [tab for tab in shop.tabs if cluster.keeper_of(tab.keys.slot) is victim]
    others = [tab for tab in shop.tabs if tab not in its]
    victim.kill()
    await eventually(lambda: "broke" in troubles)
    with pytest.raises(LaneDown, match="Redis is not reachable"):
        await lane.ask("GET", its[0].keys.session)
    assert lane.is_up
    shop.happen(others)
    await eventually(lambda: all(shop.counted[tab] for tab in others))
    assert all(reply[0] for tab in others for _, reply in shop.counted[tab])
    await eventually(lambda: lane.at(its[0].keys.slot).is_up, NODE_TIMEOUT_MS / 1_000 + 15)
    shop.happen(its)
    await eventually(lambda: all(shop.counted[tab] for tab in its))
    assert all(reply[0] for tab in its for _, reply in shop.counted[tab])


async def test_event_behind_one_that_was_turned_away_is_not_counted_before_it(redis_url: str) -> None:
    lane = RedisLane(redis_url)
    await lane.start()
    state, replies = RedisVisitorState(lane), list[tuple[int, Any]]()
    await state.load_functions()
    tab = a_tab()

    def observe(seq: int) -> None:
        step = a_step(tab, an_event(seq, "login"))
        state.observe(
            step, deltas(step.event, NOWHERE), NOON, lambda step, reply: replies.append((step.event.seq, reply))
        )

    observe(1)
    tab.sent = 2  # as if 2 had been sent, and turned away
    observe(3)
    tab.sent = 1
    observe(2)
    observe(3)
    await eventually(lambda: len(replies) == 4)
    assert [(seq, reply if isinstance(reply, Exception) else reply[0]) for seq, reply in replies if seq != 3] == [
        (1, 2),
        (2, 1),
    ]
    refused, counted = [reply for seq, reply in replies if seq == 3]
    assert str(refused) == "GAP 2 was not applied before 3"
    assert counted[0] == 1
    await lane.stop()
