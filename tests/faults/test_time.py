"""Time that does not pass as it should: an engine that stalls, a clock that is set, and a while of nothing else."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from engine.core.tokens import SKEW_MS
from tests.faults.crowd import Crowd
from tests.faults.soak import Sample, slope_per_hour, soak
from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.stores import running_store

NO_LIMIT = ("--events-per-second", "0", "--events-per-session", "0", "--archive-every", "0")
HOUR_S = 3_600
STALLS_S = 0.3
MOST_MISSED = 20


def lags_beyond(metrics: str, seconds: str) -> int:
    """Return how often the event loop came back later than that."""
    buckets = dict(re.findall(r'shopbell_loop_lag_seconds_bucket\{le="([^"]+)"\} (\d+)', metrics))
    return int(buckets["+Inf"]) - int(buckets[seconds])


async def test_engine_that_stalls_shows_it(tmp_path: Path) -> None:
    shop = ShopEngine(tmp_path / "shop", *NO_LIMIT)
    await asyncio.to_thread(shop.__enter__)
    try:
        before = lags_beyond(await asyncio.to_thread(lambda: shop.metrics), "0.1")
        os.kill(shop.pid, signal.SIGSTOP)
        await asyncio.sleep(STALLS_S)
        os.kill(shop.pid, signal.SIGCONT)
        assert lags_beyond(await asyncio.to_thread(lambda: shop.metrics), "0.1") > before
    finally:
        await asyncio.to_thread(shop.__exit__)


class Clock:
    """The wall clock of processes that are started with it; the monotonic one goes on as it does."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(0)
        library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
        assert library is not None, "the tests need libfaketime, run: tools/need-faketime"
        self.environment = {
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip

    def set(self, seconds: int) -> None:
        """Set it so many seconds ahead of the real one, or behind it."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}")
        fresh.replace(self._file)


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis whose clock is the real one; it is started before any other is."""
    with running_store("server") as server:
        yield server.url


@pytest.fixture
def clock(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(tmp_path)
    for name, value in clock.environment.items():
        monkeypatch.setenv(name, value)
    return clock


@pytest.fixture
async def shop(clock: Clock, redis_url: str, tmp_path: Path) -> AsyncIterator[ShopEngine]:
    """An engine whose clock can be set, while that of the tests goes on."""
    shop = ShopEngine(tmp_path / "shop", *NO_LIMIT, redis_url=redis_url)
    await asyncio.to_thread(shop.__enter__)
    yield shop
    await asyncio.to_thread(shop.__exit__)


async def test_clock_that_is_set_loses_no_event_and_no_visitor(shop: ShopEngine, clock: Clock) -> None:
    (shop.rules / "cart.yaml").write_text("[]\n")
    async with Crowd([shop.stream], shop.site, size=5) as crowd:
        await crowd.go_on(50)
        visitors = [shopper.visitor for shopper in crowd.shoppers]
        for jump_s in (HOUR_S, -HOUR_S, 0):
            clock.set(jump_s)
            await crowd.all_go_on()
            await asyncio.gather(*(shopper.drop() for shopper in crowd.shoppers))
            await crowd.all_go_on()
        assert [shopper.visitor for shopper in crowd.shoppers] == visitors
        with shop.redis() as store:
            verdict = await crowd.verdict(store)
        assert verdict.acknowledged
        assert verdict.is_clean, verdict


async def greeted(shop: ShopEngine, ahead_s: int, token: str | None = None) -> Shopper:
    """
    Be greeted by an engine whose clock is set so far ahead.

    Its threads share what libfaketime reads unguarded, so that one of them now and then misses it: the token that
    comes back says by which time the hello was taken, and it is said again.
    """
    for _ in range(MOST_MISSED):
        async with Shopper(shop.stream, ORIGIN, token) as shopper:
            assert shopper.token is not None
            issued_s = int(shopper.token.split(".")[3], 16) / 1_000
        if abs(issued_s - time.time() - ahead_s) < HOUR_S / 2:
            return shopper
    raise AssertionError(f"the engine's clock was never {ahead_s} s ahead")


async def test_token_from_beyond_what_clocks_may_differ_is_a_new_visitor(shop: ShopEngine, clock: Clock) -> None:
    greetings = []
    for ahead_s in (SKEW_MS // 1_000 - HOUR_S, SKEW_MS // 1_000 + HOUR_S):
        clock.set(ahead_s)
        greetings.append(await greeted(shop, ahead_s))
    clock.set(0)
    for shopper, is_known in zip(greetings, (True, False), strict=True):
        now = await greeted(shop, 0, shopper.token)
        assert (now.visitor == shopper.visitor) is is_known


async def test_a_short_soak_leaves_no_file_open_and_loses_nothing() -> None:
    verdict, samples = await soak(6, 20, 0.5, lambda _sample: None)
    assert verdict.is_clean, verdict
    assert samples[-1].files <= samples[0].files + 2


def test_slope_is_that_of_the_line_that_fits_best() -> None:
    assert slope_per_hour([Sample(n, 1_000 + 10 * n, 5) for n in range(10)]) == pytest.approx(36_000)
    assert slope_per_hour([Sample(0, 1_000, 5)]) == 0
