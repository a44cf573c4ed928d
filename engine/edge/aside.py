"""
What the serving processes want of the archive, done in a process that ends with it.

DuckDB takes 30 MB as soon as it is there and a multiple when it has read something, and a process never gives all of
that back; nor should shoppers wait while it reads. ``Aside`` is the serving side: it starts that process, tells it
over its standard input what to do, and reads what came of it. ``main`` is what runs there.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from engine.core.recorded import Record
from engine.edge.archive_shelf import Bucket, Place
from engine.edge.log import set_up_logs

RECORDED, ERASED = "recorded", "erased"
LESS_URGENT_BY = 10

_log = logging.getLogger("shopbell.archive")


class AsideFailed(OSError):
    """The process ended and had not done it; what went wrong it has said itself."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done. ``copies`` is where copies of an archive on object storage are; ``archives`` as in Stores."""

    do: str
    redis_url: str
    archive: str
    copies: str
    archives: bool
    site: str
    visitors: Sequence[str]

    @property
    def place(self) -> Place:
        """Where the archive is."""
        return Bucket(self.archive, Path(self.copies)) if self.copies else Path(self.archive)


class Aside:
    """Every method takes its time: call it from a thread. What is under way when it is closed fails."""

    def __init__(self, redis_url: str, place: Place, archives: bool) -> None:
        self._where = (str(place), "") if isinstance(place, Path) else (place.url, str(place.cache))
        self._redis_url = redis_url
        self._archives = archives
        self._lock = threading.Lock()
        self._children: set[subprocess.Popen[bytes]] | None = set()

    def of_visitor(self, site: str, visitor: str) -> list[Record]:
        """Return all that is kept of one visitor."""
        return [Record(*each) for each in self._ask(RECORDED, site, [visitor])]

    def erase_recorded(self, site: str, visitors: Sequence[str]) -> int | None:
        """Erase visitors from event log and archive; return how many rows went, None where the archive is busy."""
        rows: int | None = self._ask(ERASED, site, visitors)
        return rows

    def close(self) -> None:
        """Do nothing more."""
        with self._lock:
            children, self._children = self._children or (), None
            for child in children:
                child.kill()

    def _ask(self, do: str, site: str, visitors: Sequence[str]) -> Any:
        task = Task(do, self._redis_url, *self._where, self._archives, site, list(visitors))
        child = self._start()
        answer, _ = child.communicate(orjson.dumps(asdict(task)))
        with self._lock:
            if self._children is not None:
                self._children.discard(child)
        if child.returncode:
            raise AsideFailed(f"the process that asks the archive ended with status {child.returncode}")
        return orjson.loads(answer)

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the process; it finds the modules where this one does. Ctrl-C in a terminal does not reach it."""
        with self._lock:
            if self._children is None:
                raise AsideFailed("the engine is shutting down")
            child = subprocess.Popen(
                [sys.executable, "-m", "engine.edge.aside"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONSAFEPATH": "1"},
                process_group=0,
            )
            self._children.add(child)
        return child


def recorded(task: Task) -> list[list[Any]]:
    """Read all that is kept of the one visitor."""
    from engine.edge.archive_reading import Recordings

    [visitor] = task.visitors
    return [list(each) for each in Recordings(task.place, task.redis_url).of_visitor(task.site, visitor)]


def erased(task: Task) -> int | None:
    """Erase the visitors, for which nobody waits."""
    os.nice(LESS_URGENT_BY)
    from engine.edge.archive import Archive
    from engine.edge.eraser import Recorded

    return Recorded(task.redis_url, Archive(task.place), task.archives).erase(task.site, task.visitors)


def _log_failure(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.error("the archive could not be asked", exc_info=(kind, error, trace))


DOES: dict[str, Callable[[Task], Any]] = {RECORDED: recorded, ERASED: erased}


def main() -> int:
    """Do what the standard input says, and write what came of it; what went wrong is logged as everywhere."""
    set_up_logs("info", sys.stderr)
    sys.excepthook = _log_failure
    task = Task(**orjson.loads(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(orjson.dumps(DOES[task.do](task)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
