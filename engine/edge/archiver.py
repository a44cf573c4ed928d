"""
Brings the event log into the archive, then trims it: read, write, put in place, trim.

Whatever dies between two steps, nothing is lost and nothing stands twice: the log keeps its entries until the
file that holds them is in place, and the file says where to go on from. Of all processes of all nodes one does
it at a time, whoever holds the lock in Redis.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Protocol, cast

import redis
from redis.exceptions import LockError

from engine.core.archived import Row, row_of
from engine.edge.archive import Archive, Bookmark
from engine.edge.archive_erasing import Progress, erase
from engine.edge.archive_files import LogId, Overtaken, day_of
from engine.edge.keys import ARCHIVER_KEY, log_key
from engine.edge.redis_store import clients_of, log_shards, open_store

ENTRIES_AT_ONCE = 2_000
READ_AT_ONCE = 50
"""The server answers nobody else while it puts together what is read: some milliseconds for so many entries."""

LOCKED_FOR_S = 60.0
LOCKED_FOR_ERASING_S = 600.0
"""A file of a whole busy day is written anew within this time."""

_log = logging.getLogger("shopbell.archive")

Entries = list[tuple[LogId, list[bytes]]]


class Telemetry(Protocol):
    """What is counted of archiving."""

    def archived(self, rows: int) -> None:
        """So many rows more are on disk."""

    def lost_from_log(self, entries: int) -> None:
        """So many entries of the log fell out of it before they were archived."""


class Archiver:
    """Archives all sites, whose keys ``sites`` returns."""

    def __init__(
        self, redis_url: str, archive: Archive, sites: Callable[[], Iterable[str]], telemetry: Telemetry, keep_days: int
    ) -> None:
        self._archive = archive
        self._sites = sites
        self._telemetry = telemetry
        self._keep_days = keep_days
        self._store = open_store(redis_url, socket_timeout=LOCKED_FOR_S / 4)
        self._lock = self._store.lock(ARCHIVER_KEY, timeout=LOCKED_FOR_S, blocking=False, thread_local=False)
        self._stopping = threading.Event()

    def go_on(self, every_s: float, turned: Callable[[], None]) -> None:
        """Archive now, and every so many seconds until ``stop``; ``turned`` is called after each turn."""
        while not self._stopping.is_set():
            try:
                self.run_once()
            except (redis.RedisError, OSError) as error:
                _log.warning("the event log could not be archived now: %s", error)
            except Exception:  # noqa: BLE001 - the log keeps what this could not take; the next turn may
                _log.exception("the event log could not be archived")
            turned()
            self._stopping.wait(every_s)

    def stop(self) -> None:
        """Have ``go_on`` end, from another thread. A batch under way is finished."""
        self._stopping.set()

    def run_once(self) -> int:
        """Archive all there is, if no other archiver is at it; return how many rows were new."""
        return self._alone(self._archive_all) or 0

    def erase(self, site: str, visitors: Sequence[str], progress: Progress) -> int | None:
        """
        Archive all there is of a site, then erase visitors from the archive; return how many rows that were.

        None where another archiver is at it: nothing was erased, or not everywhere.
        """

        def tell(done: int, of: int) -> None:
            self._lock.extend(LOCKED_FOR_ERASING_S, replace_ttl=True)
            progress(done, of)

        def work() -> int:
            self._archive_site(site)
            self._lock.extend(LOCKED_FOR_ERASING_S, replace_ttl=True)
            return erase(self._archive, site, visitors, tell)

        return self._alone(work)

    def _alone(self, work: Callable[[], int]) -> int | None:
        """Do what one archiver at a time may do; None where it is not this one, or is not any more."""
        if not self._lock.acquire():
            return None
        try:
            return work()
        except (LockError, Overtaken):
            # slower than the lock lasts: somebody else has gone on
            return None
        finally:
            self._let_go()

    def _archive_all(self) -> int:
        self._archive.folder.clear_left_behind()
        written = sum(self._archive_site(site) for site in self._sites())
        today = day_of(_now_ms())
        self._archive.folder.forget(today - timedelta(days=self._keep_days))
        return written

    def _let_go(self) -> None:
        try:
            self._lock.release()
        except LockError:
            _log.info("another archiver has taken over")

    def _archive_site(self, site: str) -> int:
        written = 0
        for shard in log_shards(self._store):
            if self._store.exists(log_key(site, shard)):
                written += self._archive_stream(site, shard)
        if not self._stopping.is_set():
            self._lock.extend(LOCKED_FOR_S, replace_ttl=True)
            self._archive.merge(site, day_of(_now_ms()))
        return written

    def _archive_stream(self, site: str, shard: int) -> int:
        """
        Archive what a stream holds now.

        What comes meanwhile is for the next turn: a shop is never so silent that a turn which waited for it would end.
        """
        key, written = log_key(site, shard), 0
        mark = self._archive.bookmark(site, shard)
        self._trim(key, mark)
        until = self._last_id(key)
        while not self._stopping.is_set():
            self._lock.extend(LOCKED_FOR_S, replace_ttl=True)
            first = self._first_entry(key, mark)
            entries = self._some_entries(key, mark.last, until)
            if not entries:
                break
            batch = _of_one_day(entries)
            after = Bookmark(batch[-1][0], first + len(batch) - 1)
            new = self._archive.add(site, shard, _goes_on_from(mark, batch, first), after, list(rows_of(batch)))
            self._telemetry.archived(new)
            written, mark = written + new, after
            self._trim(key, mark)
            self._archive.watch("trimmed")
        return written

    def _last_id(self, key: bytes) -> str:
        info: dict[str, Any] = self._store.xinfo_stream(key)
        last: bytes = info["last-generated-id"]
        return last.decode()

    def _some_entries(self, key: bytes, last: LogId, until: str) -> Entries:
        """Read what comes after an entry, as much as one part of the archive takes."""
        entries: Entries = []
        while len(entries) < ENTRIES_AT_ONCE:
            more = read_entries(self._store, key, f"({last[0]}-{last[1]}", READ_AT_ONCE, until)
            entries += more
            if len(more) < READ_AT_ONCE:
                break
            last = more[-1][0]
        return entries

    def _first_entry(self, key: bytes, mark: Bookmark) -> int:
        """
        Return the number, counted from the stream's beginning, of the first entry after the bookmark.

        Where that is not the next one, those between fell out of the log before they were archived.
        """
        info: dict[str, Any] = self._store.xinfo_stream(key)
        first = max(int(info["entries-added"]) - int(info["length"]), 0) + 1
        expected = mark.entries + 1
        if first > expected and mark.entries:
            self._telemetry.lost_from_log(first - expected)
            _log.error("%d entries of the event log were not archived in time and are lost", first - expected)
        # a stream that is new, as its server was replaced, begins to count anew
        return first if first > expected or int(info["entries-added"]) < expected else expected

    def _trim(self, key: bytes, mark: Bookmark) -> None:
        """Drop what is archived from the log."""
        self._store.xtrim(key, minid=f"{mark.last[0]}-{mark.last[1] + 1}", approximate=False)


def _goes_on_from(mark: Bookmark, batch: Entries, first: int) -> Bookmark:
    """
    Return after which entry a batch begins: a stream's very first file may say that there were others before.

    Otherwise it would seem to hold the stream from its beginning on.
    """
    if mark.entries or first <= 1:
        return mark
    ms, number = batch[0][0]
    return Bookmark((ms, number - 1) if number else (ms - 1, 0), first - 1)


def read_entries(store: redis.Redis, key: bytes, after: str, most: int, until: str = "+") -> Entries:
    """Read entries of a stream of the log. The client's own reading would keep one part of an entry only."""
    for client in clients_of(store):
        client.set_response_callback("XRANGE", _entries)
    found: Any = store.xrange(key, after, until, count=most)
    if found and isinstance(found[0][1], dict):
        raise redis.RedisError("a node that has joined the cluster meanwhile was asked")
    return cast(Entries, found)


def rows_of(entries: Entries) -> Iterator[Row]:
    """Read entries as rows; what cannot be read is logged and left out."""
    for log_id, parts in entries:
        for n, part in enumerate(parts):
            try:
                yield row_of(part, log_id, n)
            except (ValueError, KeyError, TypeError, AttributeError):
                _log.warning("entry %d-%d of the event log cannot be read, %d bytes long", *log_id, len(part))
        time.sleep(0)  # where a process that serves reads what is logged, that goes first


def _of_one_day(entries: Entries) -> Entries:
    """Return the first of the entries, as far as they are of one day: a file holds one."""
    day = day_of(entries[0][0][0])
    return [each for each in entries if day_of(each[0][0]) == day]


def _entries(reply: Any, **_options: Any) -> Entries:
    found = []
    for name, words in reply:
        ms, _, number = name.decode().partition("-")
        found.append(((int(ms), int(number)), words[1::2]))
    return found


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
