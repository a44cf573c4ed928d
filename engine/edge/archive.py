"""
The archive: what the event log held, as Parquet files by site and day, each event once.

DuckDB writes and reads them. A file's own metadata say with which entry of the log it ends: the archive is its
own bookmark, and there is no second truth that could differ from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.archived import COLUMNS, EVENT, Row
from engine.edge.archive_files import START, ArchiveFile, ArchiveFolder, LogId, Overtaken, day_of
from engine.edge.archive_shelf import Place

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck

MERGE_FROM = 32
"""So many parts of a day are merged into one file; when the day is over, all are."""

KNOWN_FOR = timedelta(days=2)
"""How far back an event may have been logged before: counters know a document for 24 to 48 hours."""

_TYPES = "{" + ", ".join(f"{name}: '{kind}'" for name, kind, _ in COLUMNS) + "}"
_NAMES = ", ".join(name for name, _, _ in COLUMNS)
_ORDER = "visitor, log_ms, log_n"
_PUT = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000"
_ROWS_AT_ONCE = 200

Watch = Callable[[str], None]
"""Told of each step that has been taken; the tests stop an archiver dead there."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Up to where a stream of the log is archived, and how many entries it had ever had by then."""

    last: LogId = START
    entries: int = 0


class Archive:
    """One archive. Every method takes its time: call it from a thread."""

    def __init__(self, root: Place, watch: Watch = lambda _step: None) -> None:
        self.folder = ArchiveFolder(root)
        self.watch = watch

    def bookmark(self, site: str, shard: int) -> Bookmark:
        """Return up to where a stream is archived."""
        newest = self.folder.newest(site, shard)
        return Bookmark() if newest is None else self._read_bookmark(newest)

    def add(self, site: str, shard: int, before: Bookmark, after: Bookmark, rows: Sequence[Row]) -> int:
        """
        Archive what a stream held between two bookmarks, all of one day; return how many rows were new.

        When it returns the rows are on disk for good. Raises Overtaken where another archiver was faster.
        """
        day = day_of(after.last[0])
        fresh = self.folder.fresh(site)
        lines = fresh.with_name(fresh.name + ".json")
        try:
            _write_lines(lines, rows)
            with self._duck() as duck:
                duck.execute(
                    f"CREATE TABLE batch AS FROM read_json(?, columns = {_TYPES}, format = 'nd')", [str(lines)]
                )
                known = self.folder.between(site, day - KNOWN_FOR, day)
                written = _write_new(duck, fresh, [each for each in known if each.shard == shard], after)
        finally:
            lines.unlink(missing_ok=True)
        self.watch("written")
        self.folder.place_part(fresh, site, shard, before.last, day)
        self.watch("placed")
        return written

    def merge(self, site: str, today: date) -> int:
        """Merge the parts of each day into one file, today's only when there are many; return how many were merged."""
        merged = 0
        for day in self.folder.days(site):
            self.folder.remove(self.folder.stood_for(site, day))
            by_shard: dict[int, list[ArchiveFile]] = {}
            for each in self.folder.files(site, day):
                if day < today or each.last is None:
                    by_shard.setdefault(each.shard, []).append(each)
            for files in by_shard.values():
                if len(files) >= (2 if day < today else MERGE_FROM):
                    merged += self._merge(site, files)
        return merged

    def _merge(self, site: str, files: list[ArchiveFile]) -> int:
        after = self._read_bookmark(files[-1])
        fresh = self.folder.fresh(site)
        with self._duck() as duck:
            rows = f"SELECT {_NAMES} FROM read_parquet(?) ORDER BY {_ORDER}"
            duck.execute(f"COPY ({rows}) TO {_quoted(fresh)} ({_PUT}, {_metadata(after)})", [_paths(files)])
        self.watch("merged")
        with suppress(Overtaken):
            self.folder.place_merged(fresh, files, after.last)
            self.watch("merge placed")
        self.folder.remove(files)
        return len(files)

    def copy_rows(self, duck: Duck, file: ArchiveFile, fresh: Path, where: str) -> None:
        """Write those rows of a file that meet a condition, with all that the file says of itself."""
        said = ", ".join(f"{name.decode()}: '{value.decode()}'" for name, value in _said_of(duck, file).items())
        rows = f"SELECT {_NAMES} FROM read_parquet(?) WHERE {where} ORDER BY {_ORDER}"
        duck.execute(f"COPY ({rows}) TO {_quoted(fresh)} ({_PUT}, KV_METADATA {{{said}}})", [str(file.path)])

    def _read_bookmark(self, file: ArchiveFile) -> Bookmark:
        with self._duck() as duck:
            said = _said_of(duck, file)
        ms, _, number = said[b"last"].decode().partition("-")
        return Bookmark((int(ms), int(number)), int(said[b"entries"]))

    def _duck(self) -> Duck:
        return open_duck("512MB", temp_directory=str(self.folder.scratch))


def open_duck(memory: str, **config: str) -> Duck:
    """Open DuckDB on no file, with one thread: shoppers need the others."""
    import duckdb  # 30 MB that only the process needs that archives

    duck = duckdb.connect(config={"threads": 1, "memory_limit": memory, **config})
    duck.execute("SET enable_progress_bar = false")
    return duck


def _write_new(duck: Duck, path: Path, known: list[ArchiveFile], after: Bookmark) -> int:
    """Write what of the batch is new: of an event that stands in it twice, or was archived before, the first."""
    once = f"""
        SELECT * FROM batch
        QUALIFY kind <> '{EVENT}' OR row_number() OVER (PARTITION BY visitor, doc, seq, kind ORDER BY log_ms, log_n) = 1
    """
    values: list[Any] = []
    if known:
        once = f"""
            WITH once AS ({once}), known AS (
                SELECT visitor, doc, seq FROM read_parquet(?)
                WHERE kind = '{EVENT}' AND doc IN (SELECT doc FROM batch)
            )
            SELECT * FROM once WHERE kind <> '{EVENT}' OR (visitor, doc, seq) NOT IN (FROM known)
        """
        values = [_paths(known)]
    found = duck.execute(
        f"COPY (SELECT {_NAMES} FROM ({once}) ORDER BY {_ORDER}) TO {_quoted(path)} ({_PUT}, {_metadata(after)})",
        values,
    ).fetchone()
    return int(found[0]) if found else 0


def _said_of(duck: Duck, file: ArchiveFile) -> dict[bytes, bytes]:
    return dict(duck.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(file.path)]).fetchall())


def _write_lines(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as lines of JSON, letting the thread that serves shoppers go first every few of them."""
    with path.open("wb") as lines:
        for n in range(0, len(rows), _ROWS_AT_ONCE):
            lines.write(b"".join(row.as_json() + b"\n" for row in rows[n : n + _ROWS_AT_ONCE]))
            time.sleep(0)


def _metadata(after: Bookmark) -> str:
    return f"KV_METADATA {{last: '{after.last[0]}-{after.last[1]}', entries: '{after.entries}'}}"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _paths(files: Sequence[ArchiveFile]) -> list[str]:
    return [str(each.path) for each in files]
