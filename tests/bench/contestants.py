"""Who is measured: engines with rule sets of different sizes, and servers that only echo."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.processes import Program, cores, free_port, pin
from tests.bench.rules import SITE, rule_file
from tests.bench.shopper import ORIGIN

_NO_LIMITS = ("--events-per-second", "1000000", "--events-burst", "1000000")
_ECHOES = {"picows echo": "picows_echo", "FastAPI echo": "fastapi_echo", "websockets echo": "websockets_echo"}

ENGINES = {"engine, 10 rules": 10, "engine, 100 rules": 100, "engine, 1,000 rules": 1000}
ENGINE, ENGINE_FEW, ENGINE_MANY = "engine, 100 rules", "engine, 10 rules", "engine, 1,000 rules"
PICOWS, FASTAPI, WEBSOCKETS = _ECHOES


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server that runs. ``redis_pid`` and ``redis_socket`` are those of an engine's own Valkey, else 0 and empty."""

    name: str
    program: Program
    path: str
    redis_pid: int = 0
    redis_socket: str = ""

    @property
    def pid(self) -> int:
        """The server's process."""
        return self.program.pid

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.program.port


@contextmanager
def running(names: Sequence[str]) -> Iterator[dict[str, Contestant]]:
    """Start these contestants, all at once, and stop them in the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shopbell-bench-")))
        started = {name: _start(name, folder / f"{n}", stack) for n, name in enumerate(names)}
        for each in started.values():
            each.program.wait_until_ready()
        yield {name: _with_redis(each, folder / f"{n}") for n, (name, each) in enumerate(started.items())}


def _start(name: str, folder: Path, stack: ExitStack) -> Contestant:
    folder.mkdir()
    port = free_port()
    if name in ENGINES:
        words, path = _engine(folder, port, rule_file(ENGINES[name]))
    else:
        words, path = ["-m", f"tests.bench.servers.{_ECHOES[name]}", str(port)], "/v1/stream"
    program = Program(words, folder / "log", port)
    stack.callback(program.stop)
    return Contestant(name, program, path)


def _engine(folder: Path, port: int, rules: str) -> tuple[list[str], str]:
    """Lay out an engine's folders; return its command and the path of its stream."""
    for each in ("data", "rules"):
        (folder / each).mkdir()
    (folder / "rules/rules.yaml").write_text(rules)
    (folder / "rules/site.yaml").write_text(SITE)
    command = [sys.executable, "-m", "engine", "sites", "add", "Bench", "--origin", ORIGIN, "--data", folder / "data"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    key = re.search(r"pk_\w+", said)
    assert key is not None, said
    serve = ["-m", "engine", "serve", "--port", str(port), "--data", str(folder / "data")]
    return [*serve, "--rules", str(folder / "rules"), *_NO_LIMITS], f"/v1/stream?site={key[0]}"


def _with_redis(contestant: Contestant, folder: Path) -> Contestant:
    """Find an engine's own Valkey and take it off the engine's core."""
    if contestant.name not in ENGINES:
        return contestant
    redis = folder / "data/redis"
    pid = int((redis / "redis.pid").read_text())
    pin(pid, cores()[1])
    return Contestant(contestant.name, contestant.program, contestant.path, pid, str(redis / "redis.sock"))
