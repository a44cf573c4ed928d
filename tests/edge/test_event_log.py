"""The event log: what an entry holds, where it goes, and that nothing is counted that is not in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import redis

from engine.core.archived import Row, row_of
from engine.core.counters import deltas
from engine.core.events import NOWHERE
from engine.edge.archiver import read_entries
from engine.edge.event_log import EventLog
from engine.edge.keys import log_key
from engine.edge.lane import LaneDown, RedisLane
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Step, Tab
from tests.edge.scripted_redis import ScriptedRedis, scripted_redis
from tests.edge.tabs import NOON, SITE, a_step, a_tab, an_event, rules_of
from tests.live.behind import logged
from tests.waiting import PATIENCE_S, eventually

ENTRY_ID = b"$3\r\n1-1\r\n"
RULES = rules_of("- {rule: r, when: [count(login) > 1], show: {chat: {text: Hello}}}")


@pytest.fixture
async def lane(redis_url: str) -> AsyncIterator[RedisLane]:
    lane = RedisLane(redis_url)
    await lane.start()
    yield lane
    await lane.stop()


@pytest.fixture
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ScriptedRedis]:
    async with scripted_redis(tmp_path_factory.mktemp("r")) as server:
        server.answer = lambda _: ENTRY_ID
        yield server


def frame(seq: int) -> bytes:
    return orjson.dumps({"type": "event", "seq": seq, "name": "login", "data": {}})


def rows_of(redis_url: str) -> list[Row]:
    """Return the log as the archive reads it."""
    with redis.Redis.from_url(redis_url) as store:
        entries = read_entries(store, log_key(SITE, 0), "-", 1_000)
    return [row_of(part, (1, 0), n) for _, parts in entries for n, part in enumerate(parts)]


class Replies(list[tuple[Step, Any]]):
    """What came back."""

    def take(self, step: Step, reply: Any) -> None:
        """Take one."""
        self.append((step, reply))

    async def arrived(self, number: int) -> None:
        """Wait until so many have come."""
        await eventually(lambda: len(self) >= number)


async def log(lane: RedisLane, *events: tuple[Tab, int], keep: int = 1_000) -> Replies:
    """Write down events of one turn of the event loop, and wait for the replies."""
    replies, event_log = Replies(), EventLog(lane, keep)
    for tab, seq in events:
        event_log.append(a_step(tab, an_event(seq, "login")), frame(seq), NOON, replies.take)
    await replies.arrived(len(events))
    return replies


async def test_entry_holds_visitor_session_document_time_and_frame(lane: RedisLane, redis_url: str) -> None:
    tab = a_tab("docaaa")
    tab.session = "s1"
    await log(lane, (tab, 7))
    [entry] = logged(redis.Redis.from_url(redis_url), SITE)
    assert entry == {"v": "v1", "s": "s1", "d": "docaaa", "t": NOON, "f": orjson.loads(frame(7))}


async def test_entry_names_the_session_that_has_begun_meanwhile(lane: RedisLane, redis_url: str) -> None:
    tab = a_tab()
    tab.session = "s1"
    await log(lane, (tab, 1))
    tab.session = "s2"
    await log(lane, (tab, 2))
    assert [entry["s"] for entry in logged(redis.Redis.from_url(redis_url), SITE)] == ["s1", "s2"]


async def test_events_of_one_turn_are_one_entry_of_their_stream(lane: RedisLane, redis_url: str) -> None:
    one, other = a_tab("docaaa", "v1"), a_tab("docbbb", "v2")
    replies = await log(lane, (one, 1), (other, 1), (one, 2))
    assert [(step.tab, step.event.seq) for step, _ in replies] == [(one, 1), (other, 1), (one, 2)]
    store = redis.Redis.from_url(redis_url)
    assert store.xlen(log_key(SITE, 0)) == 1
    assert [(entry["v"], entry["f"]["seq"]) for entry in logged(store, SITE)] == [("v1", 1), ("v2", 1), ("v1", 2)]


async def test_notes_stand_among_the_events_in_their_order(lane: RedisLane, redis_url: str) -> None:
    tab, replies, event_log = a_tab("docaaa"), Replies(), EventLog(lane)
    tab.session = "s1"
    event_log.note(tab, "hello", {"seq": 0}, NOON)
    event_log.append(a_step(tab, an_event(1, "login")), frame(1), NOON, replies.take)
    event_log.note(tab, "claim", {"seq": 1, "reason": "shown"}, NOON + 1)
    await replies.arrived(1)
    [event] = logged(redis.Redis.from_url(redis_url), SITE)
    assert event["f"] == orjson.loads(frame(1))
    rows = rows_of(redis_url)
    assert [(row.kind, row.name, row.seq, row.at_ms) for row in rows] == [
        ("hello", "hello", 0, NOON), ("event", "login", 1, NOON), ("claim", "shown", 1, NOON + 1)
    ]  # fmt: skip
    assert {(row.visitor, row.session, row.doc) for row in rows} == {("v1", "s1", "docaaa")}


async def test_stream_is_trimmed_by_length(lane: RedisLane, redis_url: str) -> None:
    event_log, done, seqs = EventLog(lane, keep=50), asyncio.Event(), iter(range(1, 301))

    def append_one(*_: object) -> None:
        seq = next(seqs, None)
        if seq is None:
            done.set()
        else:
            event_log.append(a_step(a_tab(), an_event(seq, "login")), frame(seq), NOON, append_one)

    append_one()
    await asyncio.wait_for(done.wait(), PATIENCE_S)
    assert 50 <= redis.Redis.from_url(redis_url).xlen(log_key(SITE, 0)) < 250


async def test_every_event_hears_that_the_log_is_out_of_reach(server: ScriptedRedis) -> None:
    lane = RedisLane(server.url)
    await lane.start()
    await server.stop()
    await eventually(lambda: not lane.is_up)
    replies = await log(lane, (a_tab(), 1), (a_tab(), 2))
    assert all(isinstance(reply, LaneDown) for _, reply in replies)
    await lane.stop()
    await server.start()


@pytest.mark.parametrize("rules_wait", [True, False])
async def test_event_is_logged_ahead_of_being_counted_wherever_the_connection_breaks(
    server: ScriptedRedis, rules_wait: bool
) -> None:
    lane = RedisLane(server.url)
    await lane.start()
    state, event_log, replies = RedisVisitorState(lane), EventLog(lane), Replies()
    plan = RULES.plan_of_all() if rules_wait else RULES.plan_of(())
    tab = a_tab()
    for seq in range(1, 4):
        # another call of the same turn has planned a write already
        lane.call(lambda _: None, "HSET", "something", "else", 1)
        for n in (seq * 10, seq * 10 + 1):
            step = a_step(tab, an_event(n, "login"), plan)
            event_log.append(step, frame(n), NOON, replies.take)
            state.observe(step, deltas(step.event, NOWHERE), NOON, replies.take)
        await replies.arrived(seq * 4)
    logged_so_far = b""
    for command in server.commands:
        if command[0] == b"XADD":
            logged_so_far += b"".join(command)
        if command[0] == b"FCALL":
            seq_of_event = command[11].split()[0]
            assert b'"seq":%b,' % seq_of_event in logged_so_far
    assert server.names().count("FCALL") == 6
    await lane.stop()
