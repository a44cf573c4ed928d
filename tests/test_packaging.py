"""The wheel carries all that an engine needs, and the lock pins all that a checkout needs."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the wheel installs."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = folder.glob("shopbell-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, *words: str) -> str:
    """Run Python where only the wheel's engine can be found, and return what it prints."""
    command = [sys.executable, "-P", *words]
    environ = {"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=installed.parent, env=environ, check=True, capture_output=True, text=True).stdout


def test_wheel_carries_every_file_of_the_package(installed: Path) -> None:
    of_checkout = {
        path.relative_to(CHECKOUT).as_posix()
        for path in (CHECKOUT / "engine").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    in_wheel = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    assert not of_checkout - in_wheel


def test_wheel_carries_the_snippet_and_the_playbook(installed: Path) -> None:
    names = run(
        installed,
        "-c",
        "from engine.edge.shipped_files import *; "
        "print(*(path.name for folder in (snippet_folder(), playbook_folder()) for path in folder.iterdir()))",
    ).split()
    assert {"s.js", "s.js.br", "s.js.gz", "manifest.json"} <= set(names)
    assert {path.name for path in (CHECKOUT / "rules" / "playbook").iterdir()} <= set(names)


def test_command_of_the_wheel_runs_the_playbooks_own_sessions(installed: Path) -> None:
    said = run(installed, "-m", "engine", "rules", "test", str(installed / "engine" / "_playbook"))
    assert re.fullmatch(r"[1-9]\d* passed, 0 failed", said.splitlines()[-1])


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_holds_versions_and_hashes_and_nothing_else(lock: str) -> None:
    pin = re.compile(r"[a-z0-9-]+(\[[a-z,]+\])?==[^ ]+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in (CHECKOUT / lock).read_text().splitlines() if not pin.fullmatch(line)] == []


def test_lock_of_the_snippets_tools_holds_no_addresses_of_packages() -> None:
    assert '"resolved"' not in (CHECKOUT / "js-snippet" / "package-lock.json").read_text()


def test_lock_pins_every_dependency() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    for lock, wanted in (
        ("requirements.lock", project["dependencies"]),
        ("requirements-dev.lock", project["dependencies"] + project["optional-dependencies"]["dev"]),
    ):
        pinned = set(re.findall(r"(?m)^([a-z0-9-]+)", (CHECKOUT / lock).read_text()))
        assert {re.split(r"[\[><=]", each)[0].lower() for each in wanted} <= pinned


def test_both_locks_pin_the_same_versions() -> None:
    def pins(lock: str) -> dict[str, str]:
        return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", (CHECKOUT / lock).read_text()))

    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()
