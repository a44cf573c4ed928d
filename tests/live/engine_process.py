"""An engine as an operator runs it: the command, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

import httpx
import redis

from engine.edge.database import database_url
from engine.edge.sites import add_site
from tests.waiting import wait_for

ORIGIN = "http://shop.test"
READY_WITHIN_S = 30.0

_LISTENS = re.compile(rb"listens on http://([\w.]+:\d+)")


class EngineProcess:
    """
    ``shopbell serve`` with one site, whose pages are at ``ORIGIN``.

    Killed or stopped, it can be started again: at the same port, with the same data.
    """

    def __init__(self, folder: Path, rules: Path, options: Sequence[str] = (), redis_url: str | None = None) -> None:
        folder.mkdir(parents=True)
        self.data = folder / "data"
        self.data.mkdir()
        self.site = asyncio.run(add_site(database_url(None, self.data), "A shop", [ORIGIN])).key
        self._log = folder / "engine.log"
        self._rules = rules
        self._options = [*options, *(("--redis", redis_url) if redis_url else ())]
        self._redis_url = redis_url
        self._port = 0
        self._child: subprocess.Popen[bytes] | None = None
        self.host = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            self.ended(within_s=15)

    def start(self) -> None:
        """Start it and wait until it can take shoppers."""
        words = [sys.executable, "-m", "engine", "serve", "--port", str(self._port), "--data", str(self.data)]
        begin = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as output:
            self._child = subprocess.Popen(
                [*words, "--rules", str(self._rules), *self._options], stdout=output, stderr=output
            )
        self.host = wait_for(lambda: self._address(begin), READY_WITHIN_S)
        self._port = int(self.host.rpartition(":")[2])
        wait_for(lambda: self.ready == 200, READY_WITHIN_S)

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self._child is not None
        return self._child.pid

    @property
    def workers(self) -> list[int]:
        """The processes that share the port, where there are several."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [pid for pid in map(int, children) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    @property
    def stream(self) -> str:
        """The address of the shoppers' stream."""
        return f"ws://{self.host}/v1/stream?site={self.site}"

    @property
    def ready(self) -> int:
        """The status of ``/readyz``; 0 while nobody answers."""
        try:
            return httpx.get(f"http://{self.host}/readyz", trust_env=False).status_code
        except httpx.TransportError:
            return 0

    @property
    def log(self) -> str:
        """All that it has said."""
        return self._log.read_text()

    @property
    def redis_pid(self) -> int:
        """The process of the server that the engine has started for itself."""
        return int((self.data / "redis" / "redis.pid").read_text())

    def redis(self) -> redis.Redis:
        """Return a client of the engine's Redis."""
        return redis.Redis.from_url(self._redis_url or f"unix://{quote(str(self.data / 'redis' / 'redis.sock'))}")

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        os.kill(self.pid, signal.SIGKILL)
        self.ended()

    def stop(self) -> None:
        """Ask it to end."""
        os.kill(self.pid, signal.SIGTERM)

    def ended(self, within_s: float = 10.0) -> int:
        """Wait for its end; return the exit status."""
        assert self._child is not None
        return self._child.wait(within_s)

    def _address(self, begin: int) -> str:
        assert self._child is not None
        with self._log.open("rb") as log:
            said = _from(log, begin)
        assert self._child.poll() is None, f"the engine did not start: {said.decode()}"
        found = _LISTENS.search(said)
        return found[1].decode() if found else ""


def _from(log: IO[bytes], begin: int) -> bytes:
    log.seek(begin)
    return log.read()
