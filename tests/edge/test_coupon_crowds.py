"""A database that is asked for more coupons than it can give: what it begins it finishes, of others it never hears."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from engine.core.coupons import Pool
from engine.edge import coupon_issues, coupon_office
from tests.edge.coupon_desk import Desk, code
from tests.edge.coupons import add_pool, an_asker, free_codes


async def test_who_gets_no_turn_in_time_is_not_begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await add_pool(desk.database, Pool("ADD50"), ["A1"])
    await desk.office.refresh()
    may_go_on, real, asked = asyncio.Event(), coupon_issues.reserve, []

    async def slow(*words: Any) -> Any:
        asked.append(words)
        await may_go_on.wait()
        return await real(*words)

    monkeypatch.setattr(coupon_issues, "reserve", slow)
    monkeypatch.setattr(coupon_office, "DEADLINE_S", 0.01)
    crowd = [desk.give(f"v{n}") for n in range(coupon_office.AT_ONCE + 5)]
    given, begun = await asyncio.gather(*crowd), len(asked)
    may_go_on.set()
    assert (given, begun) == ([None] * len(crowd), coupon_office.AT_ONCE)
    assert desk.counts["late reserved"] == len(crowd)
    while desk.office._tasks:
        await asyncio.gather(*desk.office._tasks)
        await asyncio.sleep(0)
    assert await free_codes(desk.database) == ["A1"]
    monkeypatch.setattr(coupon_office, "DEADLINE_S", 60)
    assert code(await desk.give("late")) == "A1"


async def test_confirmation_that_fails_after_its_deadline_is_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_pool(desk.database, Pool("ADD50"), ["A1"])
    await desk.office.refresh()
    held, may_go_on, told = await desk.hold("v1"), asyncio.Event(), []

    async def fails(*_: Any) -> bool:
        await may_go_on.wait()
        raise OSError("the disk is gone")

    monkeypatch.setattr(coupon_issues, "confirm", fails)
    monkeypatch.setattr(coupon_office, "DEADLINE_S", 0.01)
    asyncio.get_running_loop().set_exception_handler(lambda _, said: told.append(said["message"]))
    assert await desk.office.confirm(held, an_asker("v1"), 0) is False
    may_go_on.set()
    await asyncio.wait(desk.office._tasks)
    await asyncio.sleep(0)
    gc.collect()
    assert desk.counts["late confirmed"] == 1
    assert told == []
