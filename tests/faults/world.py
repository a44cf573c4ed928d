"""A shop as it runs: engines, where they keep things, and a load balancer before them."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import redis

from engine.core.coupons import Pool
from engine.edge.coupon_pools import add_codes, put_pool
from engine.edge.database import database_url, migrate_now, open_database
from engine.edge.redis_store import open_store
from engine.edge.sites import Site, add_site
from tests.engine_process import get
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.postgresql import PostgreSQL
from tests.redis_cluster import RedisCluster, RedisProcess, free_port
from tests.stores import running_store
from tests.waiting import wait_for

CODES = 2_000
RULES = """
- rule: treat
  when: [page is cart, views(cart) > 2]
  show: {coupon: {title: "For you", pool: TREAT, value: 50}}
  limit: once per session
"""
NO_LIMIT = ("--events-per-second", "0", "--events-per-session", "0", "--archive-every", "0")


class Node(ShopEngine):
    """One of several engines of one shop: it has the site, and the key of its tokens, of the others."""

    def __init__(self, folder: Path, world: World, *flags: str) -> None:
        self._world = world
        super().__init__(folder, *NO_LIMIT, *flags, redis_url=world.redis_url, database=world.database)
        (self.data / "secret.key").write_text(world.secret)
        (self.rules / "cart.yaml").write_text(RULES)

    def _add_site(self) -> Site:
        return self._world.site


class World:
    """
    ``engines`` processes of ``workers`` each, on a ``store`` of tests.stores, with PostgreSQL where there are several.

    With ``front`` a haproxy stands before them, and shoppers come to that. There are ``codes`` coupons to give out.
    """

    def __init__(
        self,
        store: str = "own",
        engines: int = 1,
        workers: int = 1,
        front: bool = False,
        codes: int = CODES,
        flags: Sequence[str] = (),
    ) -> None:
        self._kind, self._engines, self._workers, self._front = store, engines, workers, front
        self._codes, self._flags = codes, flags
        self.secret = f"k1 {secrets.token_hex(32)}\n"
        self.redis_url: str | None = None
        self.nodes: list[Node] = []
        self.store: RedisProcess | RedisCluster | None = None
        self.balancer: Balancer | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shopbell-faults-")))
            if self._kind != "own":
                self.store = stack.enter_context(running_store(self._kind))
                self.redis_url = self.store.url
            self.database = self._new_database(stack)
            asyncio.run(self._open_shop())
            flags = ("--workers", str(self._workers), *self._flags)
            self.nodes = [Node(self._folder / f"node{n}", self, *flags) for n in range(self._engines)]
            for node in self.nodes:
                stack.enter_context(node)
            if self._front:
                self.balancer = stack.enter_context(Balancer(self._folder, self.nodes))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def streams(self) -> list[str]:
        """The addresses of the shoppers' streams."""
        if self.balancer is not None:
            return [f"ws://127.0.0.1:{self.balancer.port}{self.nodes[0].path}"]
        return [node.stream for node in self.nodes]

    def redis(self) -> redis.Redis:
        """Return a client of what the engines count in."""
        return open_store(self.redis_url) if self.redis_url else self.nodes[0].redis()

    def stream_through(self, port: int) -> str:
        """Return the address of the shoppers' stream behind a proxy."""
        return f"ws://127.0.0.1:{port}{self.nodes[0].path}"

    def _new_database(self, stack: ExitStack) -> str:
        if self._engines == 1:
            url = database_url(f"sqlite:///{self._folder}/shop.db", self._folder)
        else:
            server = stack.enter_context(PostgreSQL())
            server.run("CREATE DATABASE shop")
            url = database_url(server.url("shop"), self._folder)
        migrate_now(url)
        return url

    async def _open_shop(self) -> None:
        self.site = await add_site(self.database, "A shop", [ORIGIN])
        database = open_database(self.database)
        async with database.begin() as connection:
            await put_pool(connection, self.site.key, Pool("TREAT"))
            await add_codes(connection, self.site.key, "TREAT", [(n, f"T{n}") for n in range(self._codes)])
        await database.dispose()


class Balancer:
    """A haproxy before engines: it asks each whether it is ready, and sends nobody to one that is not."""

    def __init__(self, folder: Path, engines: list[Node]) -> None:
        self.port = free_port()
        self._config = folder / "haproxy.cfg"
        self._config.write_text(_HAPROXY.format(port=self.port, servers="\n".join(map(_server, engines))))
        self._log = folder / "haproxy.log"

    def __enter__(self) -> Self:
        program = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        assert program is not None, "the tests need haproxy, run: tools/need-haproxy"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen([program, "-db", "-f", self._config], stdout=log, stderr=log)
        wait_for(self._answers, within_s=20)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()
        return get(f"http://127.0.0.1:{self.port}/healthz")[0] == 200


def _server(engine: Node) -> str:
    return f"    server s{engine.host.rpartition(':')[2]} {engine.host} check inter 100ms fall 1 rise 1"


_HAPROXY = """
global
    maxconn 4000
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
    retries 3
    option redispatch 1
    retry-on conn-failure empty-response 503
frontend shop
    bind 127.0.0.1:{port}
    default_backend engines
backend engines
    balance leastconn
    option httpchk GET /readyz
{servers}
"""
