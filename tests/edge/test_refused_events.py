"""The last refused events of a site, and how many for which reason."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import redis
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient

from engine.core.refused import BadEvent
from engine.edge import refused_events
from engine.edge.keys import refusals_key, refused_key
from engine.edge.lane import RedisLane
from engine.edge.refused_events import KEEP, MOST_REASONS, RefusedEvents, refused_of, refused_router
from tests.edge.tabs import NOON

TEA, MUGS = "pk_tea", "pk_mugs"


def bad(name: str = "login", field: str = "a") -> BadEvent:
    error = BadEvent(f"{name}.{field} is 'jo@x.example', expected a number")
    error.name = name
    return error


@pytest.fixture
async def lane(redis_url: str) -> AsyncIterator[RedisLane]:
    with redis.Redis.from_url(redis_url) as store:
        store.delete(*(key(site) for site in (TEA, MUGS) for key in (refused_key, refusals_key)))
    lane = RedisLane(redis_url)
    await lane.start()
    yield lane
    await lane.stop()


async def test_each_sites_last_ones_are_told_the_newest_first_and_all_are_counted(
    lane: RedisLane, redis_url: str
) -> None:
    events, other = RefusedEvents(lane, lambda: NOON), RefusedEvents(lane, lambda: NOON + 60_000)
    for n in range(KEEP + 20):
        events.note(TEA, bad("login", f"n{n % 2}"))
    other.note(TEA, bad("search"))
    other.note(MUGS, bad("search"))
    await events.write()
    await other.write()
    told = refused_of(redis_url, TEA)
    assert len(told["last"]) == KEEP
    newest = {"at": "2024-10-04T12:01:00+00:00", "event": "search", "field": "search.a", "reason": "expected a number"}
    assert told["last"][0] == newest
    assert [(each["event"], each["field"], each["count"]) for each in told["counts"]] == [
        ("login", "login.n1", 60), ("login", "login.n0", 60), ("search", "search.a", 1),
    ]  # fmt: skip
    assert [each["event"] for each in refused_of(redis_url, MUGS)["last"]] == ["search"]
    assert "jo@" not in str(told)


async def test_reasons_past_the_limit_are_counted_as_other(lane: RedisLane, redis_url: str) -> None:
    events = RefusedEvents(lane, lambda: NOON)
    for n in range(MOST_REASONS + 50):
        events.note(TEA, bad("login", f"n{n}"))
        if n % 100 == 0:
            await events.write()
    await events.write()
    counts = refused_of(redis_url, TEA)["counts"]
    assert len(counts) <= MOST_REASONS + 1
    assert sum(each["count"] for each in counts) == MOST_REASONS + 50
    assert counts[0]["event"] == "other"


async def test_what_could_not_be_written_down_is_written_later(
    redis_url: str, caplog: pytest.LogCaptureFixture, lane: RedisLane
) -> None:
    gone = RedisLane(redis_url)
    await gone.start()
    await gone.stop()
    events = RefusedEvents(gone, lambda: NOON)
    events.note(TEA, bad("login"))
    await events.write()
    assert "refused events could not be written down" in caplog.text
    events.note(TEA, bad("search"))
    events._lane = lane
    await events.write()
    assert [each["event"] for each in refused_of(redis_url, TEA)["last"]] == ["search", "login"]


async def test_they_are_written_down_by_themselves(
    lane: RedisLane, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_events, "WRITE_EVERY_S", 0.01)
    events = RefusedEvents(lane, lambda: NOON)
    events.open()
    events.note(TEA, bad())
    await events.close()
    assert len(refused_of(redis_url, TEA)["last"]) == 1


@pytest.mark.parametrize(("is_up", "status"), [(True, 200), (False, 503)])
async def test_site_is_told_over_http_unless_redis_is_gone(lane: RedisLane, is_up: bool, status: int) -> None:
    async def asks(_request: Request) -> str:
        return TEA

    if not is_up:
        await lane.stop()
    app = FastAPI()
    app.include_router(refused_router(lambda: lane, asks))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://a.example") as client:
        answer = await client.get("/v1/refused")
    assert answer.status_code == status
    assert not is_up or answer.json() == {"site": TEA, "last": [], "counts": []}
