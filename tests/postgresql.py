"""
A PostgreSQL of the tests' own: a folder, a socket in it, and nothing on the network.

PostgreSQL does not run as root: then it runs as the system's ``postgres`` or ``nobody``.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

ACCOUNTS = ("postgres", "nobody")
_FAST = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=200"
"""No power cut is tested here: what is committed need not be on the disk."""


class PostgreSQL:
    """A server that runs inside the ``with`` block."""

    def __init__(self) -> None:
        # a socket's path must be short, and another account must be able to reach it
        self.folder = Path(tempfile.mkdtemp(prefix="shopbell-pg-", dir="/tmp"))
        self._as: list[str] = []

    def __enter__(self) -> Self:
        if os.getuid() == 0:
            account = next(each for each in ACCOUNTS if _is_account(each))
            shutil.chown(self.folder, account)
            self._as = ["runuser", "-u", account, "--"]
        self._run("initdb", "-D", f"{self.folder}/data", "-U", "shop", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"{_FAST} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-o", options, "-w", "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        """Return the address of a database as an operator gives it."""
        return f"postgresql://shop@/{database}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Carry out a statement that no transaction may hold."""
        self._run("psql", "-h", str(self.folder), "-U", "shop", "-d", "postgres", "-qc", statement)

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [*self._as, str(programs() / program), *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"


def programs() -> Path:
    """Return the folder of PostgreSQL's programs; Debian keeps it off the PATH."""
    named = os.environ.get("SHOPBELL_TEST_POSTGRESQL")
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    if named is None and on_path is None and not found:
        raise AssertionError("the tests need PostgreSQL, run: tools/need-postgresql")
    return Path(named) if named else Path(on_path).resolve().parent if on_path else found[-1]


def _is_account(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
