"""What the engine's own Valkey has written comes to the disk within a second, and no kill of Valkey costs any of it."""

import errno
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest
import redis

from engine.edge import write_through
from engine.edge.embedded_redis import EmbeddedRedis
from tests.waiting import PATIENCE_S, wait_for

BUSY_DISK = """
#include <sys/syscall.h>
#include <unistd.h>
int fdatasync(int file) {
    if (syscall(SYS_gettid) != getpid()) usleep(1500000);
    return syscall(SYS_fdatasync, file);
}
"""
"""Bringing something to the disk takes a second and a half; not as a server starts and ends, in its first thread."""


@pytest.fixture
def busy_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give servers that are started from now on a disk that cannot keep up."""
    source, library = tmp_path / "busy_disk.c", tmp_path / "busy_disk.so"
    source.write_text(BUSY_DISK)
    compiler = shutil.which("cc")
    assert compiler is not None, "this test needs a C compiler, run: tools/need-cc"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    monkeypatch.setenv("LD_PRELOAD", str(library))


@pytest.mark.usefixtures("busy_disk")
def test_server_killed_while_the_disk_cannot_keep_up_has_all_that_it_acknowledged(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path / "redis") as server, redis.Redis(unix_socket_path=str(server.socket)) as client:
        acknowledged, killed, (began_s, _) = 0, server.pid, client.time()
        while (
            client.time()[0] < began_s + 2
        ):  # by then one that brings each second to the disk by itself is busy with it
            acknowledged = client.incr("views")
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: server.pid not in (None, killed) and answers(client))
        assert int(client.get("views") or 0) == acknowledged


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_what_it_was_told_is_brought_to_the_disk_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought: list[Path] = []
    monkeypatch.setattr(write_through, "EVERY_S", 0.01)
    monkeypatch.setattr(
        write_through, "_to_disk", lambda file: brought.append(Path(f"/proc/self/fd/{file}").readlink())
    )

    def ours() -> list[Path]:  # another Valkey of this process has a thread of its own that does the same
        return [file for file in brought if file.is_relative_to(tmp_path)]

    with EmbeddedRedis(tmp_path):
        wait_for(lambda: len(ours()) > 2)
    assert set(ours()) == {tmp_path / "appendonlydir" / "appendonly.aof.1.incr.aof"}


def test_file_that_was_rewritten_meanwhile_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").mkdir()
    (tmp_path / "appendonlydir" / "gone.incr.aof").symlink_to(tmp_path / "gone")
    write_through.write_through(tmp_path)


def test_disk_that_fails_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried, second = [], threading.Event()

    def fail(folder: Path) -> None:
        if folder != tmp_path:  # the thread of another Valkey of this process
            return
        tried.append(folder)
        if len(tried) > 1:
            second.set()
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(write_through, "EVERY_S", 0.001)
    monkeypatch.setattr(write_through, "write_through", fail)
    with EmbeddedRedis(tmp_path):
        assert second.wait(PATIENCE_S)
    assert "what redis has written could not be brought to the disk: [Errno 5] Input/output error" in caplog.text
