"""
The engine's own Valkey: a child process with an append-only file in the data folder.

It is started again when it dies, and stopped when the engine ends. It outlives nothing: on Linux a killed
engine takes it along, and where one was left behind all the same, the next engine stops it before it starts
its own (two servers on one append-only file would spoil it).
"""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import quote

from engine.edge import rewrites, write_through
from engine.edge.child_process import start_child
from engine.edge.folder_lock import FolderLock
from engine.edge.redis_binary import find_redis_binary
from engine.edge.redis_version import NoRedis
from engine.edge.repeated import Repeated
from engine.edge.socket_path import NoSocketPath, socket_path

logger = logging.getLogger("shopbell.redis")

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 5.0
LONGEST_PAUSE_S = 5.0
LOG_BYTES = 5_000_000

_CONFIG = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "appendonly": "yes",
    # It writes before it answers, and never waits for the disk: that is for write_through.
    "appendfsync": "no",
    # When its file is written anew is for rewrites.py to say, and for itself only where that is not done.
    "auto-aof-rewrite-percentage": "150",
    "auto-aof-rewrite-min-size": str(rewrites.FROM_BYTES * 3 // 2),
    # Compressing it would be two thirds of the work.
    "rdbcompression": "no",
    "save": "",
    # A visitor's counters stay in one compact block: the defaults would unfold it at 64 bytes a value.
    "hash-max-listpack-entries": "256",
    "hash-max-listpack-value": "512",
    "maxmemory-policy": "noeviction",
}


class EmbeddedRedis:
    """A Valkey or Redis server, there from ``start`` to ``stop``, at the same address all the time."""

    def __init__(self, folder: Path) -> None:
        """Find the program and choose the socket. Raises NoRedis."""
        self._binary = find_redis_binary()
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.socket = socket_path(folder, "redis.sock")
        except (OSError, NoSocketPath) as error:
            raise NoRedis(f"the data folder for Redis cannot be used: {error}") from error
        self._log = folder / "redis.log"
        self._child: subprocess.Popen[bytes] | None = None
        self._came_up = threading.Event()
        self._gave_up = threading.Event()
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep_alive, name="redis-keeper", daemon=True)
        self._rewrites = rewrites.Rewrites(folder, self._ask)
        self._beside = (
            Repeated("redis-to-disk", write_through.EVERY_S, self._write_through),
            Repeated("redis-rewrites", rewrites.EVERY_S, self._see_to_rewrites),
        )

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"unix://{quote(str(self.socket))}"

    def __str__(self) -> str:
        return f"{self._binary.version} of its own in {self._folder}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's process now; None while it is being started again."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def start(self) -> None:
        """Start the server and wait until it answers, its data loaded. Raises NoRedis."""
        self._stop_left_behind()
        self._shorten_log()
        self._keeper.start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._gave_up.wait(0.01):
            answer = self._ask(b"PING\r\n")
            if answer.startswith(b"+PONG"):
                self._came_up.set()
                for each in self._beside:
                    each.start()
                return
            if answer.startswith(b"-LOADING"):
                deadline = time.monotonic() + START_TIMEOUT_S
            if time.monotonic() > deadline:
                break
        self.stop()
        raise NoRedis(f"{self._binary.path} did not start, its last words: {self._last_words()}")

    def stop(self) -> None:
        """Stop the server; what it was told is on disk afterwards."""
        self._stopping.set()
        for each in self._beside:
            each.stop()
        child = self._child
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
        if self._keeper.ident is not None:
            self._keeper.join()
        with contextlib.suppress(OSError):
            self.socket.unlink()

    def _keep_alive(self) -> None:
        pause_s = 0.05
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._child = start_child(self._command(), self._log)
            except OSError:
                logger.exception("redis could not be started")
                self._gave_up.set()
                return
            if self._stopping.is_set():  # stop() may have looked for a child just before there was one
                self._child.terminate()
            status = self._child.wait()
            if self._stopping.is_set():
                return
            if not self._came_up.is_set():
                self._gave_up.set()
                return
            pause_s = 0.05 if time.monotonic() - started > LONGEST_PAUSE_S else min(pause_s * 2, LONGEST_PAUSE_S)
            logger.error("redis ended with status %d, starting it again in %.2f s", status, pause_s)
            self._stopping.wait(pause_s)

    def _write_through(self) -> None:
        write_through.try_to_write_through(self._folder)

    def _see_to_rewrites(self) -> None:
        if (server := self.pid) is not None:
            self._rewrites.see_to(server)

    def _command(self) -> list[str]:
        folder = self._folder.resolve()
        config = _CONFIG | {"dir": str(folder), "unixsocket": str(self.socket), "pidfile": str(folder / "redis.pid")}
        arguments = [part for name, value in config.items() for part in (f"--{name}", value)]
        return [os.fspath(self._binary.path), *arguments]

    def _stop_left_behind(self) -> None:
        """Stop the server of an engine that was killed. Only for the holder of the data folder's lock."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while self._ask(b"SHUTDOWN\r\n", unless_gone=b"busy"):
            if time.monotonic() > deadline:
                raise NoRedis(f"a server of an earlier engine still holds {self.socket}, expected it to stop")
            time.sleep(0.05)

    def _ask(self, command: bytes, unless_gone: bytes = b"") -> bytes:
        """Return the server's answer; nothing if nobody listens; ``unless_gone`` if somebody does but says nothing."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1.0)
            try:
                connection.connect(str(self.socket))
            except OSError:
                return b""
            try:
                connection.sendall(command)
                return connection.recv(200) or unless_gone
            except OSError:
                return unless_gone

    def _shorten_log(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))

    def _last_words(self) -> str:
        if not self._log.exists():
            return "none"
        lines = self._log.read_text("utf-8", "replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "none"


def running_redis(folder: Path) -> str | None:
    """Return the address of the server that an engine runs in this folder now; None where none does."""
    path = socket_path(folder, "redis.sock")
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return None
    return f"unix://{quote(str(path))}"


@contextmanager
def redis_of(url: str | None, data: Path) -> Iterator[str]:
    """Reach an engine's Redis: what ``url`` names, its own that runs, or its own that is started for this block."""
    url = url or running_redis(data / "redis")
    if url is not None:
        yield url
        return
    with FolderLock(data), EmbeddedRedis(data / "redis") as own:
        yield own.url
