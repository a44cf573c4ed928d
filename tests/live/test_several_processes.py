"""Without WebSockets, before an engine of two processes: a request may reach another one than holds the way down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.live.behind import counters_of
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.other_ways import Writer
from tests.plain_http import NO_TLS

ENOUGH = 40
"""The kernel deals connections out by chance: that so many in a row all reach one of two is out of the question."""


AGAIN_AFTER_S = 0.1
"""The engine is ready as soon as one of its processes is: the other one may still be about to listen."""


@pytest.fixture(scope="module")
def pair(an_engine: Callable[..., ShopEngine]) -> Iterator[ShopEngine]:
    """An engine of two processes."""
    with an_engine("pair", "--workers", "2") as engine:
        yield engine


@asynccontextmanager
async def anew(writer: Writer) -> AsyncIterator[None]:
    """Send by a new connection, which any process may take."""
    address, headers = writer.http.base_url, {"Origin": ORIGIN}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=15, verify=NO_TLS) as writer.http:
        yield


async def test_events_count_once_and_are_answered_whichever_process_takes_them(pair: ShopEngine) -> None:
    writer = Writer(pair)
    statuses: list[int] = []
    async with writer.http as first, writer.listening() as stream:
        while len(set(statuses)) < 2 and len(statuses) < ENOUGH:
            await writer.event("login")
            async with anew(writer):
                statuses.append((await writer.post(stream)).status_code)
            writer.http = first
            await asyncio.sleep(AGAIN_AFTER_S)
        await writer.told()
    with pair.redis() as store:
        assert counters_of(store, pair.site, writer.visitor)["e:login"] == len(statuses)
    assert set(statuses) == {200, 202}


async def test_popup_that_one_process_decides_on_comes_by_polling_through_any(pair: ShopEngine) -> None:
    writer = Writer(pair)
    for _ in range(3):
        await writer.view("cart")
        async with anew(writer):
            await writer.post()
    await writer.event("page_dwell", ms=10_001)
    for _ in range(4):
        async with anew(writer):
            await writer.post()
    assert {show["rule"] for show in writer.of("show")} == {"cart-sweetener"}
    assert len({show["fire"] for show in writer.of("show")}) == 1
