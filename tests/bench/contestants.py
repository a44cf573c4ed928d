"""Who is measured: engines with rule sets of different sizes, and servers that do less."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.peers import running as peers
from tests.bench.processes import Program, cores, free_port, pin
from tests.bench.rules import SITE, looking_back, rule_file
from tests.bench.shopper import ORIGIN, Broken

PICOWS, FASTAPI, WEBSOCKETS, PROTOTYPE = "picows echo", "FastAPI echo", "websockets echo", "prototype"
ENGINE_FEW, ENGINE, ENGINE_MANY = "engine, 10 rules", "engine, 100 rules", "engine, 1,000 rules"
ENGINE_PURE = "engine, 100 rules, pure Python"
ENGINE_PAST = "engine, 100 rules that look back"
RULES_OF = {ENGINE_FEW: 10, ENGINE: 100, ENGINE_MANY: 1000, ENGINE_PURE: 100, ENGINE_PAST: 100}

COMPILED = Path(__file__).parents[2] / ".cache" / "compiled"
"""Where ``make bench`` has the engine compiled; where that could not be done, all engines are pure Python."""

_MODULES = {
    PICOWS: "picows_echo",
    FASTAPI: "fastapi_echo",
    WEBSOCKETS: "websockets_echo",
    PROTOTYPE: "prototype",
}
_NO_LIMITS = ("--events-per-second", "1000000", "--events-burst", "1000000", "--events-per-session", "0")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server that runs, and its Valkey: process 0 where it has none. ``key`` is the site's, of an engine."""

    name: str
    program: Program
    key: str = ""
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

    @property
    def path(self) -> str:
        """Where its stream is."""
        return f"/v1/stream?site={self.key}"


@contextmanager
def running(*names: str) -> Iterator[list[Contestant]]:
    """Start these contestants beside each other, and stop them in the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shopbell-bench-")))
        started = [_start(name, folder / f"{n}", stack) for n, name in enumerate(names)]
        for each in started:
            each.program.wait_until_ready()
        contestants = [_with_redis(each, folder / f"{n}/data/redis") for n, each in enumerate(started)]
        try:
            yield contestants
        except Broken as error:
            for each in contestants:
                error.add_note(f"{each.name} said at last: {each.program.log()}")
            raise


def _start(name: str, folder: Path, stack: ExitStack) -> Contestant:
    (folder / "data").mkdir(parents=True)
    if name in peers.NAMES:
        return Contestant(name, peers.start(name, folder, stack))
    port, key = free_port(), ""
    if name in RULES_OF:
        key = _add_site(folder)
        rules = rule_file(RULES_OF[name])
        words = _serve_engine(folder, port, looking_back(rules) if name == ENGINE_PAST else rules)
    else:
        words = ["-m", f"tests.bench.servers.{_MODULES[name]}", str(port), str(folder / "data/redis")]
    is_compiled = name in RULES_OF and name != ENGINE_PURE and (COMPILED / "compiled-from").exists()
    program = Program(words, folder / "log", port, COMPILED if is_compiled else None)
    stack.callback(program.stop)
    return Contestant(name, program, key)


def _add_site(folder: Path) -> str:
    """Make a site as an operator would; return its key."""
    command = ["sites", "add", "Bench", "--origin", ORIGIN, "--data", str(folder / "data")]
    said = subprocess.run([sys.executable, "-m", "engine", *command], capture_output=True, text=True, check=True)
    key = re.search(r"pk_\w+", said.stdout)
    assert key is not None, said.stdout
    return key[0]


def _serve_engine(folder: Path, port: int, rules: str) -> Sequence[str]:
    """Write the rules; return the command that serves by them."""
    (folder / "rules").mkdir()
    (folder / "rules/rules.yaml").write_text(rules)
    (folder / "rules/site.yaml").write_text(SITE)
    folders = ("--data", str(folder / "data"), "--rules", str(folder / "rules"))
    return ["-m", "engine", "serve", "--port", str(port), *folders, *_NO_LIMITS]


def _with_redis(contestant: Contestant, folder: Path) -> Contestant:
    """Find a contestant's Valkey and take it off the server's core."""
    if not folder.exists():
        return contestant
    pid = int((folder / "redis.pid").read_text())
    pin(pid, cores()[1])
    return replace(contestant, redis_pid=pid, redis_socket=str(folder / "redis.sock"))
