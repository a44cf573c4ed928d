"""What the tests need of Debian is installed at once, and asked for no more once it is there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

NEED_ALL = Path(__file__).parents[1] / "tools" / "need-all"
USED = ("bash", "cat", "chmod", "dirname", "env", "find", "flock", "mkdir", "mktemp", "paste", "rm")
APT_GET = """#!/usr/bin/env bash
echo "$*" >>"$(dirname "$0")/asked"
[[ $1 == install ]] && for each; do echo '#!/bin/sh' >"$(dirname "$0")/$each"; chmod +x "$(dirname "$0")/$each"; done
exit 0
"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The programs of a machine that has next to none, and a package manager that notes what it is asked."""
    for name in USED:
        program = shutil.which(name)
        assert program is not None
        (tmp_path / name).symlink_to(program)
    for name, text in (("apt-get", APT_GET), ("id", "#!/bin/sh\necho 0\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def need(bare: Path, *names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NEED_ALL, *names], env={"PATH": str(bare)}, capture_output=True, text=True, check=False)


def test_all_that_is_missing_is_installed_in_one_go(bare: Path) -> None:
    ended = need(bare, "chromium", "firefox")
    assert (ended.returncode, ended.stderr) == (0, "")
    asked = [line for line in (bare / "asked").read_text().splitlines() if line.startswith("install")]
    assert [line.split(" --no-install-recommends ")[1] for line in asked] == ["chromium firefox-esr"]


def test_nothing_is_installed_where_nothing_is_missing(bare: Path) -> None:
    (bare / "chromium").symlink_to("/bin/sh")
    assert need(bare, "chromium").returncode == 0
    assert not (bare / "asked").exists()


def test_account_that_may_not_install_is_told_what_to_do(bare: Path) -> None:
    (bare / "id").write_text("#!/bin/sh\necho 1000\n")
    ended = need(bare, "chromium")
    assert ended.returncode == 1
    assert "On Debian or Ubuntu: sudo apt-get install chromium" in ended.stderr
