"""The process that archives, seen by the one that serves."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
import redis
from sqlalchemy.exc import OperationalError

from engine import archiving
from engine.archiving import Archiving, Work
from engine.edge.archive import Archive
from engine.edge.archiver import Archiver
from engine.edge.database import database_url
from engine.edge.keys import ARCHIVER_KEY
from engine.edge.sites import add_site
from engine.edge.telemetry import Telemetry, shared_in
from engine.settings import Settings
from tests.edge.archives import NOON, SITE, an_archiver, archived, log_events
from tests.waiting import PATIENCE_S, wait_for

EVENTS = [("v1", "docaaa", 1), ("v1", "docaaa", 2)]
MORE = [("v2", "docbbb", 1)]


@pytest.fixture
def engine(redis_url: str, tmp_path: Path) -> Settings:
    """The settings of an engine that archives all the time."""
    settings = Settings(data=tmp_path, redis_url=redis_url, archive_every=0.05, archive_days=36_500)
    shared_in(tmp_path).mkdir()
    return settings


@pytest.fixture
def site(engine: Settings) -> str:
    return asyncio.run(add_site(database_url(None, engine.data), "A shop", ["https://shop.example"])).key


def counted_rows(engine: Settings) -> int:
    """Return how many rows the engine's processes say that they have archived."""
    return sum(orjson.loads(each.read_bytes())["archived_rows"] for each in shared_in(engine.data).glob("*.json"))


def process_of(running: Archiving) -> subprocess.Popen[bytes]:
    return wait_for(lambda: running._child)


def ends(pid: int) -> bool:
    """Tell whether a process is gone, or dead and not yet asked for its status."""
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


def test_database_that_is_missing_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"shopbell\.db cannot be used: it is missing or may not be written to"):
        Work.of(Settings(data=tmp_path))._sites()
    assert list(tmp_path.iterdir()) == []


def turns(archiver: Archiver, most: int) -> None:
    """Let an archiver go on for so many turns."""
    left = iter(range(most - 1))
    archiver.go_on(0.001, lambda: None if next(left, None) is not None else archiver.stop())


def test_archiver_goes_on_until_it_is_stopped(engine: Settings, redis_url: str) -> None:
    log_events(redis.Redis.from_url(redis_url), EVENTS, NOON)
    archiver = an_archiver(redis_url, engine.archive_folder)
    turns(archiver, 2)
    assert archived(engine.archive_folder) == EVENTS
    archiver.go_on(0.001, pytest.fail)


@pytest.mark.parametrize("trouble", [redis.ConnectionError("no server"), OSError("no disk")])
def test_archiver_goes_on_after_a_store_was_away(
    trouble: Exception, engine: Settings, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    log_events(redis.Redis.from_url(redis_url), EVENTS, NOON)
    troubles = [trouble]

    def sites() -> list[str]:
        if troubles:
            raise troubles.pop()
        return [SITE]

    turns(Archiver(redis_url, Archive(engine.archive_folder), sites, Telemetry(), 36_500), 2)
    assert caplog.text.count("could not be archived now") == 1
    assert archived(engine.archive_folder) == EVENTS


def test_database_that_is_away_is_told_without_its_address(engine: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(url: str) -> list[str]:
        raise OperationalError(f"connect to {url}", {}, Exception())

    monkeypatch.setattr(archiving, "_sites_of", away)
    with pytest.raises(OSError, match=r"^the database says OperationalError$"):
        Work.of(engine)._sites()


def test_process_of_its_own_archives_with_less_urgency_and_its_numbers_are_shared(
    engine: Settings, site: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "STOP_WITHIN_S", PATIENCE_S)
    log_events(redis.Redis.from_url(redis_url), EVENTS, NOON, site)
    with Archiving(engine) as running:
        process = process_of(running)
        wait_for(lambda: counted_rows(engine) == 2)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) >= os.getpriority(os.PRIO_PROCESS, 0) + 10
    assert process.returncode == 0
    assert archived(engine.archive_folder, site=site) == EVENTS


def test_another_process_goes_on_where_one_was_killed(
    engine: Settings, site: str, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = redis.Redis.from_url(redis_url)
    log_events(store, EVENTS, NOON, site)
    with Archiving(engine) as running:
        first = process_of(running)
        wait_for(lambda: counted_rows(engine) == 2)
        first.kill()
        wait_for(lambda: running._child is not first)
        store.delete(ARCHIVER_KEY)  # it may have held the lock, which would run out in a minute
        log_events(store, MORE, NOON + 1, site)
        wait_for(lambda: counted_rows(engine) == 3)
        assert "ended with status -9, starting another" in caplog.text
    assert archived(engine.archive_folder, site=site) == EVENTS + MORE


def test_engine_that_archives_nothing_or_ends_before_its_first_turn_has_no_such_process(engine: Settings) -> None:
    for every_s in (0.0, 60.0):
        with Archiving(replace(engine, archive_every=every_s)) as running:
            pass
        assert running._child is None


def test_process_that_is_stuck_is_cut_off(engine: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "STOP_WITHIN_S", 0.1)
    with Archiving(engine) as running:
        process = process_of(running)
        process.send_signal(signal.SIGSTOP)
    assert process.returncode == -signal.SIGKILL


def test_process_that_is_told_to_stop_by_a_signal_ends_in_order(engine: Settings) -> None:
    with archiving.start(Work.of(engine)) as process:
        wait_for(lambda: list(shared_in(engine.data).glob("*.json")))
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def test_process_ends_with_the_one_that_started_it(engine: Settings) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.test_archiving", engine.redis_url or "", str(engine.data)], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    wait_for(lambda: list(shared_in(engine.data).glob("*.json")))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: ends(pid))


def test_what_serves_never_loads_what_only_archiving_needs() -> None:
    loads = "import sys, engine.app, engine.server; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loads], check=False).returncode == 0


if __name__ == "__main__":
    started = archiving.start(Work.of(Settings(data=Path(sys.argv[2]), redis_url=sys.argv[1], archive_every=0.05)))
    sys.stdout.write(f"{started.pid}\n")
    sys.stdout.flush()
    signal.pause()
