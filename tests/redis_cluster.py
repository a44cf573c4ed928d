"""Servers of the tests' own that an engine is told the address of: one Redis or Valkey, or a cluster of six."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import redis
from redis.exceptions import RedisError

from engine.edge.redis_binary import find_redis_binary
from engine.edge.redis_store import open_store
from engine.edge.slots import SLOTS, slot_of
from tests.waiting import wait_for

NODE_TIMEOUT_MS = 2_000
PRIMARIES = 3

_CONFIG = {
    "appendonly": "yes",
    # nothing that it has acknowledged is lost when it is killed: with everysec it is, on a disk that is busy
    "appendfsync": "always",
    "save": "",
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
    "repl-diskless-sync-delay": "0",
    "bind": "127.0.0.1",
    "protected-mode": "no",
    "daemonize": "no",
}
_CLUSTER = {
    "appendfsync": "everysec",  # a replica takes over
    "cluster-enabled": "yes",
    "cluster-node-timeout": str(NODE_TIMEOUT_MS),
    # the visitors of the primaries that are there go on
    "cluster-require-full-coverage": "no",
    "cluster-replica-validity-factor": "0",
}


def redis_program() -> Path:
    """Return the server to run: the one that is named, else the one that an engine would start."""
    named = os.environ.get("SHOPBELL_TEST_REDIS_PROGRAM")
    return Path(named) if named else find_redis_binary().path


class RedisProcess:
    """One server on a port of its own; killed and started again it has the same port and data."""

    def __init__(self, folder: Path, **config: str) -> None:
        self.port = free_port()
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._config = _CONFIG | config | {"port": str(self.port), "dir": str(folder)}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process is not None
        return self.process.pid

    def __enter__(self) -> Self:
        self.start()
        self.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait for nothing."""
        words = [part for name, value in self._config.items() for part in (f"--{name}", value)]
        with (self.folder / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                [redis_program(), *words], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder
            )

    def wait_until_ready(self) -> None:
        """Wait until it answers."""
        wait_for(self._answers, within_s=20)

    def kill(self) -> None:
        """End it as ``kill -9`` does; a process that was stopped ends too."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def pause(self) -> None:
        """Let it hang."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it hang no more."""
        os.kill(self.pid, signal.SIGCONT)

    def client(self) -> redis.Redis:
        """Return a client of this server alone."""
        return redis.Redis(port=self.port, socket_timeout=5)

    def ask(self, *words: Any) -> Any:
        """Ask it one thing; the answer is as it came."""
        with self.client() as client:
            client.response_callbacks.clear()
            return client.execute_command(*words)

    def flush(self) -> None:
        """Empty it; function libraries stay."""
        self.ask("FLUSHALL")

    def _answers(self) -> bool:
        with suppress(RedisError):
            return bool(self.ask("PING"))
        return False


class RedisCluster:
    """Six servers, three of them primaries with a replica each, inside the ``with`` block."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="shopbell-cluster-", dir="/tmp"))
        self.nodes = [
            RedisProcess(self._folder / str(n), **_CLUSTER, **{"cluster-port": str(free_port())})
            for n in range(2 * PRIMARIES)
        ]

    @property
    def url(self) -> str:
        """The address of all nodes."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def __enter__(self) -> Self:
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.wait_until_ready()
        self._join()
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self._folder)

    def _join(self) -> None:
        first, share = self.nodes[0], SLOTS // PRIMARIES
        for n, node in enumerate(self.nodes):
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", n + 1)
            if n < PRIMARIES:
                last = SLOTS if n == PRIMARIES - 1 else (n + 1) * share
                node.ask("CLUSTER", "ADDSLOTSRANGE", n * share, last - 1)
            if node is not first:
                node.ask("CLUSTER", "MEET", "127.0.0.1", first.port, self._bus_port(first))
        wait_for(lambda: all(len(self.known_to(node)) == len(self.nodes) for node in self.nodes), within_s=20)
        for n in range(PRIMARIES):
            primary = self.nodes[n].ask("CLUSTER", "MYID").decode()
            self.nodes[n + PRIMARIES].ask("CLUSTER", "REPLICATE", primary)
        self.wait_until_whole()

    def wait_until_whole(self, within_s: float = 30.0) -> None:
        """Wait until every node that lives sees every slot served, and every primary has a replica in step."""
        wait_for(self._is_whole, within_s)

    def _is_whole(self) -> bool:
        with suppress(RedisError):
            for node in self.nodes:
                if "cluster_state:ok" not in _text(node.ask("CLUSTER", "INFO")):
                    return False
                said: Any = node.ask("ROLE")
                if said[0] == b"slave" and said[3] != b"connected":
                    return False
            primaries = self.primaries()
            return len(primaries) == PRIMARIES and all(len(node.ask("ROLE")[2]) == 1 for node in primaries)
        return False

    def primaries(self) -> list[RedisProcess]:
        """Return the nodes that are primaries, by what they say themselves."""
        return [node for node in self.nodes if node.ask("ROLE")[0] == b"master"]

    def known_to(self, node: RedisProcess) -> dict[str, list[str]]:
        """Return all nodes that one knows by name, by id: the words of its line of CLUSTER NODES."""
        lines = [line.split() for line in _text(node.ask("CLUSTER", "NODES")).splitlines()]
        return {words[0]: words for words in lines if "handshake" not in words[2] and "noaddr" not in words[2]}

    def keeper_of(self, slot: int) -> RedisProcess:
        """Return the primary of a slot."""
        answer: Any = next(node for node in self.nodes if node.process and node.process.poll() is None).ask(
            "CLUSTER", "SLOTS"
        )
        port = next(primary[1] for first, last, primary, *_ in answer if first <= slot <= last)
        return next(node for node in self.nodes if node.port == port)

    def move(self, slot: int, to: RedisProcess, between: Callable[[], object] = lambda: None) -> None:
        """Move a slot to another primary, key by key, as an operator's tools do; ``between`` is called after each."""
        source = self.keeper_of(slot)
        names = {node: node.ask("CLUSTER", "MYID").decode() for node in self.primaries()}
        to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", names[source])
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", names[to])
        between()
        while keys := source.ask("CLUSTER", "GETKEYSINSLOT", slot, 1):
            source.ask("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "KEYS", *keys)
            between()
        for node in (to, source, *names):
            node.ask("CLUSTER", "SETSLOT", slot, "NODE", names[to])

    def slots_with_keys(self, node: RedisProcess, most: int) -> list[int]:
        """Return some slots of a primary that hold keys, the first ones."""
        with node.client() as client:
            keys = [key for key in client.scan_iter(count=1_000) if isinstance(key, bytes)]
        return sorted({slot_of(key) for key in keys})[:most]

    def wait_for_failover_of(self, node: RedisProcess) -> None:
        """Wait until the others agree that another node keeps what this one kept."""
        others = [each for each in self.nodes if each is not node]
        wait_for(lambda: all(node.port not in _keepers(each) for each in others), within_s=30)

    def client(self) -> redis.Redis:
        """Return a client of the whole cluster."""
        return open_store(self.url)

    def mend(self) -> None:
        """Start again what was killed, let go on what was stopped, and wait until all is well."""
        for node in self.nodes:
            if node.process is None or node.process.poll() is not None:
                node.start()
            else:
                node.go_on()
        self.wait_until_whole()

    def flush(self) -> None:
        """Empty it; function libraries stay."""
        for node in self.primaries():
            node.ask("FLUSHALL")

    def _bus_port(self, node: RedisProcess) -> str:
        return node._config["cluster-port"]


def _keepers(asked: RedisProcess) -> set[int]:
    return {primary[1] for _, _, primary, *_ in asked.ask("CLUSTER", "SLOTS")}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _text(answer: Any) -> str:
    text: bytes = answer
    return text.decode()
