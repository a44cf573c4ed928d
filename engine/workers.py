"""Looks after the processes that share one port: starts them, replaces those that die, and ends them together."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from uvicorn.config import STARTUP_FAILURE

logger = logging.getLogger("shopbell.workers")

STOP_WITHIN_S = 9.0
LOOK_EVERY_S = 0.2
SETTLED_AFTER_S = 10.0
LONGEST_PAUSE_S = 5.0

_spawn = multiprocessing.get_context("spawn")


class Stop(Protocol):
    """Whether it is time to end."""

    is_set: bool


def _nothing() -> None:
    """There is nothing to do at the end."""


class Supervisor:
    """``count`` processes that each run ``work(*arguments)``; when it is time to end, ``let_go`` is called first."""

    def __init__(
        self,
        count: int,
        work: Callable[..., None],
        arguments: tuple[Any, ...],
        let_go: Callable[[], object] = _nothing,
    ) -> None:
        self._count = count
        self._work = work
        self._arguments = arguments
        self._let_go = let_go
        self._workers: dict[BaseProcess, float] = {}
        self._pause_s = 0.0
        self._start_at = 0.0

    def run(self, stop: Stop) -> int:
        """Keep the processes running until ``stop``; return the exit status."""
        status = 0
        try:
            while not stop.is_set and status == 0:
                self._fill_up()
                wait([worker.sentinel for worker in self._workers], timeout=LOOK_EVERY_S)
                status = self._bury()
        finally:
            self._end_all()
        return status

    def _fill_up(self) -> None:
        while len(self._workers) < self._count and time.monotonic() >= self._start_at:
            worker = _spawn.Process(target=_run_worker, args=(self._work, self._arguments))
            worker.start()
            self._workers[worker] = time.monotonic()

    def _bury(self) -> int:
        """
        Forget the processes that died; they are replaced, after a pause if they died young.

        Returns a status other than 0 if one could not even start: the next one could not either.
        """
        for worker in [each for each in self._workers if not each.is_alive()]:
            lived_s = time.monotonic() - self._workers.pop(worker)
            if worker.exitcode == STARTUP_FAILURE:
                logger.error("worker %d could not start, the engine stops", worker.pid)
                return STARTUP_FAILURE
            self._pause_s = min(max(self._pause_s * 2, 0.1), LONGEST_PAUSE_S) if lived_s < SETTLED_AFTER_S else 0.0
            self._start_at = time.monotonic() + self._pause_s
            logger.error("worker %d ended with status %s, starting another", worker.pid, worker.exitcode)
        return 0

    def _end_all(self) -> None:
        self._let_go()
        deadline = time.monotonic() + STOP_WITHIN_S
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))
            if worker.is_alive():
                logger.error("worker %d did not stop within %g s, killed", worker.pid, STOP_WITHIN_S)
                worker.kill()
                worker.join()


def _run_worker(work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    # Ctrl-C reaches every process of the terminal; only the supervisor says when a worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    work(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
