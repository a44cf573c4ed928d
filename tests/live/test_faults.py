"""A hundred shoppers go on while Valkey hangs or forgets its functions, and the engine stops: nothing is lost."""

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest
import redis

from tests.live.conftest import NO_LIMIT
from tests.live.crowd import Crowd
from tests.live.engine_process import ShopEngine
from tests.live.other_ways import Writer
from tests.waiting import eventually

BUSY, RESTART = 1013, 1012
DEADLINE_S = 2.0


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopEngine]:
    """An engine with a Valkey of its own; each test leaves it running, whatever it did to it."""
    with ShopEngine(tmp_path_factory.mktemp("doomed") / "one", *NO_LIMIT) as process:
        yield process


@pytest.fixture
def doomed_store(doomed: ShopEngine) -> Iterator[redis.Redis]:
    with doomed.redis() as client:
        yield client


async def test_valkey_that_hangs_is_given_up_within_the_deadline(doomed: ShopEngine, doomed_store: redis.Redis) -> None:
    async with Crowd(doomed) as crowd:
        await crowd.go_on()
        before, pid = crowd.welcomes(), doomed.redis_pid
        os.kill(pid, signal.SIGSTOP)
        try:
            await eventually(lambda: all(shopper.closes for shopper in crowd.shoppers), DEADLINE_S + 2)
            await eventually(lambda: doomed.ready == 503)
        finally:
            os.kill(pid, signal.SIGCONT)
        await crowd.all_back(before)
        await crowd.go_on()
        await crowd.settled()
        crowd.check(doomed_store)
        assert {close.code for close in crowd.closes() if close} == {BUSY}


async def test_functions_flushed_are_loaded_again_unnoticed(doomed: ShopEngine, doomed_store: redis.Redis) -> None:
    async with Crowd(doomed) as crowd:
        for _ in range(3):
            await crowd.go_on(300)
            doomed_store.function_flush("SYNC")
        await crowd.go_on(300)
        await crowd.settled()
        crowd.check(doomed_store)
        assert list(crowd.closes()) == []


async def test_engine_told_to_stop_sends_everybody_away_and_ends(doomed: ShopEngine, doomed_store: redis.Redis) -> None:
    async with Crowd(doomed) as crowd, Writer(doomed).heard() as writer:
        await crowd.go_on()
        before = crowd.welcomes()
        doomed.stop()
        assert await asyncio.to_thread(doomed.ended, 10) in (0, -signal.SIGTERM)
        closes = list(crowd.closes())
        await eventually(lambda: [close["code"] for close in writer.of("close")] == [RESTART])
        await asyncio.to_thread(doomed.start_again)
        await crowd.all_back(before)
        await crowd.go_on()
        await crowd.settled()
        crowd.check(doomed_store)
    assert {close.code for close in closes if close} == {RESTART}
    waits = {int(close.reason.removeprefix("retry_after_ms=")) for close in closes if close}
    assert len(waits) > len(closes) / 2
    assert max(waits) <= 5_000
