"""
Where the archive's files lie: a folder, or a bucket of an object store. No file is ever half there.

Names are ``site=KEY/day=2026-11-21/FILE``. Of two who put a file under one new name at once, one is refused.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Overtaken(Exception):
    """Another archiver has put this part in place already."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A place in an object store, such as ``s3://bucket/prefix``; what is read of it lies in the folder ``cache``."""

    url: str
    cache: Path


Place = Path | Bucket
"""Where an archive is."""


class Shelf(Protocol):
    """What the archive asks of a place."""

    place: Place
    scratch: Path
    """A folder on this machine, for what is there only while something is done."""

    def folders(self, under: str) -> list[str]:
        """Return the names right under one that have others under them; '' is the root."""

    def files(self, under: str) -> list[str]:
        """Return the names of the files right under a name, without it."""

    def here(self, name: str) -> Path:
        """Return where a file can be read on this machine. Raises FileNotFoundError for one that is gone."""

    def fresh(self, site: str) -> Path:
        """Return a path for a file that is being written, and is none of the archive's yet."""

    def put_new(self, fresh: Path, name: str) -> None:
        """Put a written file under a name that nothing has, for good. Raises Overtaken."""

    def put_over(self, fresh: Path, name: str) -> None:
        """Put a written file in the place of another, in one step; who reads that one reads on."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def drop(self, under: str) -> None:
        """Remove all files under a name."""

    def clear(self, after_s: float) -> None:
        """Remove what was left half written so long ago."""


class LocalShelf:
    """A folder; several machines may share it if it knows hard links."""

    def __init__(self, root: Path) -> None:
        self.place: Place = root
        self.scratch = root
        self._root = root

    def folders(self, under: str) -> list[str]:
        """Return the folders in one."""
        return sorted(path.name for path in self._all(under) if path.is_dir())

    def files(self, under: str) -> list[str]:
        """Return the names of the files in a folder."""
        return sorted(path.name for path in self._all(under) if not path.name.startswith("."))

    def _all(self, under: str) -> Iterator[Path]:
        folder = self._root / under
        return folder.iterdir() if folder.is_dir() else iter(())

    def here(self, name: str) -> Path:
        """Return where it is."""
        return self._root / name

    def fresh(self, site: str) -> Path:
        """Return a path beside the days of a site."""
        folder = self._root / site
        _make(folder)
        return folder / fresh_name()

    def put_new(self, fresh: Path, name: str) -> None:
        """A link is made only where nothing has that name: of two at once one fails, and no file is half there."""
        path = self._root / name
        _make(path.parent)
        _sync(fresh)
        try:
            os.link(fresh, path)
        except FileExistsError:
            raise Overtaken(f"{path} is there already") from None
        finally:
            fresh.unlink()
        _sync(path.parent)

    def put_over(self, fresh: Path, name: str) -> None:
        """Rename it."""
        path = self._root / name
        _sync(fresh)
        fresh.replace(path)
        _sync(path.parent)

    def remove(self, name: str) -> None:
        """Unlink it."""
        (self._root / name).unlink(missing_ok=True)

    def drop(self, under: str) -> None:
        """Remove a folder and the files in it."""
        for path in self._all(under):
            path.unlink()
        (self._root / under).rmdir()

    def clear(self, after_s: float) -> None:
        """Remove what archivers that were killed left half written."""
        clear_fresh(self._root.glob("site=*/.new-*"), after_s)


def fresh_name() -> str:
    """Return a name that no other process gives to a file."""
    return f".new-{os.getpid()}-{time.monotonic_ns()}"


def clear_fresh(paths: Iterator[Path], after_s: float) -> None:
    """Remove files that have not been written to for so long."""
    for path in paths:
        if time.time() - path.stat().st_mtime >= after_s:
            path.unlink(missing_ok=True)


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
