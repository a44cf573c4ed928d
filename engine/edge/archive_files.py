"""
The archive's files: which there are, which of them count, and how one is put in place for good.

    <root>/site=KEY/day=2026-11-21/0.1763683200000-000000.parquet
    <root>/site=KEY/day=2026-11-21/0.1763683200000-000000..1763686800000-000003.parquet

The first is a part: what stream 0 of the site's log held after that entry. The name says where it goes on from,
so of two archivers that read the same entries only one can put its part in place. The second has been merged
from all parts after the first entry up to the last one, and stands for them.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

LogId = tuple[int, int]
"""The name of a stream's entry: ms and a number."""

START: LogId = (0, 0)
LEFT_BEHIND_AFTER_S = 3600.0

_NAME = re.compile(r"(\d+)\.(\d{13})-(\d{6,})(?:\.\.(\d{13})-(\d{6,}))?\.parquet")
_DAY = re.compile(r"day=(\d{4}-\d\d-\d\d)")


class Overtaken(Exception):
    """Another archiver has put this part in place already."""


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file; ``last`` is the last entry in it, and known by the name of a merged one alone."""

    path: Path
    shard: int
    after: LogId
    last: LogId | None

    def stands_for(self, other: ArchiveFile) -> bool:
        """Tell whether what is in the other file is in this one."""
        if self.last is None or self.shard != other.shard or self.path == other.path:
            return False
        ends = other.last is None or other.last <= self.last
        return ends and self.after <= other.after < self.last


class ArchiveFolder:
    """The files under one root. Names of sites are the engine's own, and safe in a path."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def sites(self) -> list[str]:
        """Return the sites that have files."""
        return sorted(path.name.removeprefix("site=") for path in self.root.glob("site=*"))

    def days(self, site: str) -> list[date]:
        """Return the days (UTC) of which there are files, in order."""
        found = (_DAY.fullmatch(path.name) for path in self._site(site).glob("day=*"))
        return sorted(date.fromisoformat(match[1]) for match in found if match)

    def files(self, site: str, day: date) -> list[ArchiveFile]:
        """Return the files of one day that count, in order: those that another stands for are left out."""
        found = [file for path in self._day(site, day).glob("*.parquet") if (file := _read_name(path))]
        count = [each for each in found if not any(other.stands_for(each) for other in found)]
        return sorted(count, key=lambda each: (each.shard, each.after))

    def stood_for(self, site: str, day: date) -> list[ArchiveFile]:
        """Return the files of one day that do not count any more."""
        counting = self.files(site, day)
        found = [file for path in self._day(site, day).glob("*.parquet") if (file := _read_name(path))]
        return [each for each in found if each not in counting]

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
        folder = self._site(site)
        _make(folder)
        return folder / f".new-{os.getpid()}-{time.monotonic_ns()}"

    def place_part(self, fresh: Path, site: str, shard: int, after: LogId, day: date) -> None:
        """Make a written file a part of the archive, for good. Raises Overtaken."""
        self._place(fresh, self._day(site, day) / f"{shard}.{_said(after)}.parquet")

    def place_merged(self, fresh: Path, parts: list[ArchiveFile], last: LogId) -> ArchiveFile:
        """Make a written file stand for these parts, the last of which ends with ``last``."""
        first = parts[0]
        name = f"{first.shard}.{_said(first.after)}..{_said(last)}.parquet"
        path = first.path.parent / name
        self._place(fresh, path)
        return ArchiveFile(path, first.shard, first.after, last)

    def remove(self, files: Iterable[ArchiveFile]) -> None:
        """Remove files."""
        for each in files:
            each.path.unlink(missing_ok=True)

    def forget(self, before: date) -> int:
        """Remove whole days before this one; return how many."""
        gone = 0
        for site in self.sites():
            for day in self.days(site):
                if day < before:
                    folder = self._day(site, day)
                    for path in folder.iterdir():
                        path.unlink()
                    folder.rmdir()
                    gone += 1
        return gone

    def replace(self, fresh: Path, file: ArchiveFile) -> None:
        """Put a written file in the place of one of the archive's, in one step; who reads that one reads on."""
        _sync(fresh)
        fresh.replace(file.path)
        _sync(file.path.parent)

    def clear_left_behind(self, after_s: float = LEFT_BEHIND_AFTER_S) -> None:
        """Remove what archivers that were killed left half written."""
        for path in self.root.glob("site=*/.new-*"):
            if time.time() - path.stat().st_mtime >= after_s:
                path.unlink(missing_ok=True)

    def _place(self, fresh: Path, path: Path) -> None:
        """A link is made only where nothing has that name: of two at once one fails, and no file is half there."""
        _make(path.parent)
        _sync(fresh)
        try:
            os.link(fresh, path)
        except FileExistsError:
            raise Overtaken(f"{path} is there already") from None
        finally:
            fresh.unlink()
        _sync(path.parent)

    def _site(self, site: str) -> Path:
        return self.root / f"site={site}"

    def _day(self, site: str, day: date) -> Path:
        return self._site(site) / f"day={day.isoformat()}"


def day_of(at_ms: int) -> date:
    """Return the day (UTC) of a moment."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()


def _read_name(path: Path) -> ArchiveFile | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    last = (int(match[4]), int(match[5])) if match[4] else None
    return ArchiveFile(path, int(match[1]), (int(match[2]), int(match[3])), last)


def _said(entry: LogId) -> str:
    return f"{entry[0]:013}-{entry[1]:06}"


def _make(folder: Path) -> None:
    """Make a folder and those above it, each for good."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    """Return when a file, or the names in a folder, are on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
