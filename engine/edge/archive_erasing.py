"""
Erases visitors from the archive: every file that holds rows of theirs is written anew without them.

A file keeps its name, its order and what it says of itself, the bookmark among it, so that archiving goes on where it
was. It is replaced in one step: whoever dies half way has erased some files and not the others, and the next
turn finds the rest. Only for the holder of the archive's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

from engine.edge.archive import Archive, open_duck
from engine.edge.archive_files import ArchiveFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck

_MEMORY = "512MB"

Progress = Callable[[int, int], None]
"""Told after each file how many are done, of how many."""


def silently(_done: int, _of: int) -> None:
    """Nobody looks."""


def erase(archive: Archive, site: str, visitors: Sequence[str], progress: Progress = silently) -> int:
    """Erase visitors of a site; return how many rows that were."""
    folder = archive.folder
    folder.clear_left_behind(after_s=0)
    for day in folder.days(site):
        folder.remove(folder.stood_for(site, day))
    with closing(open_duck(_MEMORY)) as duck:
        _name(duck, visitors)
        held = _files_with(duck, archive, site)
        gone = 0
        for n, file in enumerate(held, 1):
            gone += _write_without(duck, archive, site, file)
            archive.watch("erased")
            progress(n, len(held))
    return gone


def _name(duck: Duck, visitors: Sequence[str]) -> None:
    duck.execute("CREATE TABLE erased AS SELECT unnest(?::VARCHAR[]) AS visitor", [list(visitors)])


def _files_with(duck: Duck, archive: Archive, site: str) -> list[ArchiveFile]:
    """Return the files that hold rows of the named visitors: day by day, so that a bar moves."""
    found = []
    for file in archive.folder.between(site, date.min, date.max):
        held = "SELECT 1 FROM read_parquet(?) WHERE visitor IN (SELECT visitor FROM erased) LIMIT 1"
        if duck.execute(held, [str(file.path)]).fetchone():
            found.append(file)
    return found


def _write_without(duck: Duck, archive: Archive, site: str, file: ArchiveFile) -> int:
    fresh = archive.folder.fresh(site)
    before = _rows(duck, str(file.path))
    archive.copy_rows(duck, file, fresh, "visitor NOT IN (SELECT visitor FROM erased)")
    gone = before - _rows(duck, str(fresh))
    archive.folder.replace(fresh, file)
    return gone


def _rows(duck: Duck, path: str) -> int:
    found = duck.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [path]).fetchone()
    return int(found[0] or 0) if found else 0
