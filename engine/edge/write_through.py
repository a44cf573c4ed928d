"""
Writes through to the disk what the engine's own Valkey has written: once a second, from a thread of the engine.

Valkey can do that by itself (``appendfsync everysec``). But while the disk is still busy with the last second it
holds back what it would *write*, for up to two seconds, and goes on answering: killed in that time, it takes along
what was acknowledged. So it is told to write at once and to leave the rest to us (``appendfsync no``): what it has
answered is with the system, whatever becomes of its process, and a second later on the disk.
"""

import contextlib
import logging
import os
import threading
from pathlib import Path

EVERY_S = 1.0

_to_disk = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync
_log = logging.getLogger("shopbell.redis")


def write_through(folder: Path) -> None:
    """Have the append-only files of a server's folder on the disk when this returns."""
    for file in folder.glob("appendonlydir/*.incr.aof"):
        with contextlib.suppress(FileNotFoundError):  # rewritten just now, and gone
            descriptor = os.open(file, os.O_RDONLY)
            try:
                _to_disk(descriptor)
            finally:
                os.close(descriptor)


class WriteThrough:
    """The thread that does it, from ``start`` to ``stop``."""

    def __init__(self, folder: Path, every_s: float | None = None) -> None:
        self._folder = folder
        self._every_s = EVERY_S if every_s is None else every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="redis-to-disk", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a server that is told to stop has written everything through by itself."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                write_through(self._folder)
            except OSError as error:
                _log.error("what redis has written could not be brought to the disk: %s", error)
