"""An engine as an operator runs it: a process of its own, started by the command and stopped by a signal."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self
from urllib.parse import quote

import httpx

from engine.edge.socket_path import socket_path
from tests.plain_http import NO_TLS
from tests.preloaded import Forked, preloaded
from tests.waiting import wait_for

COMMAND = [sys.executable, "-m", "engine"]

A_RULE = """
- rule: cart-sweetener
  when: [page is cart, views(cart) > 2, page.dwell > 10s]
  show: {chat: {text: "Still thinking?", coupon: WELCOME100}}
  limit: once per session
"""


def own_redis_url(data: Path) -> str:
    """Return where the Redis of an engine's own is: outside of its data folder where the folder's path is long."""
    return f"unix://{quote(str(socket_path(data / 'redis', 'redis.sock')))}"


class EngineProcess:
    """``shopbell COMMAND`` on a free port, in this folder; leaving the ``with`` block ends it."""

    program: Sequence[str] | None = None
    """What to start, as ``COMMAND``, before the words of the command. None: a fork of what has loaded the engine."""

    def __init__(self, folder: Path, *flags: str, command: str = "serve") -> None:
        self.data = folder / "data"
        self.rules = folder / "rules"
        self._output = folder / "output.log"
        self._words = [command]
        self._words += ["--port", "0", "--data", str(self.data), "--rules", str(self.rules), *flags]
        if not self.rules.exists():
            self.rules.mkdir(parents=True)
            (self.rules / "cart.yaml").write_text(A_RULE)
            (self.rules / "site.yaml").write_text("holdout: 0%\n")

    def __enter__(self) -> Self:
        self.start()
        self.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)

    def start(self) -> None:
        """Start the process and wait for nothing."""
        if self.program is None and "LD_PRELOAD" not in os.environ:
            self.process: subprocess.Popen[bytes] | Forked = Forked(preloaded(), self._words, self._output)
            return
        with self._output.open("wb") as output:
            program = self.program or COMMAND
            self.process = subprocess.Popen(
                [*program, *self._words], stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def wait_until_ready(self) -> None:
        """Wait until it takes shoppers."""
        wait_for(lambda: self.process.poll() is not None or self._has_announced(), within_s=90)
        assert self.process.poll() is None, self.output
        wait_for(lambda: self.get("/readyz")[0] == 200, within_s=90)

    @property
    def output(self) -> str:
        """All it has printed."""
        return self._output.read_text()

    @property
    def url(self) -> str:
        """Where it listens, as it said."""
        match = re.search(r"listens on (http://\S+)", self.output)
        assert match is not None, self.output
        return match[1]

    def get(self, path: str) -> tuple[int, str]:
        """Return status and text of a page; status 0 where nobody answers."""
        return get(self.url + path)

    def _has_announced(self) -> bool:
        return "listens on http" in self.output


def get(url: str) -> tuple[int, str]:
    """Return status and text of a page; status 0 where nobody answers."""
    try:
        answer = httpx.get(url, timeout=5, verify=NO_TLS)
    except httpx.TransportError:
        return 0, ""
    return answer.status_code, answer.text
