"""An engine from its start to its end, as the operator sees it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from engine.edge.embedded_redis import EmbeddedRedis
from engine.server import RECEIVED_AHEAD, Started, listen
from engine.settings import Settings
from tests.engine_process import COMMAND, EngineProcess
from tests.live.engine_process import command_of
from tests.waiting import wait_for

ORIGIN = "https://shop.example"
HELLO = orjson.dumps({"type": "hello", "v": 1, "token": None, "doc": "k3v9x2", "page": None, "context": {}}).decode()


def add_site(engine: EngineProcess) -> str:
    """Add a shop with the command, and return its key."""
    said = subprocess.run(
        [sys.executable, "-m", "engine", "sites", "add", "Shop", "--origin", ORIGIN, "--data", str(engine.data)],
        capture_output=True,
        text=True,
        check=True,
    )
    match = re.search(r'data-site="(pk_\w+)"', said.stdout)
    assert match is not None
    return match[1]


def open_stream(engine: EngineProcess, key: str) -> ClientConnection:
    """Open a stream as a page of the shop, as soon as the engine knows the shop."""
    return wait_for(lambda: stream_of(engine, key), within_s=2.0)


def stream_of(engine: EngineProcess, key: str) -> ClientConnection | None:
    try:
        return connect(engine.url.replace("http", "ws") + f"/v1/stream?site={key}", origin=Origin(ORIGIN))
    except InvalidStatus:  # not known yet
        return None


def children(process: int) -> list[int]:
    """Return the processes that this one started."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def redis_of(engine: EngineProcess) -> int:
    """Return the process of the engine's own Valkey."""
    (redis,) = (each for each in children(engine.process.pid) if "-server" in Path(f"/proc/{each}/comm").read_text())
    return redis


def is_running(process: int) -> bool:
    status = Path(f"/proc/{process}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineProcess]:
    running = EngineProcess(tmp_path)
    running.program = COMMAND  # as an operator starts it
    with running:
        yield running


def test_start_tells_where_it_listens_which_redis_it_uses_and_how_many_rules(engine: EngineProcess) -> None:
    assert re.search(r"^Shopbell \S+ listens on http://127\.0\.0\.1:\d+$", engine.output, re.M)
    assert re.search(rf"^  redis  (Valkey|Redis) \S+ of its own in {engine.data}/redis$", engine.output, re.M)
    assert f"  rules  1 in {engine.rules}\n" in engine.output
    assert engine.get("/healthz") == (200, '{"status":"lives"}')


def test_rules_below_the_folder_of_the_start_are_told_as_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/var")
    for rules, named in (("/var/lib/rules", "lib/rules"), ("/etc/rules", "/etc/rules"), ("rules", "rules")):
        assert (
            f"  rules  1 in {named}" in str(Started(Settings(rules=Path(rules)), "http://x", "redis", 1)).splitlines()
        )


def test_site_added_beside_a_running_engine_is_served_within_two_seconds(engine: EngineProcess) -> None:
    with open_stream(engine, add_site(engine)) as stream:
        stream.send(HELLO)
        assert orjson.loads(stream.recv())["type"] == "welcome"
        assert "shopbell_connections 1.0" in engine.get("/metrics")[1]


def test_second_engine_on_the_same_folder_is_refused(engine: EngineProcess) -> None:
    second = EngineProcess(engine.data.parent)
    second._output = engine.data.parent / "second.log"
    second.start()
    assert second.process.wait(15) == 1
    assert second.output == (
        f"shopbell: another engine (process {engine.process.pid}) uses the data folder '{engine.data}', "
        "expected one engine per data folder\n"
    )


def test_stopped_engine_tells_every_stream_when_to_come_back_and_ends_in_order(engine: EngineProcess) -> None:
    redis_process = redis_of(engine)
    with open_stream(engine, add_site(engine)) as stream:
        stream.send(HELLO)
        stream.recv()
        told = time.monotonic()
        engine.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert re.fullmatch(r"retry_after_ms=\d+", closed.value.rcvd.reason)
    assert engine.process.wait(10) == 0
    assert time.monotonic() - told < 10
    assert not is_running(redis_process)
    assert "error" not in engine.output


def test_killed_engine_leaves_nothing_that_keeps_the_next_one_from_starting(tmp_path: Path) -> None:
    with EngineProcess(tmp_path) as engine:
        key = add_site(engine)
        redis_process = redis_of(engine)
        engine.process.kill()
        engine.process.wait()
    with EngineProcess(tmp_path) as again, open_stream(again, key):
        assert not is_running(redis_process)


def test_killed_redis_is_started_again_while_the_engine_stays(engine: EngineProcess) -> None:
    redis_process = redis_of(engine)
    os.kill(redis_process, signal.SIGKILL)
    wait_for(lambda: "redis ended with status -9, starting it again" in engine.output)
    wait_for(lambda: engine.get("/readyz")[0] == 200)
    assert engine.process.poll() is None


def test_worker_that_dies_is_replaced_and_the_numbers_of_all_are_shown(tmp_path: Path) -> None:
    with EngineProcess(tmp_path, "--workers", "2", "--archive-every", "0") as engine:
        workers = wait_for(lambda: two_workers(engine))
        wait_for(lambda: numbers_written(engine) == 2)
        os.kill(workers[0], signal.SIGKILL)
        wait_for(lambda: workers[0] not in two_workers(engine) and two_workers(engine), within_s=20)
        wait_for(lambda: engine.get("/readyz")[0] == 200)
        wait_for(lambda: numbers_written(engine) == 3)
        assert f"worker {workers[0]} ended with status -9, starting another" in engine.output
    assert engine.process.returncode == 0
    assert not any(map(is_running, workers))


def numbers_written(engine: EngineProcess) -> int:
    """Return how many workers, living and dead, have written their numbers."""
    return len(list((engine.data / "run").glob("*.json")))


def two_workers(engine: EngineProcess) -> list[int]:
    """Return the worker processes if there are two; a helper of Python's that is none of them shows by its words."""
    of_engine = children(engine.process.pid)
    workers = [each for each in of_engine if b"spawn_main" in command_of(each)]
    return workers if len(workers) == 2 else []


def test_workers_of_a_killed_engine_end_too(tmp_path: Path) -> None:
    with EngineProcess(tmp_path, "--workers", "2") as engine:
        workers = wait_for(lambda: two_workers(engine))
        engine.process.kill()
        engine.process.wait()
        wait_for(lambda: not any(map(is_running, workers)))


def test_redis_that_is_named_is_used(tmp_path: Path, redis_server: EmbeddedRedis) -> None:
    with EngineProcess(tmp_path, "--redis", redis_server.url) as engine:
        assert re.search(rf"^  redis  \S+ \S+ at unix://{redis_server.socket}$", engine.output, re.M)
        assert not (engine.data / "redis").exists()


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--port", "http"), "shopbell: --port is 'http', expected a number from 0 to 65535\n"),
        (("--redis", "redis://127.0.0.1:1"), "shopbell: Redis at redis://127.0.0.1:1 cannot be reached: "),
        (("--host", "host.invalid"), "shopbell: cannot listen on host.invalid port 0: "),
        (
            ("--rules", "/nowhere/rules"),
            "/nowhere/rules:1:1: no such folder, expected one of rule files\nshopbell: 1 error in the rules\n",
        ),
    ],
)
def test_start_that_cannot_be_is_refused_with_a_sentence(tmp_path: Path, flags: list[str], sentence: str) -> None:
    engine = EngineProcess(tmp_path, *flags)
    engine.start()
    assert engine.process.wait(15) == 1
    assert engine.output.startswith(sentence)


def test_port_in_use_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        engine = EngineProcess(tmp_path, "--port", str(port))
        engine.start()
        assert engine.process.wait(15) == 1
    assert engine.output == f"shopbell: cannot listen on 127.0.0.1 port {port}: address already in use\n"


def test_demo_says_which_page_to_open(tmp_path: Path) -> None:
    with EngineProcess(tmp_path, command="demo") as engine:
        assert f"\nOpen {engine.url}/ in a browser.\n" in engine.output
        assert engine.get("/")[0] == 200


def test_connection_whose_other_end_acknowledges_nothing_is_given_up() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000


def test_connection_has_little_waiting_for_it() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) <= 2 * RECEIVED_AHEAD
