"""One engine per data folder."""

import fcntl
import os
from pathlib import Path
from typing import Self

from engine.refusal import Refusal


class FolderInUse(Refusal):
    """Another engine has the folder; the sentence names it."""


class FolderLock:
    """
    Held while an engine runs, by a lock on a file.

    The system lets go of it when the process ends, however it ends, so a killed engine leaves nothing behind
    that has to be cleared away by hand.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: int | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
            os.close(lock)
            raise FolderInUse(
                f"another engine (process {holder or 'unknown'}) uses the data folder '{self._folder}', "
                "expected one engine per data folder"
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._file = lock
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
