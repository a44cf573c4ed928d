"""The lane to Redis: calls leave together, replies find their callers, and nobody waits for a server that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import hiredis
import pytest
import redis

from engine.edge import lane as lane_module
from engine.edge.embedded_redis import EmbeddedRedis
from engine.edge.lane import LaneDown, RedisLane
from engine.native import packed_call
from tests.edge.scripted_redis import OK, Command, ScriptedRedis, scripted_redis
from tests.waiting import eventually

DEADLINE_S = 0.2


@pytest.fixture
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ScriptedRedis]:
    async with scripted_redis(tmp_path_factory.mktemp("r")) as server:
        yield server


@pytest.fixture
async def lane(server: ScriptedRedis) -> AsyncIterator[RedisLane]:
    lane = RedisLane(server.url, DEADLINE_S)
    await lane.start()
    yield lane
    await lane.stop()


def loading(_: Command) -> bytes:
    return b"-LOADING Redis is loading the dataset in memory\r\n"


# a real server


async def test_replies_come_back_in_the_order_of_the_calls(redis_url: str) -> None:
    lane, replies = RedisLane(redis_url), list[Any]()
    await lane.start()
    for n in range(500):
        lane.call(replies.append, "INCRBY", "n", n)
    assert await lane.ask("GET", "n") == str(sum(range(500))).encode()
    assert replies == [sum(range(n + 1)) for n in range(500)]
    await lane.stop()


async def test_error_of_the_server_is_a_reply(redis_url: str) -> None:
    lane, replies = RedisLane(redis_url), list[Any]()
    await lane.start()
    lane.call(replies.append, "NO_SUCH_COMMAND")
    with pytest.raises(hiredis.ReplyError, match="unknown command"):
        await lane.ask("NO_SUCH_COMMAND")
    assert isinstance(replies[0], hiredis.ReplyError)
    await lane.stop()


async def test_password_and_database_of_the_url_are_used(redis_server: EmbeddedRedis, redis_url: str) -> None:
    with redis.Redis(unix_socket_path=str(redis_server.socket)) as store:
        store.acl_setuser("lane", enabled=True, passwords=["+secret"], keys=["*"], commands=["+@all"])
    lane = RedisLane(f"unix://lane:secret@{redis_server.socket}?db=3")
    await lane.start()
    await lane.ask("SET", "here", 1)
    await lane.stop()
    with redis.Redis(unix_socket_path=str(redis_server.socket), db=3) as store:
        assert store.get("here") == b"1"
        store.acl_deluser("lane")


async def test_wrong_password_ends_the_start(redis_server: EmbeddedRedis, redis_url: str) -> None:
    lane = RedisLane(f"unix://:wrong@{redis_server.socket}")
    with pytest.raises(hiredis.ReplyError):
        await lane.start()
    await lane.stop()


async def test_server_at_a_host_and_port_is_reached() -> None:
    asked: list[bytes] = []
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1_000):
            asked.append(data)
            writer.write(b"+PONG\r\n")
        writer.close()
        await writer.wait_closed()
        gone.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        lane = RedisLane(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await lane.start()
        await lane.stop()
        await gone.wait()
    assert asked == [b"*1\r\n$4\r\nPING\r\n"]


# a scripted one


async def test_calls_of_one_turn_leave_in_one_write(lane: RedisLane, server: ScriptedRedis) -> None:
    before, replies = server.reads, list[Any]()
    for n in range(3):
        lane.call(replies.append, "GET", n)
    await eventually(lambda: len(replies) == 3)
    assert server.reads == before + 1


async def test_calls_made_together_leave_in_one_write_though_one_fails(lane: RedisLane, server: ScriptedRedis) -> None:
    before, replies = server.reads, list[Any]()

    def work() -> None:
        for n in range(3):
            lane.send(lambda _about, reply: replies.append(reply), None, packed_call(0, b"", ("GET", n), b""), n == 1)
        raise RuntimeError("the fourth")

    with pytest.raises(RuntimeError, match="the fourth"):
        lane.together(work)
    await eventually(lambda: len(replies) == 3)
    assert server.reads == before + 1


async def test_what_is_collected_stands_ahead_of_all_other_calls_of_a_write(
    lane: RedisLane, server: ScriptedRedis
) -> None:
    collected, replies = list[str](), list[Any]()

    def collect() -> None:
        while collected:
            lane.call(replies.append, "XADD", collected.pop())

    server.answer = lambda command: b"+%b\r\n" % command[1]
    lane.collect_ahead(collect)
    for event in ("a", "b", "c"):
        lane.call(replies.append, "FCALL", event)
        collected.append(f"log of {event}")
        assert await lane.ask("HSET", event) == event.encode()
    assert server.names() == ["XADD", "FCALL", "HSET"] * 3
    assert replies == [b"log of a", b"a", b"log of b", b"b", b"log of c", b"c"]


async def test_collected_calls_leave_without_any_other(lane: RedisLane, server: ScriptedRedis) -> None:
    collected = ["one"]

    def collect() -> None:
        while collected:
            lane.call(lambda _: None, "XADD", collected.pop())

    lane.collect_ahead(collect)
    lane.flush_soon()
    await eventually(lambda: server.names() == ["XADD"])


async def test_calls_in_flight_hear_once_that_the_connection_broke(lane: RedisLane, server: ScriptedRedis) -> None:
    server.answer = lambda command: None if command[0] == b"GET" else OK
    replies: list[Any] = []
    for n in range(3):
        lane.call(replies.append, "GET", n)
    await eventually(lambda: server.names() == ["GET"] * 3)
    lane.call(replies.append, "GET", "not even sent")
    server.break_connections()
    await eventually(lambda: len(replies) == 4)
    assert [str(reply) for reply in replies] == ["the connection to Redis broke"] * 4
    assert all(isinstance(reply, LaneDown) for reply in replies)
    await eventually(lambda: lane.is_up)
    assert await lane.ask("SET", "a", 1) == b"OK"
    assert len(replies) == 4


async def test_callback_that_fails_keeps_no_other_from_its_reply(
    lane: RedisLane, server: ScriptedRedis, caplog: pytest.LogCaptureFixture
) -> None:
    replies: list[Any] = []

    def fail(_: Any) -> None:
        raise ValueError("an event of its own")

    lane.call(fail, "GET", 1)
    lane.call(replies.append, "GET", 2)
    await eventually(lambda: replies)
    server.answer = lambda _: None
    lane.call(fail, "GET", 1)
    lane.call(replies.append, "GET", 2)
    await eventually(lambda: len(server.names()) == 4)
    server.break_connections()
    await eventually(lambda: len(replies) == 2)
    assert isinstance(replies[1], LaneDown)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "a reply could not be handled"
    ] * 2


async def test_without_a_connection_calls_fail_at_once(server: ScriptedRedis) -> None:
    lane = RedisLane(server.url, DEADLINE_S)
    await lane.start()
    await server.stop()
    await eventually(lambda: not lane.is_up)
    with pytest.raises(LaneDown, match="Redis is not reachable"):
        await lane.ask("GET", 1)
    await server.start()
    await eventually(lambda: lane.is_up)
    server.answer = lambda _: b":1\r\n"
    assert await lane.ask("GET", 1) == 1
    await lane.stop()


async def test_server_that_does_not_answer_is_given_up(lane: RedisLane, server: ScriptedRedis) -> None:
    server.answer = lambda _: None
    began = asyncio.get_running_loop().time()
    with pytest.raises(LaneDown, match="the connection to Redis broke"):
        await lane.ask("GET", 1)
    took = asyncio.get_running_loop().time() - began
    assert DEADLINE_S <= took < DEADLINE_S * 10
    assert not lane.is_up
    server.answer = lambda _: OK
    await eventually(lambda: lane.is_up)


async def test_slow_server_that_goes_on_answering_is_not_given_up(lane: RedisLane, server: ScriptedRedis) -> None:
    loop, replies = asyncio.get_running_loop(), list[Any]()
    server.answer = lambda command: None if command[0] == b"SLOW" else OK
    for _ in range(10):
        lane.call(replies.append, "SLOW")
    began = loop.time()
    while len(replies) < 10:
        due, so_far = began + len(replies) * DEADLINE_S / 4, len(replies)
        await eventually(partial(_is_past, loop, due))
        server.say(OK)
        await eventually(partial(_are_more, replies, so_far))
    assert lane.is_up
    assert server.connections == 1


def _is_past(loop: asyncio.AbstractEventLoop, due: float) -> bool:
    return loop.time() >= due


def _are_more(replies: list[Any], than: int) -> bool:
    return len(replies) > than


async def test_server_that_still_loads_its_data_is_waited_for(server: ScriptedRedis) -> None:
    lane = RedisLane(server.url, DEADLINE_S)
    await lane.start()
    server.answer = loading
    server.break_connections()
    await eventually(lambda: server.connections >= 3)
    assert not lane.is_up
    server.answer = lambda _: OK
    await eventually(lambda: lane.is_up)
    await lane.stop()


async def test_server_that_takes_connections_and_says_nothing_is_tried_again(server: ScriptedRedis) -> None:
    lane = RedisLane(server.url, DEADLINE_S)
    await lane.start()
    server.answer = lambda _: None
    server.break_connections()
    await eventually(lambda: server.connections >= 3)
    server.answer = lambda _: OK
    await eventually(lambda: lane.is_up)
    await lane.stop()


async def test_more_calls_than_may_wait_are_refused(
    lane: RedisLane, server: ScriptedRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_module, "MOST_WAITING", 2)
    server.answer = lambda _: None
    replies: list[Any] = []
    for n in range(3):
        lane.call(replies.append, "GET", n)
    await eventually(lambda: replies)
    assert str(replies[0]) == "too many calls wait for Redis"


async def test_calls_that_wait_when_the_lane_stops_hear_so(server: ScriptedRedis) -> None:
    lane, replies = RedisLane(server.url, DEADLINE_S), list[Any]()
    await lane.start()
    server.answer = lambda _: None
    lane.call(replies.append, "GET", 1)
    await lane.stop()
    assert str(replies[0]) == "the engine stops"


async def test_caller_that_was_cancelled_is_not_told(lane: RedisLane, server: ScriptedRedis) -> None:
    server.answer = lambda command: None if command[0] == b"SLOW" else OK
    asked = asyncio.ensure_future(lane.ask("SLOW"))
    await eventually(lambda: server.names() == ["SLOW"])
    asked.cancel()
    server.say(OK)
    server.answer = lambda _: b":7\r\n"
    assert await lane.ask("GET", 1) == 7
    assert asked.cancelled()
