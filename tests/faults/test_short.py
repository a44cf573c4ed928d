"""Every fault once, briefly: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.scenarios import SCENARIOS, SETTINGS

EVENTS = 100
SHOPPERS = {"alone": 100, "pair": 50, "front": 20, "cluster": 20}


@pytest.mark.parametrize("setting", SETTINGS)
async def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(setting: str) -> None:
    world = SETTINGS[setting].world()
    await asyncio.to_thread(world.__enter__)
    try:
        for scenario in SCENARIOS:
            if scenario.setting is SETTINGS[setting]:
                verdict = await scenario.run(world, shoppers=SHOPPERS[setting], events=EVENTS)
                assert verdict.acknowledged >= 2 * EVENTS
                assert verdict.is_clean, f"{scenario.name}: {verdict}"
    finally:
        await asyncio.to_thread(world.__exit__)
