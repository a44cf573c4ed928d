"""One engine per data folder, and a killed one leaves no lock behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.edge.folder_lock import FolderInUse, FolderLock

HOLDER = """
import sys
from pathlib import Path
from engine.edge.folder_lock import FolderLock
with FolderLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_engine_is_told_who_has_the_folder(data: Path) -> None:
    with (
        FolderLock(data),
        pytest.raises(FolderInUse) as refused,
        FolderLock(data),
    ):
        pass
    assert str(refused.value) == (
        f"another engine (process {os.getpid()}) uses the data folder '{data}', expected one engine per data folder"
    )


def test_folder_is_free_when_its_engine_has_stopped(data: Path) -> None:
    for _ in range(2):
        with FolderLock(data):
            pass


def test_folder_is_free_when_its_engine_was_killed(data: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderInUse, match=f"process {holder.pid}"), FolderLock(data):
            pass
        holder.kill()
    with FolderLock(data):
        pass


def test_folder_is_made_for_this_account_alone(tmp_path: Path) -> None:
    with FolderLock(tmp_path / "new" / "data"):
        assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700
