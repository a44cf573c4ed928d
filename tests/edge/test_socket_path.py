"""Where the server's socket goes."""

from pathlib import Path

import pytest

from engine.edge.socket_path import LONGEST_PATH, NoSocketPath, socket_path


@pytest.fixture(autouse=True)
def short_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_socket_is_in_the_folder_where_its_path_is_short_enough() -> None:
    assert socket_path(Path("/data"), "redis.sock") == Path("/data/redis.sock")


def test_long_path_gets_the_same_short_one_each_time(short_temporary_folder: Path) -> None:
    long = short_temporary_folder / ("x" * LONGEST_PATH)
    short = socket_path(long, "redis.sock")
    assert short.parent.parent == short_temporary_folder
    assert socket_path(long, "redis.sock") == short
    assert socket_path(long / "other", "redis.sock") != short
    assert short.parent.stat().st_mode & 0o777 == 0o700


def test_short_folder_that_others_may_enter_is_refused(short_temporary_folder: Path) -> None:
    long = short_temporary_folder / ("x" * LONGEST_PATH)
    short = socket_path(long, "redis.sock").parent
    short.chmod(0o755)
    with pytest.raises(NoSocketPath, match="is not a folder of this account alone, expected one for the server's"):
        socket_path(long, "redis.sock")


def test_short_folder_that_is_a_link_to_elsewhere_is_refused(short_temporary_folder: Path) -> None:
    long = short_temporary_folder / ("x" * LONGEST_PATH)
    short = socket_path(long, "redis.sock").parent
    short.rmdir()
    short.symlink_to(short_temporary_folder)
    with pytest.raises(NoSocketPath):
        socket_path(long, "redis.sock")
