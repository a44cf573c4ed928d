"""A window that a rule first needs today: what it counts, what why says of it, and what filling makes of it, live."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest
import redis

from engine.__main__ import main
from engine.edge.counting import read_since
from engine.edge.keys import COUNTED
from tests.live.client import Shopper
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.waiting import eventually

BEFORE = "- {rule: first, when: [page is home, page.dwell > 1h], show: {chat: {text: Hello}}}\n"
NOW = """
- rule: again
  when: [page is cart, views(cart) in 7d > 3]
  show: {chat: {text: Hello}}
"""


@pytest.fixture
def engine(tmp_path: Path, redis_of_the_run: str | None) -> Iterator[ShopEngine]:
    engine = ShopEngine(tmp_path / "engine", *NO_LIMIT, "--archive-every", "1", redis_url=redis_of_the_run)
    (engine.rules / "cart.yaml").write_text(BEFORE)
    with engine:
        yield engine


def commanded(engine: ShopEngine, *words: str) -> list[str]:
    return [*words, "--rules", str(engine.rules), "--data", str(engine.data), "--redis", engine.redis_url]


def is_counted(store: redis.Redis, name: str) -> bool:
    """Tell whether something is counted now; an engine that was there before may have done so and ended it."""
    since = read_since(cast(Mapping[bytes, bytes], store.hgetall(COUNTED))).get(name)
    return since is not None and not since.until_ms


async def test_window_counts_from_its_rule_on_until_it_is_filled(
    engine: ShopEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        for _ in range(3):
            await shopper.view("cart")
        await shopper.settled()
        (engine.rules / "being-written").write_text(NOW)
        (engine.rules / "being-written").rename(engine.rules / "cart.yaml")
        with engine.redis() as store:
            await eventually(lambda: is_counted(store, "trail views:cart"), 20)
        await shopper.view("cart")
        await shopper.settled()
        assert shopper.of("show") == []
        why = commanded(engine, "why", "--visitor", shopper.visitor, "--rule", "again")
        backfill = commanded(engine, "rules", "backfill")
        assert await asyncio.to_thread(main, why) == 0
        assert "views(cart) in 7d is more than 3, it was 1, counts since 20" in capsys.readouterr().out
        assert await asyncio.to_thread(main, backfill) == 0
        assert (
            capsys.readouterr().out == "1 visitor filled, 0 had nothing of it\nviews:cart counts from the beginning\n"
        )
        await shopper.view("cart")
        await eventually(lambda: len(shopper.of("show")) == 1, 10)
        assert await asyncio.to_thread(main, why) == 0
        told = capsys.readouterr().out
        assert "it was 1, counts since 20" in told
        assert "fired at " in told
        assert told.count("counts since") == told.count("it was")
        assert await asyncio.to_thread(main, backfill) == 0
        assert capsys.readouterr().out.startswith("nothing to fill")


def test_without_an_engine_nothing_is_filled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "redis").mkdir()  # of an engine that ran here before
    words = ["rules", "backfill", "--rules", str(tmp_path / "rules"), "--data", str(tmp_path)]
    assert main(words) == 1
    assert capsys.readouterr().err == (
        f"shopbell: no engine runs in {tmp_path}, expected one: what it counts is to be filled\n"
    )
