"""
EverShop (https://evershop.io) on a PostgreSQL of its own, with the products that it brings along.

It is installed and built once, into ``.cache/``; ``concat-stream`` is a package that it uses and does not name.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import asyncpg

from tests.bench.processes import free_port
from tests.engine_process import get
from tests.postgresql import PostgreSQL
from tests.waiting import wait_for

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".cache" / "real-shop"
STARTS_WITHIN_S = 90
TAKES_ORDERS = """
insert into shipping_zone(name) values ('everywhere');
insert into shipping_zone_country(zone_id, country) values (1, 'US');
insert into shipping_zone_provider(zone_id, provider_code) values (1, 'core');
insert into core_shipping_method(name) values ('Parcel');
insert into core_shipping_method_rate(method_id, zone_id, cost) values (1, 1, 5);
insert into setting(name, value) values ('codPaymentStatus', '1');
"""
"""What its merchant sets in the admin pages: where it sends to, for how much, and that cash is taken."""


class EverShop:
    """The shop, there inside the ``with`` block at ``url``."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            install()
            self._postgresql = stack.enter_context(PostgreSQL())
            self._postgresql.run("CREATE DATABASE evershop")
            stack.callback(self._stop)
            self._start()  # it makes its tables
            self._stop()
            self._command("seed", "--attributes", "--categories", "--collections", "--products")
            asyncio.run(self._carry_out(TAKES_ORDERS))
            self._start()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def ask(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Return what the shop's own database says."""
        with ThreadPoolExecutor(1) as elsewhere:  # Playwright has an event loop running here
            return elsewhere.submit(asyncio.run, self._fetch(query, values)).result()

    async def _fetch(self, query: str, values: Sequence[object]) -> list[dict[str, Any]]:
        connection = await self._connect()
        try:
            return [dict(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close()

    async def _carry_out(self, statements: str) -> None:
        connection = await self._connect()
        await connection.execute(statements)
        await connection.close()

    async def _connect(self) -> Any:
        return await asyncpg.connect(self._postgresql.url("evershop"))

    @property
    def _environment(self) -> dict[str, str]:
        database = {
            "DB_HOST": str(self._postgresql.folder),
            "DB_PORT": "5432",
            "DB_USER": "shop",
            "DB_NAME": "evershop",
        }
        ours = {"DB_PASSWORD": "", "DB_SSLMODE": "disable", "PORT": str(self.port), "SUPPRESS_NO_CONFIG_WARNING": "1"}
        return {**os.environ, **database, **ours, "NODE_ENV": "production"}

    def _start(self) -> None:
        with (FOLDER / "shop.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(FOLDER / "node_modules/.bin/evershop"), "start"], cwd=FOLDER, env=self._environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_for(self._answers, STARTS_WITHIN_S)

    def _answers(self) -> bool:
        assert self._process.poll() is None, (FOLDER / "shop.log").read_text()
        return get(self.url)[0] == 200

    def _stop(self) -> None:
        """End it with the processes that it has started, which are of its own session."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(20)

    def _command(self, *words: str) -> None:
        command = [str(FOLDER / "node_modules/.bin/evershop"), *words]
        done = subprocess.run(command, cwd=FOLDER, env=self._environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def install() -> None:
    """Have the shop in its folder, built: once, and again when another version is wanted."""
    wanted = json.loads((HERE / "package.json").read_text())
    stamp = FOLDER / "built"
    if stamp.exists() and json.loads(stamp.read_text()) == wanted:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    shutil.copy(HERE / "package.json", FOLDER)
    subprocess.run(
        [str(shutil.which("npm")), "install", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=FOLDER,
        check=True,
        timeout=900,
    )
    build = [str(FOLDER / "node_modules/.bin/evershop"), "build"]
    subprocess.run(build, cwd=FOLDER, check=True, timeout=900, capture_output=True)
    stamp.write_text(json.dumps(wanted))
