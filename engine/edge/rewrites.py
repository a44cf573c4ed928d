"""
Makes what Valkey forks to write its file anew less urgent than Valkey.

The fork takes a core for a second or more. Where Valkey has to share one with it, as on a machine of two, the
acknowledgements of a busy shop would wait for as long.
"""

import os
from contextlib import suppress
from pathlib import Path

EVERY_S = 0.2
LESS_URGENT_BY = 10


def give_way(server: int) -> None:
    """Make all children of a server process less urgent than it is, where the system tells of them."""
    with suppress(OSError):  # it has ended, or a child of it has; or this is no Linux
        for child in map(int, Path(f"/proc/{server}/task/{server}/children").read_text().split()):
            os.setpriority(os.PRIO_PROCESS, child, LESS_URGENT_BY)
