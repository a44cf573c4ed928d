"""What the serving processes want of the archive is done in another process, which ends with it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
import redis

from engine.edge.archive import Archive
from engine.edge.archive_reading import Recordings
from engine.edge.archive_shelf import Bucket
from engine.edge.aside import Aside, AsideFailed, Task
from engine.edge.eraser import Recorded
from tests.edge.archives import NOON, SITE, an_archiver, archived, log_events


@pytest.fixture
def folder(redis_url: str, tmp_path: Path) -> Path:
    """An archive of two visitors, one of whom has gone on since."""
    store = redis.Redis.from_url(redis_url)
    log_events(store, [("v1", "docaaa", 1), ("v2", "docbbb", 1)], NOON)
    an_archiver(redis_url, tmp_path / "archive").run_once()
    log_events(store, [("v1", "docaaa", 2)], NOON + 1_000)
    return tmp_path / "archive"


def test_records_are_those_that_this_process_would_read(redis_url: str, folder: Path) -> None:
    records = Aside(redis_url, folder, archives=True).of_visitor(SITE, "v1")
    assert [each.seq for each in records] == [1, 2]
    assert records == Recordings(folder, redis_url).of_visitor(SITE, "v1")


def test_visitors_are_erased_from_log_and_archive(redis_url: str, folder: Path) -> None:
    assert Aside(redis_url, folder, archives=True).erase_recorded(SITE, ["v1"]) == 2
    assert archived(folder, "visitor") == [("v2",)]
    assert Recorded(redis_url, Archive(folder), archives=True).erase(SITE, ["v1"]) == 0


def test_process_that_fails_says_so(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AsideFailed, match="the process that asks the archive ended with status 1"):
        Aside("nowhere://jo@shop.example", folder, archives=True).of_visitor(SITE, "v1")
    [line] = capfd.readouterr().err.splitlines()
    said = orjson.loads(line)
    assert (said["message"], said["error"]) == ("the archive could not be asked", "ValueError")
    assert any("aside.py" in place for place in said["at"])
    assert "nowhere" not in line


def test_nothing_is_begun_after_the_end(redis_url: str, folder: Path) -> None:
    aside = Aside(redis_url, folder, archives=True)
    aside.close()
    with pytest.raises(AsideFailed, match="the engine is shutting down"):
        aside.of_visitor(SITE, "v1")
    aside.close()


def test_archive_on_object_storage_is_found_there(tmp_path: Path) -> None:
    bucket = Bucket("s3://bucket/prefix", tmp_path / "copies")
    place = Aside("redis://nowhere", bucket, archives=True)._where
    assert Task("recorded", "", *place, archives=True, site="", visitors=[]).place == bucket
    assert Task("recorded", "", str(tmp_path), "", True, "", []).place == tmp_path
