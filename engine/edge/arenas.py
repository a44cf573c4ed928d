"""
How many arenas the C library keeps memory in.

glibc gives threads arenas of their own, up to eight for each core, and what is freed in one serves no other. The
database's connections come and go, each with a thread: in many arenas the process grows by what lies idle in them.
"""

from __future__ import annotations

import ctypes
import os
from typing import Any

ARENAS = 2
_M_ARENA_MAX = -8  # glibc's malloc.h


def share_arenas(library: Any = None) -> None:
    """Have all threads of this process share two, unless the operator's MALLOC_ARENA_MAX says otherwise."""
    if "MALLOC_ARENA_MAX" in os.environ:
        return
    mallopt = getattr(library or ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # musl and macOS have no arenas
        mallopt(_M_ARENA_MAX, ARENAS)
