"""
Makes a backup of what an engine keeps in its data folder, while it goes on or while it stands still.

The order matters. Redis comes first: what it knows of coupons, the database, which follows, knows too. Then the
database, then the archive: what was archived meanwhile is still in that Redis' log, and is recognized there, while
the other way round it would be in neither.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import redis
import sqlalchemy as sa

import engine
from engine.edge.backup_file import BackupWriter, BadBackup
from engine.edge.redis_store import open_store
from engine.edge.rule_files import every_file
from engine.settings import Settings

SNAPSHOT_WITHIN_S = 600.0
_LOOK_EVERY_S = 0.05


def back_up(settings: Settings, redis_url: str, to: Path) -> dict[str, Any]:
    """
    Write a backup to a file that is not there yet; return what is in it, as its manifest says.

    ``redis_url`` is that of the engine's own server, running. Raises BadBackup.
    """
    writer = BackupWriter(to)
    try:
        with TemporaryDirectory(dir=to.parent, prefix=".backup-") as folder:
            said = _fill(writer, settings, redis_url, Path(folder))
        writer.manifest.said = {"made": datetime.now(UTC).isoformat(timespec="seconds"), **said}
        writer.finish()
    except (OSError, sqlite3.Error, redis.RedisError) as error:
        raise BadBackup(f"the backup could not be made: {error}") from error
    finally:
        writer.give_up()
    return writer.manifest.said


def _fill(writer: BackupWriter, settings: Settings, redis_url: str, scratch: Path) -> dict[str, Any]:
    left_out: list[str] = []
    said: dict[str, Any] = {"version": engine.__version__}
    if settings.redis_url is None:
        said["redis"] = _add_redis(writer, redis_url, settings.data / "redis")
    else:
        left_out.append("redis: it is one of your own, save its snapshots or append-only files")
    if settings.database_url is None:
        said["database"] = _add_database(writer, settings.data / "shopbell.db", scratch)
    else:
        left_out.append("database: it is one of your own; of PostgreSQL take pg_dump, after Redis' snapshot")
    if settings.archive is None:
        said["archive"] = _add_archive(writer, settings.data / "archive")
    else:
        left_out.append("archive: it is outside the data folder, copy it last")
    writer.add("secret.key", settings.data / "secret.key")
    if not settings.rules.is_dir():
        left_out.append(f"rules: there is no folder {settings.rules}, name it by --rules")
    for path in every_file(settings.rules):
        writer.add(f"rules/{path.relative_to(settings.rules).as_posix()}", path)
    return said | {"left_out": left_out}


def _add_redis(writer: BackupWriter, url: str, folder: Path) -> dict[str, int]:
    """Have the server write down what it holds at one moment, and add that."""
    snapshot = folder / "dump.rdb"
    try:
        with closing(open_store(url)) as store:
            keys = int(store.dbsize())
            _write_snapshot(store)
        writer.add("redis.rdb", snapshot)
    finally:
        snapshot.unlink(missing_ok=True)  # the server goes by another file; no erasure would ever reach this one
    return {"keys": keys}


def _write_snapshot(store: redis.Redis) -> None:
    give_up = time.monotonic() + SNAPSHOT_WITHIN_S
    while _is_busy(store):
        _wait_until(give_up)
    before = _persistence(store)["rdb_saves"]
    store.bgsave()
    while _is_busy(store):
        _wait_until(give_up)
    if _persistence(store)["rdb_saves"] == before:
        raise BadBackup("redis could not write its snapshot, its log says why")


def _is_busy(store: redis.Redis) -> bool:
    said = _persistence(store)
    return bool(said["rdb_bgsave_in_progress"] or said["aof_rewrite_in_progress"] or said["aof_rewrite_scheduled"])


def _persistence(store: redis.Redis) -> dict[str, Any]:
    said: dict[str, Any] = store.info("persistence")
    return said


def _wait_until(give_up: float) -> None:
    if time.monotonic() > give_up:
        raise BadBackup(f"redis has not written its snapshot within {SNAPSHOT_WITHIN_S:g} s")
    time.sleep(_LOOK_EVERY_S)


def _add_database(writer: BackupWriter, path: Path, scratch: Path) -> dict[str, Any]:
    """Copy SQLite's database as it is at one moment, whoever writes to it."""
    copy = scratch / "shopbell.db"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        names = [name for (name,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: target.execute(_count(name)).fetchone()[0] for name in sorted(names)}
        (revision,) = target.execute("SELECT version_num FROM alembic_version").fetchone()
    writer.add("shopbell.db", copy)
    return {"revision": revision, "rows": rows}


def _count(table: str) -> str:
    return str(sa.select(sa.func.count()).select_from(sa.table(table)))


def _add_archive(writer: BackupWriter, root: Path) -> dict[str, int]:
    """
    Add the archive's files, as many times as they are merged meanwhile.

    A file that is gone was merged into another, which the next look finds; one that was added before stands for
    nothing more then, and does no harm.
    """
    added: set[Path] = set()
    while new := [path for path in _files_of(root) if path not in added]:
        for path in new:
            added.add(path)
            with suppress(FileNotFoundError):
                writer.add(f"archive/{path.relative_to(root)}", path)
    return {"files": sum(name.startswith("archive/") for name in writer.manifest.files)}


def _files_of(root: Path) -> list[Path]:
    return sorted(root.glob("site=*/day=*/*.parquet"))
