"""
The archive's files: which there are, which of them count, and how one is put in place for good.

    <root>/site=KEY/day=2026-11-21/0.1763683200000-000000.parquet
    <root>/site=KEY/day=2026-11-21/0.1763683200000-000000..1763686800000-000003.parquet

The first is a part: what stream 0 of the site's log held after that entry. The name says where it goes on from,
so of two archivers that read the same entries only one can put its part in place. The second has been merged
from all parts after the first entry up to the last one, and stands for them. The root is a folder, or a place in
an object store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from engine.edge.archive_shelf import Bucket, LocalShelf, Overtaken, Place, Shelf
from engine.refusal import Refusal

__all__ = ["START", "ArchiveFile", "ArchiveFolder", "LogId", "Overtaken", "day_of"]

LogId = tuple[int, int]
"""The name of a stream's entry: ms and a number."""

START: LogId = (0, 0)
LEFT_BEHIND_AFTER_S = 3600.0

_NAME = re.compile(r"(\d+)\.(\d{13})-(\d{6,})(?:\.\.(\d{13})-(\d{6,}))?\.parquet")
_DAY = re.compile(r"day=(\d{4}-\d\d-\d\d)")


class NoObjectStore(Refusal):
    """The archive is said to be in an object store, and what speaks with those is not installed."""


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file; ``last`` is the last entry in it, and known by the name of a merged one alone."""

    name: str
    shard: int
    after: LogId
    last: LogId | None
    shelf: Shelf = field(compare=False, repr=False)

    @property
    def path(self) -> Path:
        """Where it can be read on this machine; it may be fetched for that. Raises FileNotFoundError."""
        return self.shelf.here(self.name)

    def stands_for(self, other: ArchiveFile) -> bool:
        """Tell whether what is in the other file is in this one."""
        if self.last is None or self.shard != other.shard or self.name == other.name:
            return False
        ends = other.last is None or other.last <= self.last
        return ends and self.after <= other.after < self.last


class ArchiveFolder:
    """The files under one root. Names of sites are the engine's own, and safe in a path."""

    def __init__(self, root: Place) -> None:
        self.root = root
        self._shelf = _shelf_of(root)

    @property
    def scratch(self) -> Path:
        """A folder on this machine, for what is there only while something is done."""
        return self._shelf.scratch

    def sites(self) -> list[str]:
        """Return the sites that have files."""
        found = self._shelf.folders("")
        return [name.removeprefix("site=") for name in found if name.startswith("site=")]

    def days(self, site: str) -> list[date]:
        """Return the days (UTC) of which there are files, in order."""
        found = (_DAY.fullmatch(name) for name in self._shelf.folders(_site(site)))
        return sorted(date.fromisoformat(match[1]) for match in found if match)

    def files(self, site: str, day: date) -> list[ArchiveFile]:
        """Return the files of one day that count, in order: those that another stands for are left out."""
        return _counting(self._all(site, day))

    def stood_for(self, site: str, day: date) -> list[ArchiveFile]:
        """Return the files of one day that do not count any more."""
        found = self._all(site, day)
        counting = _counting(found)
        return [each for each in found if each not in counting]

    def _all(self, site: str, day: date) -> list[ArchiveFile]:
        under = _day(site, day)
        return [file for name in self._shelf.files(under) if (file := self._read_name(f"{under}/{name}"))]

    def between(self, site: str, first: date, last: date) -> Iterator[ArchiveFile]:
        """Yield the files of these days, both included."""
        for day in self.days(site):
            if first <= day <= last:
                yield from self.files(site, day)

    def newest(self, site: str, shard: int) -> ArchiveFile | None:
        """Return the file that goes on furthest of one stream of a site's log."""
        for day in reversed(self.days(site)):
            own = [each for each in self.files(site, day) if each.shard == shard]
            if own:
                return own[-1]
        return None

    def oldest(self, site: str) -> list[ArchiveFile]:
        """Return of each stream of a site's log the file that begins first."""
        found: dict[int, ArchiveFile] = {}
        for each in self.between(site, date.min, date.max):
            found.setdefault(each.shard, each)
        return list(found.values())

    def fresh(self, site: str) -> Path:
        """Return a path for a file that is being written, and is none of the archive's yet."""
        return self._shelf.fresh(_site(site))

    def place_part(self, fresh: Path, site: str, shard: int, after: LogId, day: date) -> None:
        """Make a written file a part of the archive, for good. Raises Overtaken."""
        self._shelf.put_new(fresh, f"{_day(site, day)}/{shard}.{_said(after)}.parquet")

    def place_merged(self, fresh: Path, parts: list[ArchiveFile], last: LogId) -> None:
        """Make a written file stand for these parts, the last of which ends with ``last``. Raises Overtaken."""
        first = parts[0]
        name = f"{first.shard}.{_said(first.after)}..{_said(last)}.parquet"
        self._shelf.put_new(fresh, f"{first.name.rpartition('/')[0]}/{name}")

    def replace(self, fresh: Path, file: ArchiveFile) -> None:
        """Put a written file in the place of one of the archive's, in one step; who reads that one reads on."""
        self._shelf.put_over(fresh, file.name)

    def remove(self, files: Iterable[ArchiveFile]) -> None:
        """Remove files."""
        for each in files:
            self._shelf.remove(each.name)

    def forget(self, before: date) -> int:
        """Remove whole days before this one; return how many."""
        gone = 0
        for site in self.sites():
            for day in self.days(site):
                if day < before:
                    self._shelf.drop(_day(site, day))
                    gone += 1
        return gone

    def clear_left_behind(self, after_s: float = LEFT_BEHIND_AFTER_S) -> None:
        """Remove what archivers that were killed left half written."""
        self._shelf.clear(after_s)

    def _read_name(self, name: str) -> ArchiveFile | None:
        match = _NAME.fullmatch(name.rpartition("/")[2])
        if match is None:
            return None
        last = (int(match[4]), int(match[5])) if match[4] else None
        return ArchiveFile(name, int(match[1]), (int(match[2]), int(match[3])), last, self._shelf)


def day_of(at_ms: int) -> date:
    """Return the day (UTC) of a moment."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()


def _shelf_of(place: Place) -> Shelf:
    if not isinstance(place, Bucket):
        return LocalShelf(place)
    try:
        from engine.edge.archive_bucket import BucketShelf  # only where it is needed: 16 MB
    except ModuleNotFoundError as error:
        if error.name != "obstore":
            raise
        raise NoObjectStore(
            f"the archive is at {place.url}, expected the package obstore: pip install shopbell[s3]"
        ) from None
    return BucketShelf(place)


def _counting(found: list[ArchiveFile]) -> list[ArchiveFile]:
    count = [each for each in found if not any(other.stands_for(each) for other in found)]
    return sorted(count, key=lambda each: (each.shard, each.after))


def _site(site: str) -> str:
    return f"site={site}"


def _day(site: str, day: date) -> str:
    return f"{_site(site)}/day={day.isoformat()}"


def _said(entry: LogId) -> str:
    return f"{entry[0]:013}-{entry[1]:06}"
