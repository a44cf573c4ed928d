"""From the event log to the archive: each event once, whatever dies in between, and the log trimmed behind it."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.edge import archive as archive_module
from engine.edge import archiver as archiver_module
from engine.edge.archive import Archive
from engine.edge.archive_shelf import Bucket, Place
from engine.edge.archiver import read_entries
from engine.edge.keys import ARCHIVER_KEY, DAY_MS, log_key
from engine.edge.telemetry import Telemetry
from tests.edge.archives import (
    NOON,
    SITE,
    Event,
    an_archiver,
    archived,
    entry_of,
    files_of,
    left_behind,
    log_events,
    write_entry,
)
from tests.s3 import ObjectStore

KEY = log_key(SITE, 0)
STEPS = ("written", "placed", "trimmed", "merged", "merge placed")


@pytest.fixture
def store(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


@pytest.fixture(autouse=True)
def small_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiver_module, "READ_AT_ONCE", 2)


@pytest.fixture(params=["folder", "bucket"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Place]:
    """Makes places for archives: every test runs on both kinds."""
    numbers = itertools.count()
    if request.param == "folder":
        return lambda: tmp_path / f"archive{next(numbers)}"
    store: ObjectStore = request.getfixturevalue("s3")
    return lambda: Bucket(store.new_url(), tmp_path / f"copies{next(numbers)}")


@pytest.fixture
def place(new_place: Callable[[], Place]) -> Place:
    return new_place()


def some_events(first: int = 1, number: int = 5, visitor: str = "v1") -> list[Event]:
    return [(visitor, "docaaa", seq) for seq in range(first, first + number)]


def test_what_the_log_holds_is_archived_and_trimmed(store: redis.Redis, redis_url: str, place: Place) -> None:
    log_events(store, some_events(), NOON)
    log_events(store, some_events(6), NOON + 1)
    counts = Telemetry()
    assert an_archiver(redis_url, place, counts).run_once() == 10
    assert archived(place) == some_events(1, 10)
    assert store.xlen(KEY) == 0
    assert (counts.archived_rows, counts.log_entries_lost) == (10, 0)


def test_it_goes_on_where_it_stopped(store: redis.Redis, redis_url: str, place: Place) -> None:
    log_events(store, some_events(), NOON)
    an_archiver(redis_url, place).run_once()
    assert an_archiver(redis_url, place).run_once() == 0
    log_events(store, some_events(6), NOON + 1)
    assert an_archiver(redis_url, place).run_once() == 5
    assert archived(place) == some_events(1, 10)


def test_event_that_was_logged_twice_is_one_row(store: redis.Redis, redis_url: str, place: Place) -> None:
    log_events(store, [("v1", "docaaa", 1), ("v1", "docaaa", 1), ("v1", "docaaa", 2)], NOON)
    an_archiver(redis_url, place).run_once()
    log_events(store, [("v1", "docaaa", 2), ("v1", "docbbb", 2), ("v2", "docaaa", 2)], NOON + 1)
    an_archiver(redis_url, place).run_once()
    assert archived(place, "visitor, doc, seq, at_ms") == [
        ("v1", "docaaa", 1, NOON), ("v1", "docaaa", 2, NOON),
        ("v1", "docbbb", 2, NOON + 1), ("v2", "docaaa", 2, NOON + 1),
    ]  # fmt: skip


def test_event_that_comes_again_after_midnight_is_known(store: redis.Redis, redis_url: str, place: Place) -> None:
    midnight = NOON + DAY_MS // 2
    log_events(store, some_events(), midnight - 1)
    log_events(store, some_events(), midnight)
    assert an_archiver(redis_url, place).run_once() == 5
    assert [day.isoformat() for day in Archive(place).folder.days(SITE)] == ["2024-10-04", "2024-10-05"]
    assert archived(place) == some_events()


def test_parts_of_a_day_that_is_over_become_one_file(store: redis.Redis, redis_url: str, place: Place) -> None:
    for n in range(3):
        log_events(store, some_events(n * 5 + 1), NOON + n)
        an_archiver(redis_url, place).run_once()
    [file] = files_of(place)
    assert ".." in file
    log_events(store, some_events(16), NOON + 3)
    assert an_archiver(redis_url, place).run_once() == 5
    assert len(files_of(place)) == 1
    assert archived(place) == some_events(1, 20)


def test_parts_of_today_are_merged_when_they_are_many(
    store: redis.Redis, redis_url: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "MERGE_FROM", 3)
    monkeypatch.setattr(archiver_module, "_now_ms", lambda: NOON)
    for n in range(5):
        log_events(store, some_events(n * 5 + 1), NOON + n)
        an_archiver(redis_url, place).run_once()
    assert len(files_of(place)) == 3
    assert archived(place) == some_events(1, 25)


def test_days_beyond_the_retention_are_forgotten(store: redis.Redis, redis_url: str, place: Place) -> None:
    log_events(store, some_events(), NOON)
    an_archiver(redis_url, place, keep_days=30).run_once()
    assert archived(place) == []
    assert store.xlen(KEY) == 0


def test_one_archiver_at_a_time(store: redis.Redis, redis_url: str, place: Place) -> None:
    log_events(store, some_events(), NOON)
    store.set(ARCHIVER_KEY, "somebody else", px=60_000)
    assert an_archiver(redis_url, place).run_once() == 0
    assert store.xlen(KEY) == 1
    store.delete(ARCHIVER_KEY)
    assert an_archiver(redis_url, place).run_once() == 5
    assert not store.exists(ARCHIVER_KEY)


def test_two_that_archive_the_same_entries_put_one_part_in_place(
    store: redis.Redis, redis_url: str, place: Place
) -> None:
    log_events(store, some_events(), NOON)

    def watch(step: str) -> None:
        # the lock ran out while this one wrote, and another has come and gone
        if step == "written":
            store.delete(ARCHIVER_KEY)
            assert an_archiver(redis_url, place).run_once() == 5

    slow = an_archiver(redis_url, place)
    slow._archive.watch = watch
    assert slow.run_once() == 0
    assert archived(place) == some_events()
    assert left_behind(place) == []


def test_what_falls_out_of_the_log_unarchived_is_counted(store: redis.Redis, redis_url: str, place: Place) -> None:
    counts = Telemetry()
    log_events(store, some_events(1, 1), NOON)
    an_archiver(redis_url, place, counts).run_once()
    for seq in range(2, 12):
        log_events(store, some_events(seq, 1), NOON + seq)
    store.xtrim(KEY, maxlen=3, approximate=False)
    assert an_archiver(redis_url, place, counts).run_once() == 3
    assert counts.log_entries_lost == 7
    log_events(store, some_events(12, 1), NOON + 12)
    an_archiver(redis_url, place, counts).run_once()
    assert counts.log_entries_lost == 7


def test_log_of_an_emptied_server_goes_on_without_a_loss(store: redis.Redis, redis_url: str, place: Place) -> None:
    counts = Telemetry()
    for seq in (1, 2, 3):
        log_events(store, some_events(seq, 1), NOON + seq)
    an_archiver(redis_url, place, counts).run_once()
    store.flushall()
    log_events(store, some_events(4, 1), NOON + 4)
    assert an_archiver(redis_url, place, counts).run_once() == 1
    assert counts.log_entries_lost == 0


def test_entry_that_nobody_can_read_holds_up_nothing(store: redis.Redis, redis_url: str, place: Place) -> None:
    write_entry(store, KEY, f"{NOON}-1", "e", "no json", "e", entry_of(("v1", "docaaa", 1), NOON))
    assert an_archiver(redis_url, place).run_once() == 1
    assert archived(place) == [("v1", "docaaa", 1)]


def test_no_words_of_a_shopper_are_archived(store: redis.Redis, redis_url: str, place: Place, tmp_path: Path) -> None:
    write_entry(
        store, KEY, f"{NOON}-1", "e", entry_of(("v1", "docaaa", 1), NOON, "chat_message", {"text": "kanarienvogel"}),
        "e", entry_of(("v1", "docaaa", 2), NOON, "popup_submit", {"fire": "f_1", "fields": {"email": "kanarienvogel"}}),
    )  # fmt: skip
    an_archiver(redis_url, place).run_once()
    assert [orjson.loads(text) for (text,) in archived(place, "data::VARCHAR")] == [
        {"text": "xxxxxxxxxxxxx"}, {"fire": "f_1", "fields": {"email": "xxxxxxxxxxxxx"}}
    ]  # fmt: skip
    assert not any(b"kanarienvogel" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("step", STEPS)
def test_archiver_that_is_killed_loses_and_doubles_nothing(
    step: str, store: redis.Redis, redis_url: str, place: Place
) -> None:
    for n in range(3):
        log_events(store, some_events(n * 5 + 1), NOON + n)
        if n < 2:
            an_archiver(redis_url, place).run_once()
    where = [place.url, str(place.cache)] if isinstance(place, Bucket) else [str(place)]
    command = [sys.executable, "-m", "tests.edge.archives", redis_url, step, *where]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert sorted({*archived(place), *still_logged(store)}) == some_events(1, 15)
    store.delete(ARCHIVER_KEY)  # as its time will have run out
    log_events(store, some_events(14, 5), NOON + 3)
    an_archiver(redis_url, place).run_once()
    assert archived(place) == some_events(1, 18)
    assert store.xlen(KEY) == 0


def still_logged(store: redis.Redis) -> list[Event]:
    said = [orjson.loads(text) for _, parts in read_entries(store, KEY, "-", 1_000) for text in parts]
    return [(each["v"], each["d"], each["f"]["seq"]) for each in said]


TURNS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(["v1", "v2"]), st.sampled_from(["docaaa", "docbbb"]), st.integers(1, 6)),
                 min_size=1, max_size=6),
        st.sampled_from([0, 1, 1_000, DAY_MS // 2]),
        st.sampled_from(["", "", "go on", "written", "placed", "merged", "merge placed"]),
    ),
    max_size=8,
)  # fmt: skip


def some_draws(number: int) -> settings:
    return settings(max_examples=number)


@some_draws(12)
@given(TURNS)
def test_whatever_is_logged_and_whatever_fails_each_event_is_archived_once(
    redis_url: str, tmp_path_factory: pytest.TempPathFactory, turns: list[tuple[list[Event], int, str]]
) -> None:
    archive_through(redis_url, tmp_path_factory.mktemp("turns") / "archive", turns)


@some_draws(3)
@given(TURNS)
def test_whatever_fails_a_bucket_has_each_event_once(
    redis_url: str, s3: ObjectStore, tmp_path_factory: pytest.TempPathFactory, turns: list[tuple[list[Event], int, str]]
) -> None:
    archive_through(redis_url, Bucket(s3.new_url(), tmp_path_factory.mktemp("turns") / "copies"), turns)


def archive_through(redis_url: str, place: Place, turns: list[tuple[list[Event], int, str]]) -> None:
    """Log and archive, fail at each turn's step, and look at what is archived in the end."""
    store = redis.Redis.from_url(redis_url)
    store.flushall()
    now, logged = NOON, set()
    for events, later, step in turns:
        now += later
        log_events(store, events, now)
        logged.update(events)
        if step:
            run_until(redis_url, place, step)
    an_archiver(redis_url, place).run_once()
    found = archived(place)
    assert sorted(found) == sorted(logged)
    assert store.xlen(KEY) == 0


def run_until(redis_url: str, place: Place, step: str) -> None:
    """Archive, and fail when that step has been taken."""

    class Died(Exception):
        pass

    def watch(taken: str) -> None:
        if taken == step:
            raise Died

    archiver = an_archiver(redis_url, place)
    archiver._archive.watch = watch
    try:
        archiver.run_once()
    except Died:
        return
