"""
Archiving in a process of its own, beside those that serve: what it takes, no shopper waits for.

``Archiving`` is the serving side: it starts that process, starts it again where it ends, and stops it. ``main`` is
what runs there. It is told what to do over its standard input, which stays open as long as it should go on: a
process that was killed, by whatever signal, closes it too.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import orjson
from sqlalchemy.exc import SQLAlchemyError

from engine.edge.archive import Archive
from engine.edge.archiver import Archiver
from engine.edge.database import NoDatabase, check_file, database_url, open_database
from engine.edge.log import set_up_logs
from engine.edge.sites import sites_in
from engine.edge.telemetry import Telemetry, share, shared_in
from engine.settings import Settings

STOP_WITHIN_S = 2.0
"""So long a batch under way may take to be finished. One that is cut off is archived by whoever comes next."""

LESS_URGENT_BY = 10
LONGEST_PAUSE_S = 5.0
_STDIN = 0

_log = logging.getLogger("shopbell.archive")


@dataclass(frozen=True, slots=True)
class Work:
    """What the process is told."""

    redis_url: str
    database_url: str
    data: str
    archive: str | None
    every_s: float
    days: int
    log_level: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return what an engine with these settings has to archive. Its Redis must run."""
        return cls(
            settings.redis_url or "",
            database_url(settings.database_url, settings.data),
            str(settings.data),
            None if settings.archive is None else str(settings.archive),
            settings.archive_every,
            settings.archive_days,
            settings.log_level,
        )

    def archiver(self, telemetry: Telemetry) -> Archiver:
        """Return the archiver that does it."""
        where = Path(self.archive) if self.archive is not None and "://" not in self.archive else self.archive
        place = Settings(data=Path(self.data), archive=where).archive_folder
        return Archiver(self.redis_url, Archive(place), self._sites, telemetry, self.days)

    def _sites(self) -> list[str]:
        try:
            return asyncio.run(_sites_of(self.database_url))
        except NoDatabase as error:
            raise OSError(str(error)) from None
        except SQLAlchemyError as error:  # whose words may hold the URL, and its password
            raise OSError(f"the database says {type(error).__name__}") from None


async def _sites_of(url: str) -> list[str]:
    database = open_database(url)
    check_file(database)
    try:
        async with database.connect() as connection:
            return await sites_in(connection)
    finally:
        await database.dispose()


class Archiving:
    """
    The process that archives, while this is entered. Whatever ends it, another one goes on.

    There is nothing to archive at first: it is started when its first turn is due, and an engine that runs for
    less than that never has one.
    """

    def __init__(self, settings: Settings) -> None:
        self._work = Work.of(settings)
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._keeper = threading.Thread(target=self._keep_alive, name="archiving", daemon=True)

    def __enter__(self) -> Self:
        if self._work.every_s:
            self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Archive no more. A batch under way is finished, if that does not take too long."""
        with self._starting:
            self._stopping.set()
        if self._child is not None:
            _tell_to_stop(self._child)
            try:
                self._child.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
        if self._keeper.ident is not None:
            self._keeper.join()

    def _keep_alive(self) -> None:
        pause_s = self._work.every_s
        while not self._stopping.wait(pause_s):
            with self._starting:
                if self._stopping.is_set():
                    return
                child = self._child = start(self._work)
            status = child.wait()
            _tell_to_stop(child)  # nobody listens: this closes what it would be told by
            if self._stopping.is_set():
                return
            pause_s = min(self._work.every_s, LONGEST_PAUSE_S)
            _log.error("the process that archives ended with status %d, starting another in %g s", status, pause_s)


def start(work: Work) -> subprocess.Popen[bytes]:
    """
    Start the process.

    It finds the modules where this one does. It stays in this session, where Linux weighs processes by how urgent
    they are, but not in this group: Ctrl-C in a terminal reaches us and not the child.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "engine.archiving"],
        stdin=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONSAFEPATH": "1"},
        process_group=0,
    )
    assert child.stdin is not None  # noqa: S101
    with suppress(BrokenPipeError):  # it has ended already, and whoever waits for it sees that
        child.stdin.write(orjson.dumps(work) + b"\n")
        child.stdin.flush()
    return child


def _tell_to_stop(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        with suppress(BrokenPipeError):
            child.stdin.close()


def main() -> int:
    """Archive as the first line of the standard input says, until that ends or a signal comes."""
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    os.nice(LESS_URGENT_BY)
    with open(_STDIN, "rb", buffering=0, closefd=False) as told:
        work = Work(**orjson.loads(told.readline()))
    set_up_logs(work.log_level)
    telemetry = Telemetry()
    archiver = work.archiver(telemetry)
    for ended in (lambda: os.read(_STDIN, 1), lambda: signal.sigwait(signals)):
        threading.Thread(target=_stop_after, args=(ended, archiver), daemon=True).start()
    archiver.go_on(work.every_s, lambda: share(telemetry, shared_in(Path(work.data))))
    return 0


def _stop_after(ended: Callable[[], object], archiver: Archiver) -> None:
    """End this process when something has: in order if that can be, but soon."""
    ended()
    archiver.stop()
    threading.Event().wait(STOP_WITHIN_S)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
