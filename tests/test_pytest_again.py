"""What failed beside other tests runs once more by itself; what fails then, or fails in numbers, is broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
AGAIN = CHECKOUT / "tools" / "pytest-again"

SLOW_ONCE = """
from pathlib import Path

def test_in_haste():
    been = Path(__file__).with_suffix(".been")
    first = not been.exists()
    been.touch()
    assert not first
"""
BROKEN = "def test_broken():\n    assert not 1\n"
SOUND = "def test_sound():\n    assert 1\n"


def run(folder: Path, **files: str) -> subprocess.CompletedProcess[str]:
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    words = [str(AGAIN), sys.executable, "-q", "-p", "xdist.plugin", "-n", "2", "."]
    lean = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # most of the time went into plugins that nothing uses
    return subprocess.run(words, cwd=folder, env=lean, capture_output=True, text=True, check=False)


def test_what_passes_by_itself_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, sound=SOUND, slow=SLOW_ONCE)
    assert done.returncode == 0, done.stdout
    said = done.stdout.splitlines()
    assert said[-2:] == [
        "UNSTEADY, to be mended: these failed beside others, and passed by themselves",
        "test_slow.py::test_in_haste",
    ]


def test_what_fails_again_is_broken(tmp_path: Path) -> None:
    done = run(tmp_path, sound=SOUND, slow=SLOW_ONCE, broken=BROKEN)
    assert done.returncode == 1
    assert "UNSTEADY" not in done.stdout


def test_many_failures_do_not_run_again(tmp_path: Path) -> None:
    done = run(tmp_path, **{f"slow_{n}": SLOW_ONCE for n in range(6)})
    assert done.returncode == 1
    assert "6 failed" in done.stdout.splitlines()[-1]


def test_error_in_the_order_is_an_error(tmp_path: Path) -> None:
    done = run(tmp_path, broken="import nothing_like_it\n")
    assert done.returncode not in (0, 1)


def test_nothing_failed_nothing_runs_again(tmp_path: Path) -> None:
    done = run(tmp_path, sound=SOUND)
    assert done.returncode == 0
    assert "1 passed" in done.stdout.splitlines()[-1]


def test_one_test_of_a_file_that_has_long_ones_can_run_again(tmp_path: Path) -> None:
    failed = "tests/test_server.py::test_killed_redis_is_started_again_while_the_engine_stays"
    (tmp_path / "v" / "cache").mkdir(parents=True)
    (tmp_path / "v" / "cache" / "lastfailed").write_text(json.dumps({failed: True}))
    words = ["-n", "0", "--last-failed", "--collect-only", "-q", "-m", "not long", "-o", f"cache_dir={tmp_path}"]
    command = [sys.executable, "-m", "pytest", *words, "--ignore=tests/core"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, failed), done.stderr
