"""An engine that ends lets its streams go some at a time, and tells each when to come back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import orjson
import pytest
from websockets.exceptions import InvalidStatus

from engine.edge import draining
from engine.edge.draining import SMALLEST_SLICE, drain, slice_of, spread_of
from engine.edge.stream import Stream
from tests.edge.stream_server import StreamServer, end_of, event, running_streams
from tests.edge.tabs import a_step, a_tab, an_event
from tests.waiting import eventually


@pytest.fixture
async def server() -> AsyncIterator[StreamServer]:
    async with running_streams() as server:
        yield server


class Told(Stream):
    """A stream that notes that it is told, and what, and is never gone."""

    told: list[tuple[int, str]]

    def hang_up(self, code: int, reason: str) -> None:
        self.told.append((code, reason))


def open_more(server: StreamServer, count: int, told: list[tuple[int, str]]) -> None:
    for _ in range(count):
        stream = Told(server.streams, "pk_shop")
        stream.told = told
        server.streams.open.add(stream)


async def test_every_client_is_told_when_to_come_back(server: StreamServer) -> None:
    clients = [await server.greeted() for _ in range(20)]
    await drain(server.streams)
    ends = [await end_of(client) for client in clients]
    assert {code for code, _ in ends} == {1012}
    waits = [int(match[1]) for _, reason in ends if (match := re.fullmatch(r"retry_after_ms=(\d+)", reason))]
    assert len(waits) == 20
    assert len(set(waits)) > 10
    assert max(waits) < 5_000


async def test_draining_engine_takes_no_new_streams(server: StreamServer) -> None:
    await drain(server.streams)
    with pytest.raises(InvalidStatus) as refused:
        await server.connect()
    assert refused.value.response.status_code == 503


async def test_stream_whose_turn_has_not_come_goes_on(server: StreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "SMALLEST_SLICE", 1)
    monkeypatch.setattr(draining, "DRAIN_WITHIN_S", 150)
    monkeypatch.setattr(draining, "SLICE_EVERY_S", 60)
    clients = [await server.greeted(), await server.greeted()]
    ends = {asyncio.create_task(client.wait_closed()): client for client in clients}
    under_way = asyncio.create_task(drain(server.streams))
    [ended], [goes_on] = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    assert await end_of(ends[ended]) == (1012, ends[ended].close_reason)
    await ends[goes_on].send(event(1))
    assert orjson.loads(await ends[goes_on].recv()) == {"type": "ack", "seq": 1}
    under_way.cancel()
    await ends[goes_on].close()


async def test_stream_with_an_event_under_way_waits_for_it_but_not_for_ever(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, str]] = []
    open_more(server, 2, told)
    busy, _ = server.streams.open
    busy.tab = a_tab()
    busy.tab.under_way.append(a_step(busy.tab, an_event(1, "login")))
    under_way = asyncio.create_task(drain(server.streams))
    await eventually(lambda: told)
    assert len(told) == 1
    busy.tab.under_way.clear()
    await under_way
    assert len(told) == 2
    monkeypatch.setattr(draining, "DRAIN_WITHIN_S", 0)
    busy.tab.under_way.append(a_step(busy.tab, an_event(2, "login")))
    await drain(server.streams)
    assert len(told) == 4
    server.streams.open.clear()


async def test_they_are_let_go_some_at_a_time_and_one_that_opens_meanwhile_too(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "SMALLEST_SLICE", 2)
    told: list[tuple[int, str]] = []
    open_more(server, 5, told)
    under_way, seen = asyncio.create_task(drain(server.streams)), set()
    while not under_way.done():
        seen.add(len(told))
        if len(told) == len(server.streams.open) == 5:
            open_more(server, 1, told)
        await asyncio.sleep(0)
    assert seen == {0, 2, 4, 5, 6}
    assert server.streams.is_draining
    server.streams.open.clear()


def test_slices_are_as_large_as_the_time_that_is_left_asks_for() -> None:
    assert slice_of(left=20_000, left_s=2.5) == 400
    assert slice_of(left=20_000, left_s=0.1) == 10_000
    assert slice_of(left=20_000, left_s=-1.0) == 20_000
    assert slice_of(left=10, left_s=2.5) == SMALLEST_SLICE


def test_many_clients_come_back_over_a_longer_time() -> None:
    assert spread_of(0) == spread_of(5_000) == 5_000
    assert spread_of(9_000) == 9_000
    assert spread_of(1_000_000) == 15_000
