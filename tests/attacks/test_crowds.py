"""Many from one place: connections, floods and strikes of one address, and of one site; neighbours stay welcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import orjson
import pytest

from engine.edge.admission import Admission, Limits
from engine.edge.session_allowance import SessionAllowance
from tests.edge.stream_server import HELLO, BareClient, StreamServer, bare_client, end_of, event, running_streams
from tests.live.raw_socket import frame
from tests.waiting import eventually

HOME = "9.9.9.9"
NEIGHBOUR = "8.8.8.8"
GREETING = frame(orjson.dumps(HELLO))


@pytest.fixture
async def server() -> AsyncIterator[StreamServer]:
    async with running_streams() as server:
        yield server


async def visit(stack: AsyncExitStack, server: StreamServer, address: str, then: bytes = b"") -> BareClient:
    """Ask for the stream as somebody of this address, behind the proxy on this machine."""
    head = f"X-Forwarded-For: {address}\r\n"
    return await stack.enter_async_context(bare_client(server, server.path, head, then))


async def test_connections_of_one_address_beyond_its_limit_are_refused_before_the_upgrade(
    server: StreamServer,
) -> None:
    server.streams.admission = Admission(Limits(connections_per_address=50))
    async with AsyncExitStack() as stack:
        answers = [(await visit(stack, server, HOME)).status for _ in range(200)]
        assert answers == [101] * 50 + [429] * 150
        assert server.telemetry.refusals == {"address_full": 150}
        assert (await visit(stack, server, NEIGHBOUR)).status == 101
        assert (await visit(stack, server, "2606:4700::1")).status == 101
    await eventually(lambda: not server.streams.open)
    async with AsyncExitStack() as stack:
        assert (await visit(stack, server, HOME)).status == 101


async def test_whole_home_network_of_ipv6_is_one_address(server: StreamServer) -> None:
    server.streams.admission = Admission(Limits(connections_per_address=5))
    async with AsyncExitStack() as stack:
        answers = [(await visit(stack, server, f"2606:4700:1:2::{n:x}")).status for n in range(10)]
        assert answers == [101] * 5 + [429] * 5
        assert (await visit(stack, server, "2606:4700:1:3::1")).status == 101


async def test_address_that_the_client_made_up_before_the_proxy_does_not_count(server: StreamServer) -> None:
    server.streams.admission = Admission(Limits(connections_per_address=5))
    async with AsyncExitStack() as stack:
        answers = [(await visit(stack, server, f"1.1.1.{n}, {HOME}")).status for n in range(10)]
        assert answers == [101] * 5 + [429] * 5


async def test_header_of_a_stranger_is_not_believed(server: StreamServer) -> None:
    server.streams.admission = Admission(Limits(connections_per_address=1, trusted_proxies="10.0.0.1"))
    async with AsyncExitStack() as stack:
        answers = [(await visit(stack, server, HOME)).status for _ in range(5)]
        assert answers == [101] * 5, "the connection's own address is private, and is not limited"


async def test_connections_of_one_site_beyond_its_limit_are_refused(server: StreamServer) -> None:
    server.streams.admission = Admission(Limits(connections_per_site=3))
    async with AsyncExitStack() as stack:
        answers = [(await visit(stack, server, f"9.9.9.{n}")).status for n in range(5)]
        assert answers == [101] * 3 + [429] * 2
        assert server.telemetry.refusals == {"site_full": 2}


async def test_third_broken_connection_within_a_minute_keeps_the_address_out(server: StreamServer) -> None:
    server.streams.admission = Admission(Limits(strikes=3))
    async with AsyncExitStack() as stack:
        for _ in range(3):
            broken = await visit(stack, server, HOME, then=frame(b"not JSON"))
            assert broken.status == 101
            assert (await broken.rest()).endswith(b"frame is not JSON")
        assert (await visit(stack, server, HOME)).status == 429
        assert (await visit(stack, server, NEIGHBOUR)).status == 101
        assert server.telemetry.refusals == {"bad_frame": 3, "address_banned": 1}


async def test_floods_of_one_address_are_strikes(server: StreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.edge.allowance.MOST_KEPT", 0)
    server.limits.events_per_second, server.limits.events_burst = 1, 5
    server.streams.admission = Admission(Limits(strikes=1))
    async with AsyncExitStack() as stack:
        flood = await visit(stack, server, HOME, then=GREETING + frame(event(1).encode()) * 50)
        assert b"too many events" in await flood.rest()
        assert (await visit(stack, server, HOME)).status == 429
        assert len(server.frames) <= 6


async def test_site_that_is_too_busy_sheds_whoever_comes_next(server: StreamServer) -> None:
    server.streams.admission = Admission(Limits(site_events_per_second=10, strikes=1), clock=lambda: 0.0)
    client = await server.greeted()
    for seq in range(1, 100):
        await client.send(event(seq))
    assert await end_of(client) == (4008, "too many events of this site")
    assert server.telemetry.refusals == {"site_too_busy": 1}
    assert len(server.frames) >= 40, "four seconds' worth at once"


async def test_events_beyond_those_of_a_session_are_turned_away_and_the_connection_stays(
    server: StreamServer,
) -> None:
    turned_away: list[bytes] = []
    server.streams.allowance = partial(SessionAllowance, _Nobody(), 10)
    server.streams.turn_away = lambda _, message: turned_away.append(message)
    client = await server.greeted()
    for seq in range(1, 31):
        await client.send(event(seq))
    await eventually(lambda: len(turned_away) == 20)
    assert [orjson.loads(each)["seq"] for each in server.frames] == list(range(1, 11))
    assert server.telemetry.refusals == {"session_full": 20}
    assert client.close_code is None
    await client.close()


async def test_forms_of_one_address_are_counted_over_all_its_tabs(server: StreamServer) -> None:
    server.streams.admission = Admission(Limits(forms_per_minute=3))
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await visit(stack, server, HOME, then=GREETING)
        await visit(stack, server, NEIGHBOUR, then=GREETING)
        await eventually(lambda: len(server.tabs) == 3 and all(each.session == "" for each in server.tabs))
        first, second, neighbour = server.tabs
        assert [first.may_submit(), second.may_submit(), first.may_submit(), second.may_submit()] == [
            True, True, True, False,
        ]  # fmt: skip
        assert neighbour.may_submit()
        assert server.telemetry.refusals == {"too_many_forms": 1}


async def test_coupons_of_one_address_are_counted_over_all_the_visitors_that_it_makes_up(server: StreamServer) -> None:
    server.streams.admission = Admission(Limits(coupons_per_day=2))
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await visit(stack, server, HOME, then=GREETING)
        await visit(stack, server, NEIGHBOUR, then=GREETING)
        await eventually(lambda: len(server.tabs) == 4 and all(each.session == "" for each in server.tabs))
        assert [tab.may_have_coupon() for tab in server.tabs] == [True, True, False, True]
        assert server.telemetry.refusals == {"too_many_coupons": 1}


class _Nobody:
    """A lane that never answers."""

    def call(self, reply_to: Any, *words: Any) -> None:
        """Take it."""
