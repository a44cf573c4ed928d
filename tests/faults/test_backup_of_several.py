"""A shop on a cluster, PostgreSQL and a bucket is kept store by store while shoppers go on, and put into others."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import obstore
import pytest
import redis
from obstore.store import S3Store

from engine.edge.archive_shelf import Bucket
from engine.edge.keys import VisitorKeys
from tests.edge.archives import archived
from tests.engine_process import EngineProcess
from tests.faults.crowd import Crowd
from tests.faults.test_backup import shopbell
from tests.faults.verdict import Event, expected
from tests.faults.world import NO_LIMIT, World
from tests.live.behind import counters_of, kept_events
from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN
from tests.postgresql import PostgreSQL, programs
from tests.redis_cluster import RedisCluster, RedisProcess
from tests.s3 import ObjectStore

ARCHIVES = ("--archive-every", "1", "--archive")


@pytest.fixture
def bucket(s3: ObjectStore) -> str:
    return s3.new_url()


@pytest.fixture
def world(bucket: str) -> Iterator[World]:
    with World("cluster", engines=2, flags=(*ARCHIVES, bucket)) as world:
        yield world


def keep(world: World, bucket: str, to: Path) -> None:
    """Keep the shop as the manual says: the key and the rules, the primaries, the database, the bucket."""
    where = ("--redis", world.redis_url, "--database", world.database, "--archive", bucket)
    node = world.nodes[0]
    shopbell("backup", to / "engine.tar", "--data", node.data, "--rules", node.rules, *where)
    assert isinstance(world.store, RedisCluster)
    for n, primary in enumerate(world.store.primaries()):
        primary.ask("SAVE")
        (to / f"primary{n}").mkdir()
        shutil.copy(primary.folder / "dump.rdb", to / f"primary{n}")
    run("pg_dump", "-Fc", "-f", to / "shop.dump", "-d", world.database.replace("+asyncpg", ""))
    copy(opened(bucket), obstore.store.LocalStore(to / "archive", mkdir=True))


def run(program: str, *words: object) -> None:
    """Run one of PostgreSQL's programs."""
    subprocess.run([programs() / program, *map(str, words)], check=True)


def opened(bucket: str) -> S3Store:
    return S3Store.from_url(bucket, client_options={"allow_http": True})


def copy(source: obstore.store.ObjectStore, target: obstore.store.ObjectStore) -> None:
    """Copy what is in a bucket, or goes into one."""
    for listed in obstore.list(source):
        for each in listed:
            obstore.put(target, each["path"], obstore.get(source, each["path"]).bytes())


def fill(cluster: RedisCluster, snapshots: list[Path]) -> None:
    """Put what snapshots hold into a cluster, key by key, as ``redis-cli --cluster import`` does."""
    with closing(cluster.client()) as target:
        for folder in snapshots:
            with RedisProcess(folder, appendonly="no") as server, server.client() as source:
                for key in source.scan_iter(count=1_000):
                    target.restore(key, max(0, source.pttl(key)), source.dump(key))


async def test_shop_of_several_machines_is_restored_into_other_stores(
    world: World, bucket: str, s3: ObjectStore, tmp_path: Path
) -> None:
    kept, clean, elsewhere = tmp_path / "kept", tmp_path / "clean", s3.new_url()
    kept.mkdir()
    async with Crowd(world.streams, world.site.key, size=10) as crowd:
        await crowd.go_on(300)
        before = {shopper.doc: len(shopper.applied) for shopper in crowd.shoppers}
        await asyncio.to_thread(keep, world, bucket, kept)
        await crowd.go_on(100)
        await crowd.ended()
    for node in world.nodes:
        node.kill()
    with RedisCluster() as cluster, PostgreSQL() as server:
        fill(cluster, sorted(kept.glob("primary*")))
        server.run("CREATE DATABASE shop")
        url = server.url("shop")
        await asyncio.to_thread(run, "pg_restore", "-d", url, kept / "shop.dump")
        copy(obstore.store.LocalStore(kept / "archive"), opened(elsewhere))
        shopbell("restore", kept / "engine.tar", "--data", clean / "data", "--rules", clean / "rules")
        stores = ("--redis", cluster.url, "--database", url, *ARCHIVES, elsewhere)
        with EngineProcess(clean, *NO_LIMIT, *stores) as restored, closing(cluster.client()) as store:
            seen = counted(store, world.site.key, crowd, before)
            await goes_on(f"ws://{restored.url.removeprefix('http://')}{world.nodes[0].path}", crowd.shoppers[0])
            place = Bucket(elsewhere, tmp_path / "copies")
            assert seen <= kept_events(place, cluster.url, world.site.key)
        rows = archived(place, "visitor, doc, seq, kind", world.site.key)
        assert len(rows) == len(set(rows))


def counted(store: redis.Redis, site: str, crowd: Crowd, before: dict[str, int]) -> set[Event]:
    """Return what is counted in the new store: of each shopper all up to one event, and no fewer than before."""
    counted: set[Event] = set()
    for shopper in crowd.shoppers:
        today = VisitorKeys(site, shopper.visitor).documents(time.time_ns() // 1_000_000)[0]
        seen = int(store.hget(today, shopper.doc) or 0)
        assert before[shopper.doc] <= seen <= len(shopper.applied)
        wanted, found = expected(crowd.history.done[shopper.doc][:seen]), counters_of(store, site, shopper.visitor)
        assert {name: found.get(name, 0) for name in wanted} == dict(wanted)
        counted |= {(shopper.visitor, shopper.doc, seq) for seq in range(1, seen + 1)}
    return counted


async def goes_on(stream: str, shopper: Shopper) -> None:
    """Have a shopper come back: it is known, and what it does is taken."""
    async with Shopper(stream, ORIGIN, shopper.token) as again:
        await again.view("home")
        await again.settled()
        assert again.visitor == shopper.visitor
