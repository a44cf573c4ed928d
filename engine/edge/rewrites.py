"""
Has the engine's own Valkey write its file anew when that has grown, at the expense of nobody who shops.

What Valkey forks for it takes a core for as long as it needs. Where Valkey has to share one with it, as on a machine
of two, every popup would wait: from the first instant on, as what was not answered meanwhile queues up. So Valkey
is told when to begin, and what it forked is made to give way at once. Its own judgement (``auto-aof-rewrite-*``) is
what is left where nobody tells it.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

EVERY_S = 0.2
AGAIN_AFTER_S = 10.0

FROM_BYTES = 128 * 1024 * 1024
"""
A busy shop would see a rewrite every few seconds from 64 MB on; more than this would take Valkey too long to read after
a crash.
"""

LESS_URGENT_BY = 10
ASIDE_UP_TO_BYTES = 2 * FROM_BYTES
"""
What is written within a second runs only while nobody else wants the core. More of it could, on a machine that has
nothing left, take so long that the disk fills: that is less urgent, and goes on.
"""


class Rewrites:
    """Watches the files of a server's folder; ``ask`` sends it a command and returns its answer."""

    def __init__(self, folder: Path, ask: Callable[[bytes], bytes]) -> None:
        self._folder = folder
        self._ask = ask
        self._not_before = 0.0

    def see_to(self, server: int) -> None:
        """Have the file of this server process written anew if it is due, and let what it forked give way."""
        began_with = _size_of(self._folder, "*.base.*")
        now = began_with + _size_of(self._folder, "*.incr.aof")
        if now >= max(FROM_BYTES, 2 * began_with) and monotonic() >= self._not_before:
            self._not_before = monotonic() + AGAIN_AFTER_S
            self._ask(b"BGREWRITEAOF\r\n")  # answered when it has forked
        give_way(server, aside=began_with <= ASIDE_UP_TO_BYTES)


def _size_of(folder: Path, names: str) -> int:
    size = 0
    for file in folder.glob(f"appendonlydir/{names}"):
        with suppress(FileNotFoundError):  # rewritten just now, and gone
            size += file.stat().st_size
    return size


def give_way(server: int, aside: bool) -> None:
    """Make all children of a server process less urgent, or put them aside, where the system tells of them and can."""
    with suppress(OSError):  # it has ended, or a child of it has; or this is no Linux
        for child in map(int, Path(f"/proc/{server}/task/{server}/children").read_text().split()):
            os.setpriority(os.PRIO_PROCESS, child, LESS_URGENT_BY)
            if aside:
                os.sched_setscheduler(child, os.SCHED_IDLE, os.sched_param(0))
