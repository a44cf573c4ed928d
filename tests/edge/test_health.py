"""Liveness and readiness."""

import asyncio

import httpx
import pytest

from engine.edge import health as health_module
from engine.edge.health import Check, Health
from tests.browser import a_browser


async def ask(path: str, **checks: Check) -> httpx.Response:
    """Ask an engine whose parts say this."""
    async with a_browser(Health(checks).router()) as browser:
        return await browser.get(path)


def well() -> None:
    """Nothing to complain of."""


async def waits_and_is_well() -> None:
    await asyncio.sleep(0)


async def test_process_lives_whatever_its_parts_say() -> None:
    answer = await ask("/healthz", redis=lambda: "redis is not reachable")
    assert (answer.status_code, answer.json()) == (200, {"status": "lives"})


async def test_engine_is_ready_when_all_parts_are_well() -> None:
    answer = await ask("/readyz", redis=waits_and_is_well, rules=well)
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "parts": {"redis": "ok", "rules": "ok"}})


async def test_part_that_is_not_well_is_named() -> None:
    answer = await ask("/readyz", redis=lambda: "redis is not reachable", rules=well)
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "parts": {"redis": "redis is not reachable", "rules": "ok"}}


async def test_part_that_does_not_answer_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(health_module, "CHECK_TIMEOUT_S", 0.01)
    assert (await ask("/readyz", redis=hangs)).json()["parts"] == {"redis": "no answer within 0.01 s"}


async def test_part_whose_check_fails_is_not_well_and_its_words_stay_inside() -> None:
    async def fails() -> None:
        raise ConnectionError("redis://:s3cret@cache")

    assert (await ask("/readyz", redis=fails)).json()["parts"] == {"redis": "check failed: ConnectionError"}
