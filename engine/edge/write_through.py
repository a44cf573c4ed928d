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


def try_to_write_through(folder: Path) -> None:
    """Do so; a disk that fails is told in the log."""
    try:
        write_through(folder)
    except OSError as error:
        _log.error("what redis has written could not be brought to the disk: %s", error)
