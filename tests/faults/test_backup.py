"""A backup is made while shoppers go on, and restored into an empty folder: it is the shop as it was at one moment."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.edge.backup_file import MANIFEST, BackupWriter, unpack
from engine.edge.embedded_redis import EmbeddedRedis
from engine.edge.keys import VisitorKeys
from engine.edge.redis_store import open_store
from tests.engine_process import EngineProcess
from tests.faults.crowd import Crowd
from tests.faults.verdict import expected
from tests.live.behind import counters_of, logged_events
from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, ShopEngine

NO_LIMIT = ("--events-per-second", "0", "--events-per-session", "0", "--archive-every", "0")
TREAT = """
- rule: treat
  when: [page is cart, views(cart) > 2]
  show: {coupon: {title: "For you", code: TREAT}}
  limit: once per session
"""


def shopbell(*words: object) -> str:
    """Run a command as an operator does."""
    done = subprocess.run(
        [sys.executable, "-m", "engine", *map(str, words)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ShopEngine]:
    shop = ShopEngine(tmp_path / "shop", *NO_LIMIT)
    (shop.rules / "cart.yaml").write_text(TREAT)
    with shop:
        yield shop


async def test_backup_of_a_busy_shop_is_restored_as_it_was_at_one_moment(shop: ShopEngine, tmp_path: Path) -> None:
    backup, clean = tmp_path / "backup.tar", tmp_path / "clean"
    async with Crowd([shop.stream], shop.site, size=10) as crowd:
        await crowd.go_on(200)
        before = {shopper.doc: len(shopper.applied) for shopper in crowd.shoppers}
        words = ("--data", shop.data, "--rules", shop.rules)
        said = await asyncio.to_thread(shopbell, "backup", backup, *words)
        await crowd.go_on(100)
        with shop.redis() as store:
            verdict = await crowd.verdict(store)
    assert verdict.lost == verdict.doubled == verdict.unlogged == 0
    assert "rows of the database" in said
    assert list(shop.data.rglob("dump.rdb")) == [], "no erasure would ever reach it"
    shop.stop()
    shop.ended()
    said = shopbell("restore", backup, "--data", clean / "data", "--rules", clean / "rules")
    assert "keys can be read: the others have ended since" in said
    assert (clean / "rules" / "cart.yaml").read_text() == TREAT
    assert (clean / "data" / "secret.key").read_bytes() == (shop.data / "secret.key").read_bytes()
    with EmbeddedRedis(clean / "data" / "redis") as own, closing(open_store(own.url)) as store:
        logged = logged_events(store, shop.site)
        for shopper in crowd.shoppers:
            today = VisitorKeys(shop.site, shopper.visitor).documents(time.time_ns() // 1_000_000)[0]
            seen = int(store.hget(today, shopper.doc) or 0)
            assert before[shopper.doc] <= seen <= len(shopper.applied)
            wanted = expected(crowd.history.done[shopper.doc][:seen])
            found = counters_of(store, shop.site, shopper.visitor)
            assert {name: found.get(name, 0) for name in wanted} == dict(wanted)
            assert {(shopper.visitor, shopper.doc, seq) for seq in range(1, seen + 1)} <= logged


async def test_restored_shop_goes_on_with_its_visitors(shop: ShopEngine, tmp_path: Path) -> None:
    backup, clean = tmp_path / "backup.tar", tmp_path / "clean"
    async with Shopper(shop.stream, ORIGIN) as shopper:
        await shopper.view("cart")
        await shopper.settled()
    (shop.rules / "sites" / "tea-shop").mkdir(parents=True)
    (shop.rules / "sites" / "tea-shop" / "cart.yaml").write_text("[]\n")
    shop.stop()
    shop.ended()
    shopbell("backup", backup, "--data", shop.data, "--rules", shop.rules)
    shopbell("restore", backup, "--data", clean / "data", "--rules", clean / "rules")
    assert (clean / "rules" / "sites" / "tea-shop" / "cart.yaml").exists()
    with EngineProcess(clean, *NO_LIMIT) as restored:
        address = shop.stream.replace(shop.host, restored.url.removeprefix("http://"))
        again = Shopper(address, ORIGIN, shopper.token)
        async with again:
            await again.view("cart")
            await again.settled()
            assert again.visitor == shopper.visitor
            assert again.of("welcome")[0]["resumed"]
    with EmbeddedRedis(clean / "data" / "redis") as own, closing(open_store(own.url)) as store:
        assert counters_of(store, shop.site, shopper.visitor)["views:cart"] == 2


def test_nothing_to_keep_and_nothing_to_restore_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["backup", "b.tar", "--data", "."]) == 1
    assert main(["restore", "b.tar", "--data", "new"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"shopbell: nothing of an engine is in '{tmp_path}', expected one that an engine or 'shopbell sites add' has"
        " made, name it with --data",
        "shopbell: there is no file b.tar, expected one that 'shopbell backup' has made",
    ]
    assert list(tmp_path.iterdir()) == []


def test_rules_that_are_there_already_stay_and_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "cart.yaml").write_text(TREAT)
    writer = BackupWriter(tmp_path / "backup.tar")
    writer.add("rules/cart.yaml", tmp_path / "rules" / "cart.yaml")
    writer.manifest.said = {"made": "2026-11-22T10:00:00+00:00", "left_out": []}
    writer.finish()
    (tmp_path / "rules" / "cart.yaml").write_text("[]\n")
    where = ("--data", str(tmp_path / "new"), "--rules", str(tmp_path / "rules"))
    assert main(["restore", str(tmp_path / "backup.tar"), *where]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}/new is what it was at 2026-11-22T10:00:00+00:00: the tokens' key",
        f"not restored: rules: the folder {tmp_path}/rules is there already, and was not touched",
    ]
    assert (tmp_path / "rules" / "cart.yaml").read_text() == "[]\n"


def test_restoring_touches_nothing_that_is_there(shop: ShopEngine, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    shopbell("backup", backup, "--data", shop.data, "--rules", shop.rules)
    shop.stop()
    shop.ended()
    words = [sys.executable, "-m", "engine", "restore", str(backup), "--data", str(shop.data)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"the data folder '{shop.data}' holds" in done.stderr
    assert "expected an empty one" in done.stderr
    manifest = unpack(backup, tmp_path / "out")
    assert MANIFEST not in manifest.files
    assert manifest.said["database"]["rows"]["site"] == 1
    assert "backup" in shopbell("audit", "list", "--data", shop.data)
