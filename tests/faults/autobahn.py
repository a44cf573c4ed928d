"""``make autobahn``: says why the Autobahn suite is not run here, and what looks at the same things."""

from __future__ import annotations

import shutil
import sys

NOT_HERE = """\
The Autobahn suite (wstest) is a program for Python 2.7, in its newest release (25.10.1) too. Debian 12 has neither
that interpreter nor PyPy for it: the suite is not run.
What it looks at is tested, frame by frame, by tests/edge/test_stream.py and tests/live/test_bad_frames.py:
framing and lengths, pings and pongs, reserved bits, opcodes, fragments, UTF-8 and closing. Compression (its cases 12
and 13) the stream never agrees on."""


def main() -> int:
    """Say it."""
    found = shutil.which("wstest")
    print(NOT_HERE if found is None else f"{found} is here, but nothing in this repository drives it yet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
