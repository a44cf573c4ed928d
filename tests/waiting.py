"""Waits for what another process or task is about to do; a test never sleeps for a guessed time."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")

LOOK_EVERY_S = 0.01

PATIENCE_S = 60.0
"""What never comes is given up after this: so long that no machine is ever too busy for what does come."""


def wait_for(look: Callable[[], Seen | None], within_s: float = PATIENCE_S) -> Seen:
    """Look until something true is seen, and return it."""
    deadline = time.monotonic() + within_s
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not seen within {within_s} s"
        time.sleep(LOOK_EVERY_S)
    return seen


async def eventually(look: Callable[[], Seen | None], within_s: float = PATIENCE_S) -> Seen:
    """As ``wait_for``, while the tasks of the event loop go on."""
    async with asyncio.timeout(within_s):
        while not (seen := look()):
            await asyncio.sleep(LOOK_EVERY_S)
    return seen
