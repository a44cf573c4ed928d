"""Networks that split, delay, reset and swallow what passes, before the engine and behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from engine.edge import stream, streams
from tests.edge.stream_server import ORIGIN, running_streams
from tests.faults.crowd import Crowd
from tests.faults.frames import run as run_frames
from tests.faults.half_open import PROMISED_S
from tests.faults.proxy import FaultyProxy
from tests.faults.scenarios import ALONE
from tests.faults.world import World
from tests.live.client import Shopper
from tests.live.engine_process import ShopEngine
from tests.redis_cluster import RedisProcess
from tests.stores import running_store
from tests.waiting import eventually

BUSY = 1013
MORE_MEMORY = 64 * 1024 * 1024
NO_LIMIT = ("--events-per-second", "0", "--events-per-session", "0", "--archive-every", "0")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with ALONE.world() as world:
        yield world


@pytest.fixture
async def proxy(world: World) -> AsyncIterator[FaultyProxy]:
    host, _, port = world.nodes[0].host.partition(":")
    async with FaultyProxy(host, int(port)) as proxy:
        yield proxy


async def judged(world: World, crowd: Crowd) -> None:
    with world.redis() as store:
        verdict = await crowd.verdict(store)
    assert verdict.acknowledged
    assert verdict.is_clean, verdict


async def test_events_whose_bytes_come_late_and_in_crumbs_are_counted(world: World, proxy: FaultyProxy) -> None:
    proxy.piece, proxy.latency_s = 40, 0.002
    async with Crowd([world.stream_through(proxy.port)], world.site.key, size=5) as crowd:
        await crowd.go_on(100)
        await judged(world, crowd)


async def test_connections_that_are_reset_cost_nothing(world: World, proxy: FaultyProxy) -> None:
    async with Crowd([world.stream_through(proxy.port)], world.site.key, size=10) as crowd:
        for _ in range(3):
            await crowd.go_on(100)
            await eventually(lambda: proxy.open == 10)
            proxy.reset()
        await crowd.all_go_on()
        assert proxy.taken >= 40
        await judged(world, crowd)


async def test_three_hundred_shoppers_who_lose_their_connections_at_once_are_all_back(
    world: World, proxy: FaultyProxy
) -> None:
    async with Crowd([world.stream_through(proxy.port)], world.site.key, size=300, rest_s=10) as crowd:
        await crowd.go_on(300)
        proxy.refuses = True
        proxy.reset()
        await eventually(lambda: proxy.open == 0)
        proxy.refuses = False
        await crowd.all_go_on()
        await judged(world, crowd)


def test_frames_in_any_order_over_any_connections_are_counted_as_a_dict_would(world: World) -> None:
    run_frames(world, examples=12, steps=25)


async def test_connection_that_the_network_swallows_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PING_AFTER_S", "PONG_WITHIN_S"):
        monkeypatch.setattr(stream, name, 0.1)
    monkeypatch.setattr(streams, "SWEEP_EVERY_S", 0.02)
    async with running_streams() as server, FaultyProxy("127.0.0.1", server.port) as proxy:
        shopper = Shopper(f"ws://127.0.0.1:{proxy.port}{server.path}", ORIGIN)
        await shopper.connect()
        proxy.swallows = True
        await eventually(lambda: not server.streams.open)
        proxy.reset()
        await shopper.leave()


def test_it_is_given_up_within_thirty_seconds() -> None:
    assert stream.PING_AFTER_S + stream.PONG_WITHIN_S + streams.SWEEP_EVERY_S <= PROMISED_S


async def test_slow_senders_of_a_request_hold_up_nobody(world: World, proxy: FaultyProxy) -> None:
    proxy.rate = 1
    slow = [await asyncio.open_connection("127.0.0.1", proxy.port) for _ in range(50)]
    for _, writer in slow:
        writer.write(b"GET /v1/stream HTTP/1.1\r\n" + b"a" * 2_000)
    async with Crowd(world.streams, world.site.key, size=10) as crowd:
        await crowd.go_on(200)
        await judged(world, crowd)
    await asyncio.gather(*(reader.read() for reader, _ in slow))  # the engine has hung up on each of them
    for _, writer in slow:
        writer.close()


async def test_redis_behind_a_network_that_swallows_everything_is_given_up_and_taken_up_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_store("server") as server:
        assert isinstance(server, RedisProcess)
        async with FaultyProxy("127.0.0.1", server.port) as proxy:
            url = f"redis://127.0.0.1:{proxy.port}"
            shop = ShopEngine(tmp_path_factory.mktemp("swallowed") / "shop", *NO_LIMIT, redis_url=url)
            (shop.rules / "cart.yaml").write_text("[]\n")
            await asyncio.to_thread(shop.__enter__)
            try:
                await _swallow(shop, server, proxy)
            finally:
                await asyncio.to_thread(shop.__exit__)


async def _swallow(shop: ShopEngine, server: RedisProcess, proxy: FaultyProxy) -> None:
    async with Crowd([shop.stream], shop.site, size=20) as crowd:
        await crowd.go_on(200)
        before = shop.memory
        proxy.swallows = True
        await eventually(lambda: all(shopper.closes for shopper in crowd.shoppers), 30)
        assert {close.code for shopper in crowd.shoppers for close in shopper.closes if close} == {BUSY}
        assert shop.memory - before < MORE_MEMORY
        proxy.swallows = False
        proxy.reset()
        await crowd.all_go_on()
        with server.client() as store:
            verdict = await crowd.verdict(store)
        assert verdict.is_clean, verdict
    assert 'shopbell_redis_troubles_total{what="late"}' in await asyncio.to_thread(lambda: shop.metrics)
