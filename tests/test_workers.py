"""The processes that share a port, seen by the one that looks after them."""

import os
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine import workers
from engine.workers import Supervisor
from tests.waiting import PATIENCE_S, wait_for


@dataclass
class Stop:
    is_set: bool = False


def cannot_start() -> None:
    sys.exit(3)


def note_and_wait(folder: str) -> None:
    (Path(folder) / str(os.getpid())).touch()
    signal.pause()


def note_and_die(folder: str) -> None:
    (Path(folder) / str(os.getpid())).touch()
    sys.exit(1)


def ignore_the_end(folder: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note_and_wait(folder)


def run(supervisor: Supervisor, stop: Stop) -> threading.Thread:
    running = threading.Thread(target=supervisor.run, args=(stop,))
    running.start()
    return running


def test_worker_that_cannot_start_ends_the_engine(caplog: pytest.LogCaptureFixture) -> None:
    assert Supervisor(2, cannot_start, ()).run(Stop()) == 3
    assert "could not start, the engine stops" in caplog.text


def test_as_many_workers_as_asked_for_run_until_the_end(tmp_path: Path) -> None:
    stop = Stop()
    running = run(Supervisor(2, note_and_wait, (str(tmp_path),)), stop)
    wait_for(lambda: len(list(tmp_path.iterdir())) == 2)
    stop.is_set = True
    running.join(PATIENCE_S)
    assert not running.is_alive()
    assert not any(Path("/proc", each.name).exists() for each in tmp_path.iterdir())


def test_what_is_to_be_let_go_is_let_go_while_the_workers_are_still_there(tmp_path: Path) -> None:
    stop, there = Stop(), list[bool]()

    def let_go() -> None:
        there.extend(Path("/proc", each.name).exists() for each in tmp_path.iterdir())

    running = run(Supervisor(1, note_and_wait, (str(tmp_path),), let_go), stop)
    wait_for(lambda: list(tmp_path.iterdir()))
    stop.is_set = True
    running.join(PATIENCE_S)
    assert there == [True]


def test_worker_that_keeps_dying_is_replaced_more_and_more_slowly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stop = Stop()
    supervisor = Supervisor(1, note_and_die, (str(tmp_path),))
    running = run(supervisor, stop)
    wait_for(lambda: len(list(tmp_path.iterdir())) >= 3)
    stop.is_set = True
    running.join(PATIENCE_S)
    assert supervisor._pause_s >= 0.2
    assert "ended with status 1, starting another" in caplog.text


def test_worker_that_does_not_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "STOP_WITHIN_S", 0.2)
    stop = Stop()
    running = run(Supervisor(1, ignore_the_end, (str(tmp_path),)), stop)
    wait_for(lambda: list(tmp_path.iterdir()))
    stop.is_set = True
    running.join(PATIENCE_S)
    assert not running.is_alive()
    assert "did not stop within 0.2 s, killed" in caplog.text
