"""Makes a data folder of a backup: all of it or nothing, and nothing that is there already is touched."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from engine.edge.backup_file import BadBackup, unpack
from engine.edge.database import newest_revision, revisions

_AOF = "appendonlydir"
_BASE = "appendonly.aof.1.base.rdb"
_KEPT = ("lock", "run")
"""What an engine makes anew at every start: a folder that holds only this counts as empty."""


def restore(backup: Path, data: Path, rules: Path) -> dict[str, Any]:
    """
    Fill an empty data folder, whose lock is held; return what the backup's manifest says.

    Rules are put where there is no folder of rules yet; else ``left_out`` says so too. Raises BadBackup.
    """
    there = sorted(path.name for path in data.iterdir() if path.name not in _KEPT)
    if there:
        raise BadBackup(f"the data folder '{data}' holds {there[0]!r}, expected an empty one")
    fresh = data / ".restoring"
    try:
        fresh.mkdir(mode=0o700)
        manifest = unpack(backup, fresh)
        _check_revision(manifest.said)
        _prepare_redis(fresh)
        if not _put_rules(fresh / "rules", rules):
            manifest.said["left_out"].append(f"rules: the folder {rules} is there already, and was not touched")
        for path in sorted(fresh.iterdir()):
            path.rename(data / path.name)
    except OSError as error:
        raise BadBackup(f"the backup could not be restored: {error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return manifest.said


def _check_revision(said: dict[str, Any]) -> None:
    revision = said.get("database", {}).get("revision")
    if revision is not None and revision not in revisions():
        raise BadBackup(
            f"the backup's database is at {revision!r}, which this version does not know, expected"
            f" {newest_revision()!r} or earlier: restore it with the version that made it, or a later one"
        )


def _prepare_redis(folder: Path) -> None:
    """Lay the snapshot where a server with an append-only file begins to read: as the base of that file."""
    snapshot = folder / "redis.rdb"
    if snapshot.exists():
        files = folder / "redis" / _AOF
        files.mkdir(parents=True, mode=0o700)
        snapshot.rename(files / _BASE)
        (files / "appendonly.aof.manifest").write_text(f"file {_BASE} seq 1 type b\n")


def _put_rules(found: Path, rules: Path) -> bool:
    """Put the rules where they belong, unless others are there."""
    was_found, is_free = found.is_dir(), not rules.exists()
    if was_found and is_free:
        rules.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(found, rules)
    shutil.rmtree(found, ignore_errors=True)
    return is_free or not was_found
