"""Starting a peer: its own Valkey, the benchmarks' rules as a file, and the server on the servers' core."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from pathlib import Path

from engine.edge.embedded_redis import EmbeddedRedis
from tests.bench.peers.rules import write_rules
from tests.bench.processes import Program, free_port

NODE_IFS, NODE_RULES, FASTAPI_REDIS = "Node, plain ifs", "Node, json-rules-engine", "FastAPI, redis-py"
NAMES = (NODE_IFS, NODE_RULES, FASTAPI_REDIS)
RULES = 100

HERE = Path(__file__).parent


class NoPeers(Exception):
    """What the peers take is not here; the sentence says what."""


def install() -> None:
    """Install the packages of the peers in Node, unless they are there. Raises NoPeers."""
    if (HERE / "node_modules/.package-lock.json").exists():
        return
    try:
        subprocess.run(["npm", "ci", "--loglevel=error"], cwd=HERE, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoPeers(f"the packages of {HERE}/package.json could not be installed: {error}") from error


def version_of(package: str) -> str:
    """Return the version of a package that a peer runs with, as its lock file says."""
    lock = json.loads((HERE / "package-lock.json").read_text())
    version: str = lock["packages"][f"node_modules/{package}"]["version"]
    return version


def start(name: str, folder: Path, stack: ExitStack) -> Program:
    """Start a peer by its name; it ends with the stack."""
    rules, port = folder / "rules.json", free_port()
    write_rules(RULES, rules)
    redis = stack.enter_context(EmbeddedRedis(folder / "data/redis"))
    socket = str(redis.socket)
    if name == FASTAPI_REDIS:
        program = Program(
            ["-m", "tests.bench.peers.fastapi_redis", str(port), socket, str(rules)], folder / "log", port
        )
    else:
        judge = name.removeprefix("Node, ")
        words = [str(HERE / "server.js"), str(port), socket, str(rules), judge]
        program = Program(words, folder / "log", port, interpreter="node")
    stack.callback(program.stop)
    return program
