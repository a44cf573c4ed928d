"""A server process that lives no longer than the one that started it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_LAUNCH = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(sys.argv[1]):
        sys.exit("the starting process is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""


def start_child(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """
    Start the command so that it is told to stop when this process dies, even by ``kill -9``.

    Linux does that for whoever asks for it, and keeps it over an exec: a few lines of Python ask and then
    become the command. (A function between fork and exec would do as well, but not beside threads.) The
    signal follows the *thread* that calls this: it must live as long as the child should.

    In a session of its own, so that Ctrl-C in a terminal reaches us and not the child. What it prints is
    appended to ``log``.
    """
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the command is found by us, and no shell reads it
            [sys.executable, "-I", "-S", "-c", _LAUNCH, str(os.getpid()), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
