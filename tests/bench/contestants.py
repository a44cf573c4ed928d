"""Who is measured: engines with rule sets of different sizes, and servers that do less."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.edge.database import database_url, migrate, open_database
from engine.edge.sites import Sites
from tests.bench.peers import running as peers
from tests.bench.processes import Program, cores, free_port, pin
from tests.bench.rules import SITE, looking_back, rule_files
from tests.bench.shopper import ORIGIN, Broken

PICOWS, FASTAPI, WEBSOCKETS, PROTOTYPE = "picows echo", "FastAPI echo", "websockets echo", "prototype"
ENGINE_FEW, ENGINE, ENGINE_MANY = "engine, 10 rules", "engine, 100 rules", "engine, 1,000 rules"
ENGINE_PURE = "engine, 100 rules, pure Python"
ENGINE_PAST = "engine, 100 rules that look back"
ENGINE_MOST, ENGINE_SITES = "engine, 10,000 rules", "engine, 100 rules, 1,000 sites"
ENGINE_ONE, ENGINE_TWO = "engine, 1 worker, any core", "engine, 2 workers, any core"


@dataclass(frozen=True, slots=True)
class Kind:
    """How an engine is run; ``roams`` where it is not kept on the servers' core."""

    rules: int = 100
    sites: int = 1
    workers: int = 1
    looks_back: bool = False
    is_pure: bool = False
    roams: bool = False


ENGINES = {
    ENGINE_FEW: Kind(rules=10),
    ENGINE: Kind(),
    ENGINE_MANY: Kind(rules=1000),
    ENGINE_MOST: Kind(rules=10_000),
    ENGINE_PURE: Kind(is_pure=True),
    ENGINE_PAST: Kind(looks_back=True),
    ENGINE_SITES: Kind(sites=1000),
    ENGINE_ONE: Kind(roams=True),
    ENGINE_TWO: Kind(workers=2, roams=True),
}

COMPILED = Path(__file__).parents[2] / ".cache" / "compiled"
"""Where ``make bench`` has the engine compiled; where that could not be done, all engines are pure Python."""


def compiled_environment() -> dict[str, str]:
    """Return what makes a program of these tests run the compiled engine; nothing where it could not be compiled."""
    if not (COMPILED / "compiled-from").exists():
        return {}
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(map(str, (COMPILED, COMPILED.parents[1])))}


_MODULES = {
    PICOWS: "picows_echo",
    FASTAPI: "fastapi_echo",
    WEBSOCKETS: "websockets_echo",
    PROTOTYPE: "prototype",
}
_NO_LIMITS = ("--events-per-second", "1000000", "--events-burst", "1000000", "--events-per-session", "0")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server that runs, and its Valkey: process 0 where it has none. ``keys`` are its sites', of an engine."""

    name: str
    program: Program
    keys: Sequence[str] = ("",)
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
    def paths(self) -> list[str]:
        """Where the streams of its sites are."""
        return [f"/v1/stream?site={key}" for key in self.keys]


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
    if name in ENGINES:
        return _start_engine(name, ENGINES[name], folder, stack)
    port = free_port()
    words = ["-m", f"tests.bench.servers.{_MODULES[name]}", str(port), str(folder / "data/redis")]
    program = Program(words, folder / "log", port)
    stack.callback(program.stop)
    return Contestant(name, program)


def _start_engine(name: str, kind: Kind, folder: Path, stack: ExitStack) -> Contestant:
    port, keys = free_port(), _add_sites(folder / "data", kind.sites)
    (folder / "rules").mkdir()
    for n, rules in enumerate(rule_files(kind.rules)):
        (folder / f"rules/rules-{n}.yaml").write_text(looking_back(rules) if kind.looks_back else rules)
    (folder / "rules/site.yaml").write_text(SITE)
    where = ("--port", str(port), "--data", str(folder / "data"), "--rules", str(folder / "rules"))
    words = ["-m", "engine", "serve", *where, "--workers", str(kind.workers), *_NO_LIMITS]
    is_compiled = not kind.is_pure and (COMPILED / "compiled-from").exists()
    on = set().union(*cores()) if kind.roams else cores()[0]
    program = Program(words, folder / "log", port, COMPILED if is_compiled else None, on=on)
    stack.callback(program.stop)
    return Contestant(name, program, keys)


def _add_sites(data: Path, count: int) -> list[str]:
    """Make so many sites; return their keys."""

    async def add() -> list[str]:
        await migrate(url)
        sites = Sites(open_database(url))
        try:
            return [(await sites.add(f"Bench {n}", [ORIGIN])).key for n in range(count)]
        finally:
            await sites.close()

    url = database_url(None, data)
    with ThreadPoolExecutor(1) as elsewhere:  # a loop is running here already
        return elsewhere.submit(asyncio.run, add()).result()


def _with_redis(contestant: Contestant, folder: Path) -> Contestant:
    """Find a contestant's Valkey and take it off the server's core."""
    if not folder.exists():
        return contestant
    pid = int((folder / "redis.pid").read_text())
    pin(pid, cores()[1])
    return replace(contestant, redis_pid=pid, redis_socket=str(folder / "redis.sock"))
