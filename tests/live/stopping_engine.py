"""
``python -m tests.live.stopping_engine PLAN COMMAND ...``: an engine to which something happens on a popup's way.

PLAN names steps and what happens at each, such as ``claimed:die`` or ``claimed:lose,confirmed:lose``: in this order,
each once. The engine is killed as by ``kill -9``, or its Redis loses everything at once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from engine.__main__ import main
from engine.edge.redis_store import open_store
from engine.firing import Arbiter


def stop_by(plan: list[str], redis_url: str) -> Callable[[str], None]:
    """Return what the arbiter tells its steps."""
    left = [each.split(":") for each in plan]

    def watch(step: str) -> None:
        if left and left[0][0] == step:
            _, what = left.pop(0)
            if what == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            lose(redis_url)

    return watch


def lose(redis_url: str) -> None:
    """Empty a Redis, as a machine that died and came back without its disk."""
    with open_store(redis_url) as store:
        store.flushall()
        store.function_flush("SYNC")


if __name__ == "__main__":
    steps, words = sys.argv[1].split(","), sys.argv[2:]
    make, watch = Arbiter.__init__, stop_by(steps, words[words.index("--redis") + 1])

    def made(self: Arbiter, *said: Any, **named: Any) -> None:
        make(self, *said, **named)
        self.watch = watch

    with patch.object(Arbiter, "__init__", made):
        sys.exit(main(words))
