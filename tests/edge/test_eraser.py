"""Erasing from the files that databases keep beside what they answer: not at once for each visitor, but soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.edge import eraser as eraser_module
from engine.edge.archive import Archive
from engine.edge.database import database_url, migrate, open_database
from engine.edge.eraser import SHRED_EVERY_MS, Eraser, Stores


async def test_what_was_erased_is_written_over_once_an_hour_at_most(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shredded: list[float] = []

    async def shred(_stores: Stores, within_s: float) -> None:
        shredded.append(within_s)

    monkeypatch.setattr(eraser_module, "shred", shred)
    url = database_url(None, tmp_path)
    await migrate(url)
    stores, now_ms = Stores(open_database(url), redis_url, Archive(tmp_path / "archive")), [1_000_000]
    eraser = Eraser(stores, clock=lambda: now_ms[0], recorded=lambda _site, _visitors: 0)
    for later_ms, asks, times in ((0, False, 0), (1, True, 1), (60_000, True, 1), (SHRED_EVERY_MS, False, 2)):
        now_ms[0] += later_ms
        if asks:
            await eraser.ask("pk_a", "a" * 26)
        assert await eraser.run_once()
        assert shredded == [0.0] * times, "nobody waits for Redis"
    now_ms[0] += 2 * SHRED_EVERY_MS
    await eraser.run_once()
    assert len(shredded) == 2, "nothing was erased since"
    await stores.database.dispose()
