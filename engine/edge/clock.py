"""The clock. Everything else gets the time as an argument."""

from __future__ import annotations

import time


def now_ms() -> int:
    """Return the time of day, ms since the epoch."""
    return int(time.time() * 1000)
