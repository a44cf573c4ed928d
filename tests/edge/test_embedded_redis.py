"""The engine's own Valkey: it starts, keeps what it was told, comes back, and is never left behind."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import redis

from engine.edge import embedded_redis, rewrites
from engine.edge.embedded_redis import EmbeddedRedis
from engine.edge.redis_binary import RedisBinary
from engine.edge.redis_version import NoRedis, RedisVersion, reach
from tests.waiting import wait_for

OWNER = """
import sys
from pathlib import Path
from engine.edge.embedded_redis import EmbeddedRedis
server = EmbeddedRedis(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
sys.stdin.read()
"""


def client_of(server: EmbeddedRedis) -> redis.Redis:
    return redis.Redis.from_url(server.url)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


async def test_server_is_new_enough_and_answers_at_its_url(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        version = (await reach(server.url)).version
    assert version.new_enough
    assert str(server).startswith(f"{version} of its own in ")


def test_what_it_was_told_is_there_after_a_restart(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        client.set("views", 3)
    with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        assert client.get("views") == b"3"


@pytest.mark.parametrize(("aside_up_to", "policy"), [(10**6, os.SCHED_IDLE), (0, os.SCHED_OTHER)])
def test_file_that_has_grown_is_written_anew_by_a_child_that_gives_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aside_up_to: int, policy: int
) -> None:
    monkeypatch.setattr(rewrites, "ASIDE_UP_TO_BYTES", aside_up_to)
    with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        client.config_set("rdb-key-save-delay", 50_000)  # microseconds for each key: it takes its time
        client.mset({f"key{n}": n for n in range(400)})
        assert not children_of(server)
        monkeypatch.setattr(rewrites, "FROM_BYTES", 1000)
        child = wait_for(lambda: children_of(server))[0]
        wait_for(lambda: os.getpriority(os.PRIO_PROCESS, child) == rewrites.LESS_URGENT_BY)
        wait_for(lambda: os.sched_getscheduler(child) == policy)
        assert os.getpriority(os.PRIO_PROCESS, server.pid or 0) == os.getpriority(os.PRIO_PROCESS, 0)
        assert os.sched_getscheduler(server.pid or 0) == os.SCHED_OTHER


def children_of(server: EmbeddedRedis) -> list[int]:
    return [int(child) for child in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]


def test_counters_of_a_visitor_stay_in_one_compact_block(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        client.hset("visitor", mapping={f"field{n}": "x" * 500 for n in range(250)})
        assert client.object("encoding", "visitor") == b"listpack"


def test_killed_server_comes_back_at_the_same_address_with_its_data(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        client.set("views", 3)
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: server.pid not in (None, killed))
        wait_for(lambda: answers(server))
        assert client.get("views") == b"3"
    assert "redis ended with status -9, starting it again in 0.10 s" in caplog.text


def answers(server: EmbeddedRedis) -> bool:
    try:
        with client_of(server) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_server_of_a_killed_engine_ends_and_a_new_engine_starts(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        server_pid = int(owner.stdout.readline())
        owner.kill()
    with EmbeddedRedis(tmp_path) as server:
        assert answers(server)
        wait_for(lambda: not is_running(server_pid))


def test_server_left_behind_is_stopped_before_another_starts(tmp_path: Path) -> None:
    left_behind = EmbeddedRedis(tmp_path)
    left_behind.start()
    left_behind._stopping.set()  # as if nobody looked after it any more
    first = left_behind.pid
    with client_of(left_behind) as client:
        client.set("views", 3)
    with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        assert server.pid != first
        assert client.get("views") == b"3"
    left_behind.stop()


def test_nothing_is_left_after_stop(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        pid = server.pid
        assert pid is not None
    assert not is_running(pid)
    assert not server.socket.exists()


def test_ctrl_c_in_the_terminal_is_not_for_the_server(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        assert server.pid is not None
        assert os.getpgid(server.pid) != os.getpgrp()


def test_folder_with_a_long_path_gets_a_socket_with_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 25)
    with tempfile.TemporaryDirectory() as short:
        monkeypatch.setattr("tempfile.tempdir", short)
        with EmbeddedRedis(folder) as server:
            assert answers(server)
            assert server.socket.parent.parent == Path(short)
        assert (folder / "appendonlydir").is_dir()


def test_server_that_does_not_start_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(embedded_redis._CONFIG, "appendfsync", "sometimes")
    with pytest.raises(NoRedis, match=r"-server did not start, its last words: .*'appendfsync \"sometimes\"'"):
        EmbeddedRedis(tmp_path).start()


def test_program_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = RedisBinary(tmp_path / "gone-server", RedisVersion("Valkey", (9, 1, 2)))
    monkeypatch.setattr(embedded_redis, "find_redis_binary", lambda: gone)
    with pytest.raises(NoRedis, match=r"gone-server did not start, its last words: .*FileNotFoundError"):
        EmbeddedRedis(tmp_path).start()


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoRedis, match=r"the data folder for Redis cannot be used: .*Not a directory"):
        EmbeddedRedis(tmp_path / "file" / "redis")


def test_long_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_redis, "LOG_BYTES", 10)
    (tmp_path / "redis.log").write_text("what it said before\n")
    with EmbeddedRedis(tmp_path):
        assert (tmp_path / "redis.log.1").read_text() == "what it said before\n"
