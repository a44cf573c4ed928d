"""A log to archive, an archive to look into, and an archiver that dies where a test wants it to."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import orjson
import redis

from engine.edge.archive import Archive
from engine.edge.archive_shelf import Bucket, Place
from engine.edge.archiver import Archiver
from engine.edge.keys import log_key
from engine.edge.telemetry import Telemetry

SITE = "pk_shop"
NOON = 20_000 * 86_400_000 + 12 * 3_600_000

Event = tuple[str, str, int]
"""Visitor, document, seq."""


def log_events(store: redis.Redis, events: Iterable[Event], at_ms: int, site: str = SITE) -> None:
    """Log events as the engine does: all of one turn in one entry."""
    words = [word for each in events for word in (b"e", entry_of(each, at_ms))]
    ms, number = _next_id(store, site, at_ms)
    write_entry(store, log_key(site, 0), f"{ms}-{number}", *words)


def write_entry(store: redis.Redis, key: bytes, entry_id: str, *words: bytes | str) -> None:
    """Write an entry as it is told. The client's own writing takes a mapping, which holds each name once."""
    store.eval("return redis.call('XADD', KEYS[1], unpack(ARGV))", 1, key, entry_id, *words)


def _next_id(store: redis.Redis, site: str, at_ms: int) -> tuple[int, int]:
    if not store.exists(log_key(site, 0)):
        return at_ms, 0
    info: dict[str, Any] = store.xinfo_stream(log_key(site, 0))
    last = info["last-generated-id"]
    ms, _, number = (last.decode() if isinstance(last, bytes) else last).partition("-")
    return max(at_ms, int(ms)), int(number) + 1


def entry_of(event: Event, at_ms: int, name: str = "login", data: Any = None) -> bytes:
    visitor, doc, seq = event
    frame = {"type": "event", "seq": seq, "name": name, "data": data or {}}
    return orjson.dumps({"v": visitor, "s": "s1", "d": doc, "t": at_ms, "f": frame})


def archived(place: Place, columns: str = "visitor, doc, seq", site: str = SITE) -> list[Any]:
    """Return what every file that counts holds, one row after another: nothing is made unique here."""
    files = Archive(place).folder
    paths = [str(each.path) for day in files.days(site) for each in files.files(site, day)]
    if not paths:
        return []
    return duckdb.connect().read_parquet(paths).order("log_ms, log_n").project(columns).fetchall()


def files_of(place: Place, site: str = SITE) -> list[str]:
    """Return the names of all files of an archive that are its, whether they count or not."""
    files = Archive(place).folder
    found = [each for day in files.days(site) for each in (*files.files(site, day), *files.stood_for(site, day))]
    return sorted(each.name.rpartition("/")[2] for each in found)


def left_behind(place: Place) -> list[Path]:
    """Return what was written and not put in place."""
    scratch = place.cache if isinstance(place, Bucket) else place
    return list(scratch.rglob(".new-*"))


def an_archiver(redis_url: str, place: Place, telemetry: Telemetry | None = None, keep_days: int = 36_500) -> Archiver:
    return Archiver(redis_url, Archive(place), lambda: [SITE], telemetry or Telemetry(), keep_days)


def die_at(redis_url: str, place: Place, step: str) -> None:
    """Archive in this process, and be killed when that step has been taken."""

    def watch(taken: str) -> None:
        if taken == step:
            os.kill(os.getpid(), signal.SIGKILL)

    Archiver(redis_url, Archive(place, watch), lambda: [SITE], Telemetry(), 36_500).run_once()


if __name__ == "__main__":
    words = sys.argv[3:]
    die_at(sys.argv[1], Bucket(words[0], Path(words[1])) if len(words) > 1 else Path(words[0]), sys.argv[2])
