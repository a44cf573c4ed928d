"""Where a server's Unix socket goes."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from engine.refusal import Refusal

LONGEST_PATH = 100
"""The system takes 108 bytes on Linux and 104 on macOS, with the closing zero."""


class NoSocketPath(Refusal):
    """No folder for the socket could be made that is ours alone; the sentence says why."""


def socket_path(folder: Path, name: str) -> Path:
    """
    Return the path of a socket of this name in this folder, or one that is short enough to be bound.

    The short one is in a folder of our own below the system's temporary folder. It is named after the long
    path, so that the next engine finds what an earlier one left there.
    """
    path = folder.resolve() / name
    if len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"shopbell-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise NoSocketPath(f"'{short}' is not a folder of this account alone, expected one for the server's socket")
    return short / name
