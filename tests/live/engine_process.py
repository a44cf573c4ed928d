"""An engine that serves one shop, and can be killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import redis

from engine.edge.database import database_url
from engine.edge.redis_store import open_store
from engine.edge.sites import Site, add_site
from tests.engine_process import EngineProcess, own_redis_url
from tests.redis_cluster import free_port

ORIGIN = "http://shop.test"

RULES = """
- rule: cart-sweetener
  when:
    - page is cart
    - views(cart) > 2
    - page.dwell > 10s
  show:
    chat:
      text: "Still thinking? {{coupon.code}} takes some off today."
      coupon: WELCOME100
  limit: once per session
"""

SITE = """
holdout: 0%
policy:
  quiet: 0s
"""


class ShopEngine(EngineProcess):
    """An engine with one site, whose pages are at ``ORIGIN``. Started again it has the same port and data."""

    def __init__(self, folder: Path, *flags: str, redis_url: str | None = None, database: str | None = None) -> None:
        rules = folder / "rules"
        rules.mkdir(parents=True)
        (rules / "cart.yaml").write_text(RULES)
        (rules / "site.yaml").write_text(SITE)
        self._redis_url = redis_url
        self._database = database
        self._stores = [*(("--redis", redis_url) if redis_url else ()), *(("--database", database) if database else ())]
        super().__init__(folder, "--port", str(free_port()), *flags, *self._stores)
        self.data.mkdir()
        # in a thread of its own: the test that asks for an engine may have an event loop running
        with ThreadPoolExecutor(1) as thread:
            self.site = thread.submit(self._add_site).result().key

    def _add_site(self) -> Site:
        return asyncio.run(add_site(self.database, "A shop", [ORIGIN]))

    @property
    def database(self) -> str:
        """The URL of its database."""
        return self._database or database_url(None, self.data)

    @property
    def where(self) -> list[str]:
        """The words that tell a command where this engine keeps things."""
        return ["--data", str(self.data), *self._stores]

    @property
    def environment(self) -> dict[str, str]:
        """The same for any command, also for one that has no word for a Redis."""
        stores = {"SHOPBELL_REDIS_URL": self._redis_url, "SHOPBELL_DATABASE_URL": self._database}
        return {"SHOPBELL_DATA": str(self.data)} | {name: value for name, value in stores.items() if value}

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self.process.pid

    @property
    def workers(self) -> list[int]:
        """The processes that share the port, where there are several."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [pid for pid in map(int, children) if b"spawn_main" in command_of(pid)]

    @property
    def host(self) -> str:
        """Its name and port."""
        return urlsplit(self.url).netloc

    @property
    def stream(self) -> str:
        """The address of the shoppers' stream."""
        return f"ws://{self.host}{self.path}"

    @property
    def path(self) -> str:
        """The path of the shoppers' stream."""
        return f"/v1/stream?site={self.site}"

    @property
    def ready(self) -> int:
        """The status of ``/readyz``; 0 while nobody answers."""
        return self.get("/readyz")[0]

    @property
    def metrics(self) -> str:
        """What ``/metrics`` says."""
        return self.get("/metrics")[1]

    @property
    def memory(self) -> int:
        """Its memory that is in RAM, in bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    @property
    def open_files(self) -> int:
        """How many files and connections it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    @property
    def redis_pid(self) -> int:
        """The process of the server that the engine has started for itself; 0 while it is starting."""
        return int((self.data / "redis" / "redis.pid").read_text() or 0)

    def redis(self) -> redis.Redis:
        """Return a client of the engine's Redis."""
        return open_store(self.redis_url)

    @property
    def redis_url(self) -> str:
        """Where the engine's Redis is."""
        return self._redis_url or own_redis_url(self.data)

    def start_again(self) -> None:
        """Start it once more, and wait until it takes shoppers."""
        self.start()
        self.wait_until_ready()

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        os.kill(self.pid, signal.SIGKILL)
        self.ended()

    def stop(self) -> None:
        """Ask it to end."""
        os.kill(self.pid, signal.SIGTERM)

    def ended(self, within_s: float = 10.0) -> int:
        """Wait for its end; return the exit status."""
        return self.process.wait(within_s)


def command_of(pid: int) -> bytes:
    """Return what a process was started with; nothing of one that has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
