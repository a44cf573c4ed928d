"""The engine as a newcomer starts it: by the Makefile's own words."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.engine_process import EngineProcess

ROOT = Path(__file__).parents[2]


class MakeRun(EngineProcess):
    """What ``make run`` runs once all is installed, with an empty data folder and on a free port."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        arguments = f"--port 0 --data {shlex.quote(str(self.data))}"
        programs = Path(sys.executable).parent
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        said = subprocess.run(
            ["make", "--dry-run", "run", f"BIN={programs}", f"ARGS={arguments}"],  # noqa: S607
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        self.program = shlex.split(said.stdout.strip().splitlines()[-1].removeprefix("exec "))
        self._words = []
