"""
Runs ``shopbell`` in processes that have its modules already: a fork in place of a second of imports.

A process of its own loads them once for each run of tests and forks when it is asked to, so that nothing of the tests
(their threads, their event loops) is in what it forks. What it is asked comes as lines of JSON over its standard input.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

from tests.waiting import LOOK_EVERY_S

MODULES = ("engine.__main__", "engine.server")


class Forked:
    """One of these processes, as ``subprocess.Popen`` shows it."""

    def __init__(self, parent: Preloaded, words: list[str], output: Path) -> None:
        self._parent = parent
        output.write_bytes(b"")
        self.pid: int = parent.ask(
            words=words, env=dict(os.environ), folder=str(Path.cwd()), output=str(output.absolute())
        )
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return its exit status; None while it runs."""
        if self.returncode is None:
            self.returncode = self._parent.ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit status."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if timeout is not None and deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("shopbell", timeout)
            time.sleep(LOOK_EVERY_S)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        self.send_signal(9)


class Preloaded:
    """The process that forks them. It ends, and they are killed, when the one that started it is gone."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **question: Any) -> Any:
        """Ask it something, and return what it answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._asking:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


@cache
def preloaded() -> Preloaded:
    """Return the one of this run."""
    return Preloaded()


def answer_until_forked() -> list[str]:
    """Fork and look after forks until nobody asks any more; return, in each fork, the words of its command."""
    running: set[int] = set()
    for line in sys.stdin:
        question = json.loads(line)
        if "ended" in question:
            status = _status_of(question["ended"])
            if status is not None:
                running.discard(question["ended"])
            _answer(status)
        elif pid := os.fork():
            running.add(pid)
            _answer(pid)
        else:
            return _become(question)
    for pid in running:
        os.kill(pid, 9)
    sys.exit()


def _answer(what: int | None) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


def _status_of(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(question: dict[str, Any]) -> list[str]:
    os.chdir(question["folder"])
    os.environ.clear()
    os.environ.update(question["env"])
    output = os.open(question["output"], os.O_WRONLY)
    for stream, file in enumerate((os.open(os.devnull, os.O_RDONLY), output, output)):
        os.dup2(file, stream)
    words: list[str] = question["words"]
    sys.argv[1:] = words
    return words


if __name__ == "__main__":
    command, *_ = (importlib.import_module(each) for each in MODULES)
    words_of_it = answer_until_forked()
    sys.modules["__main__"] = command  # what a process that it starts loads as its own
    sys.exit(command.main(words_of_it))
