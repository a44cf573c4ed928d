"""Recorded visitors: what the archive holds of them, and what still stands in the event log alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import merge
from typing import TYPE_CHECKING, Any, Protocol

import orjson
import redis

from engine.core.archived import EVENT, Row
from engine.core.recorded import Record, each_once, record_of
from engine.edge.archive import open_duck
from engine.edge.archive_files import START, ArchiveFolder, day_of
from engine.edge.archive_shelf import Place
from engine.edge.archiver import read_entries, rows_of
from engine.edge.keys import log_key
from engine.edge.redis_store import log_shards, open_store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck

BUCKETS = 16
"""Visitors are read in so many lots, so that only one has to be in memory."""

CLOCKS_DIFFER_BY_MS = 60_000
"""So much at most, it is assumed."""

_AT_ONCE = 5_000
_MEMORY = "1GB"
_TRIES = 3
_RECORD = "json_array(session, tab, doc, seq, at_ms, kind, name, data, page)"
_TEXTS = f"'[' || string_agg({_RECORD}, ',' ORDER BY log_ms, log_n) || ']'"

_log = logging.getLogger("shopbell.recordings")

Visitor = tuple[str, list[Record]]
"""A visitor's id and records, in the order of the log."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment (ms since the epoch) to another, which is not in it."""

    since_ms: int = 0
    until_ms: int = 2**62


@dataclass(frozen=True, slots=True)
class Lot:
    """
    Which visitors to read: a condition on them, in SQL, and its values.

    ``where`` is one on rows: of a visitor without any such row nothing is read.
    """

    visitors: str = "true"
    values: tuple[Any, ...] = ()
    where: str = ""


class Reader(Protocol):
    """Reads what is kept of one visitor."""

    def of_visitor(self, site: str, visitor: str) -> list[Record]:
        """Return all of it, in its order. It takes its time: call it from a thread."""


class Recordings:
    """
    Reads; changes nothing.

    Without a Redis what has not been archived yet is missing. Every method takes its time: call it from a thread.
    """

    def __init__(self, archive: Place, redis_url: str | None = None) -> None:
        self._folder = ArchiveFolder(archive)
        self._redis_url = redis_url

    def sites(self) -> list[str]:
        """Return the sites that the archive knows."""
        return self._folder.sites()

    def of_visitor(self, site: str, visitor: str) -> list[Record]:
        """Return all that is kept of one visitor."""
        # what is archived meanwhile is found in both; the other way round it would be in neither
        logged = [each for each in self._logged(site, visitor) if each.visitor == visitor]
        archived = self._archived(site, Span(), Lot("visitor = ?", (visitor,)))
        found = [record for _, records in archived for record in records]
        return each_once([*found, *map(record_of, logged)])

    def visitors(self, site: str, span: Span, bucket: int = 0, buckets: int = 1, where: str = "") -> Iterator[Visitor]:
        """
        Yield the visitors of one bucket, each with all records in the span, of the archive alone.

        ``where`` is a condition on rows, in SQL: of a visitor without any such row nothing is read.
        """
        yield from self._archived(site, span, Lot(f"hash(visitor) % {buckets} = {bucket}", (), where))

    def complete_since_ms(self, site: str) -> int | None:
        """
        Return from which moment on the archive, and the log behind it, hold all that happened in a site.

        0 is from the very beginning; None where the archive has nothing of the site.
        """
        oldest = self._folder.oldest(site)
        if not oldest:
            return None
        # an engine's clock may not be quite that of Redis, which gives entries their names
        return max(0 if each.after == START else each.after[0] + CLOCKS_DIFFER_BY_MS for each in oldest)

    def rows(self, site: str, span: Span) -> int:
        """Return how many rows the archive has in a span, as its files say."""
        files = self._files(site, span)
        if not files:
            return 0
        with closing(open_duck(_MEMORY)) as duck:
            found = duck.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [files]).fetchone()
        return int(found[0]) if found and found[0] else 0

    def sessions(self, site: str, span: Span, logged: Mapping[str, list[Record]]) -> int:
        """Return in how many sessions there was an event in a span, by the archive and what is logged beside it."""
        beside = {
            f"{visitor} {each.session}"
            for visitor, records in logged.items()
            for each in records
            if each.kind == EVENT and span.since_ms <= each.at_ms < span.until_ms
        }
        files = self._files(site, span)
        if not files:
            return len(beside)
        rows = f"""
            SELECT visitor || ' ' || session FROM read_parquet(?) WHERE kind = '{EVENT}' AND at_ms >= ? AND at_ms < ?
            UNION SELECT unnest(?::VARCHAR[])
        """
        with closing(open_duck(_MEMORY)) as duck:
            values = [files, span.since_ms, span.until_ms, list(beside)]
            found = duck.execute(f"SELECT count(*) FROM ({rows})", values).fetchone()
        return int(found[0]) if found else 0

    def logged(self, site: str) -> dict[str, list[Record]]:
        """Return what stands in the log alone, by visitor."""
        found: dict[str, list[Record]] = {}
        for row in self._logged(site):
            found.setdefault(row.visitor, []).append(record_of(row))
        return found

    def _logged(self, site: str, visitor: str = "") -> Iterator[Row]:
        if self._redis_url is None:
            return
        with closing(open_store(self._redis_url)) as store:
            # a visitor may have moved from one shard to another
            shards = [_log_rows(store, log_key(site, each), visitor) for each in log_shards(store)]
            yield from merge(*shards, key=lambda row: (row.log_ms, row.log_n))

    def _archived(self, site: str, span: Span, lot: Lot) -> Iterator[Visitor]:
        import duckdb

        for tries_left in reversed(range(_TRIES)):
            try:
                files = self._files(site, span)
                if not files:
                    return
                with closing(open_duck(_MEMORY)) as duck:
                    yield from _query(duck, files, span, lot)
                    return
            except (duckdb.IOException, FileNotFoundError) as error:
                # a file that has been merged into another is gone
                if not tries_left:
                    raise
                _log.info("the archive changed while it was read, reading it again: %s", error)

    def _files(self, site: str, span: Span) -> list[str]:
        last = day_of(span.until_ms) if span.until_ms < 2**45 else date.max
        # an event may be logged somewhat later than it came
        first = day_of(span.since_ms)
        return [str(each.path) for each in self._folder.between(site, first, _day_after(last))]


def _day_after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _query(duck: Duck, files: list[str], span: Span, lot: Lot) -> Iterator[Visitor]:
    """Read visitors as one JSON text each: making Python's values of every cell takes several times as long."""
    rows = f"SELECT * FROM read_parquet(?) WHERE {lot.visitors} AND at_ms >= ? AND at_ms < ?"
    values = [files, *lot.values, span.since_ms, span.until_ms]
    if lot.where:
        rows += f" AND visitor IN (SELECT visitor FROM read_parquet(?) WHERE {lot.visitors} AND {lot.where})"
        values += [files, *lot.values]
    cursor = duck.execute(f"SELECT visitor, {_TEXTS} FROM ({rows}) GROUP BY visitor", values)
    while found := cursor.fetchmany(100):
        for visitor, text in found:
            yield visitor, [Record(*each) for each in orjson.loads(text)]


def _log_rows(store: redis.Redis, key: bytes, visitor: str) -> Iterator[Row]:
    name = f'"v":"{visitor}"'.encode()
    after = "-"
    while entries := read_entries(store, key, after, _AT_ONCE):
        wanted = [(log_id, [each for each in parts if not visitor or name in each]) for log_id, parts in entries]
        yield from rows_of(wanted)
        after = f"({entries[-1][0][0]}-{entries[-1][0][1]}"
