"""Visitors erased from the archive: their rows are gone, everything else is as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import redis

from engine.core.tokens import random_id
from engine.edge import archive_erasing
from engine.edge.archive import Archive
from engine.edge.archiver import Archiver
from engine.edge.keys import ARCHIVER_KEY, DAY_MS, log_key
from engine.edge.telemetry import Telemetry
from tests.edge.archives import NOON, SITE, an_archiver, archived, log_events

GONE, STAYS = random_id(b"gone" * 4), random_id(b"stay" * 4)
ALL = "visitor, session, tab, doc, seq, at_ms, kind, name, data, page, log_ms, log_n"


@pytest.fixture
def store(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def three_days(store: redis.Redis, redis_url: str, folder: Path) -> None:
    """Archive both visitors on two days, and on a third the one who stays."""
    for day, visitors in enumerate([(GONE, STAYS), (STAYS, GONE), (STAYS,)]):
        events = [(visitor, f"doc{visitor[:3]}", day * 10 + seq) for seq in range(1, 4) for visitor in visitors]
        log_events(store, events, NOON + day * DAY_MS)
        an_archiver(redis_url, folder).run_once()


def said_by_files(folder: Path) -> dict[str, Any]:
    """Return what every file says of itself, by its name."""
    with duckdb.connect() as duck:
        said = "SELECT key, value FROM parquet_kv_metadata(?)"
        return {path.name: dict(duck.execute(said, [str(path)]).fetchall()) for path in folder.rglob("*.parquet")}


def erase(redis_url: str, folder: Path, *visitors: str) -> int | None:
    return an_archiver(redis_url, folder).erase(SITE, visitors, lambda _done, _of: None)


def test_rows_of_erased_visitor_are_gone_and_all_others_are_as_they_were(
    store: redis.Redis, redis_url: str, folder: Path
) -> None:
    three_days(store, redis_url, folder)
    others = [row for row in archived(folder, ALL) if row[0] == STAYS]
    said = said_by_files(folder)
    assert erase(redis_url, folder, GONE) == 6
    assert archived(folder, ALL) == others
    assert said_by_files(folder) == said


def test_files_without_the_visitor_are_left_alone(store: redis.Redis, redis_url: str, folder: Path) -> None:
    three_days(store, redis_url, folder)
    told: list[tuple[int, int]] = []
    before = {path: path.stat().st_ino for path in folder.rglob("*.parquet")}
    an_archiver(redis_url, folder).erase(SITE, [GONE], lambda done, of: told.append((done, of)))
    changed = {path for path in folder.rglob("*.parquet") if path.stat().st_ino != before[path]}
    assert (len(before), len(changed)) == (3, 2)
    assert told == [(1, 2), (2, 2)]


def test_archiving_goes_on_where_it_was(store: redis.Redis, redis_url: str, folder: Path) -> None:
    log_events(store, [(GONE, "docaaa", 1)], NOON)
    an_archiver(redis_url, folder).run_once()
    assert erase(redis_url, folder, GONE) == 1
    assert archived(folder) == []
    log_events(store, [(STAYS, "docbbb", 1)], NOON + 1)
    counts = Telemetry()
    assert an_archiver(redis_url, folder, counts).run_once() == 1
    assert counts.log_entries_lost == 0


def test_what_is_still_in_the_log_is_erased_too(store: redis.Redis, redis_url: str, folder: Path) -> None:
    log_events(store, [(STAYS, "docaaa", 1), (GONE, "docbbb", 1), (STAYS, "docaaa", 2)], NOON)
    assert erase(redis_url, folder, GONE) == 1
    assert archived(folder) == [(STAYS, "docaaa", 1), (STAYS, "docaaa", 2)]
    assert store.xlen(log_key(SITE, 0)) == 0


def test_what_killed_archivers_left_behind_is_gone(store: redis.Redis, redis_url: str, folder: Path) -> None:
    three_days(store, redis_url, folder)
    left = folder / f"site={SITE}" / ".new-1-2.json"
    left.write_text(GONE)
    erase(redis_url, folder, GONE)
    assert not left.exists()


def test_nothing_is_erased_while_another_archiver_is_at_it(store: redis.Redis, redis_url: str, folder: Path) -> None:
    three_days(store, redis_url, folder)
    store.set(ARCHIVER_KEY, "somebody else", px=60_000)
    assert erase(redis_url, folder, GONE) is None
    assert len(archived(folder)) == 15


def test_killed_half_way_the_next_turn_erases_the_rest(store: redis.Redis, redis_url: str, folder: Path) -> None:
    three_days(store, redis_url, folder)
    others = [row for row in archived(folder, ALL) if row[0] == STAYS]
    died = subprocess.run([sys.executable, "-m", "tests.edge.test_archive_erasing", redis_url, folder], check=False)
    assert died.returncode == -signal.SIGKILL
    left = [row for row in archived(folder) if row[0] == GONE]
    assert len(left) == 3
    store.delete(ARCHIVER_KEY)
    assert erase(redis_url, folder, GONE) == 3
    assert archived(folder, ALL) == others


def die_after_first_file(redis_url: str, folder: Path) -> None:
    """Erase in this process, and be killed when one file has been written anew."""

    def watch(step: str) -> None:
        if step == "erased":
            os.kill(os.getpid(), signal.SIGKILL)

    archiver = Archiver(redis_url, Archive(folder, watch), lambda: [SITE], Telemetry(), 36_500)
    archiver.erase(SITE, [GONE], archive_erasing.silently)


if __name__ == "__main__":
    die_after_first_file(sys.argv[1], Path(sys.argv[2]))
