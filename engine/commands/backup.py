"""``shopbell backup`` and ``shopbell restore``: keep what an engine keeps, and make an engine of it again."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.common import (
    add_command,
    add_settings,
    count,
    data_of,
    database_of,
    own_redis_is_meant,
    settings_of,
)  # fmt: skip
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands

SETTINGS = ("data", "rules", "redis_url", "database_url", "archive")


def add_to(commands: Commands) -> None:
    """Add the commands."""
    backup = add_command(commands, "backup", "keep what an engine keeps, while it goes on", _backup, audit=("file",))
    backup.add_argument("file", metavar="FILE", help="a file that is not there yet")
    restore = add_command(commands, "restore", "make an empty data folder what it was", _restore, audit=("file",))
    restore.add_argument("file", metavar="FILE", help="what 'shopbell backup' has made")
    for each in (backup, restore):
        add_settings(each, SETTINGS)


def _backup(said: argparse.Namespace) -> int:
    from engine.edge.backup import back_up
    from engine.edge.embedded_redis import redis_of

    settings = settings_of(said)
    if not (data_of(said) / "secret.key").exists():
        raise Refusal(f"no engine has run with the data folder '{settings.data}' yet, there is nothing to keep")
    own_redis_is_meant(said)
    database_of(said)
    with redis_of(settings.redis_url, settings.data) as redis_url:
        made = back_up(settings, redis_url, Path(said.file))
    print(f"{said.file} was made: {_told(made)}")
    for each in made["left_out"]:
        print(f"not in it: {each}")
    print("It holds the key that signs visitors' tokens, and what subscribers said: keep it as a secret.")
    return 0


def _restore(said: argparse.Namespace) -> int:
    from engine.edge.embedded_redis import EmbeddedRedis
    from engine.edge.folder_lock import FolderLock
    from engine.edge.redis_store import open_store
    from engine.edge.restore import restore

    settings = settings_of(said)
    if not Path(said.file).exists():
        raise Refusal(f"there is no file {said.file}, expected one that 'shopbell backup' has made")
    with FolderLock(settings.data):
        made = restore(Path(said.file), settings.data, settings.rules)
        print(f"{settings.data} is what it was at {made['made']}: {_told(made)}")
        if "redis" in made:
            # to see that it can be read, before anybody relies on it
            with EmbeddedRedis(settings.data / "redis") as own, closing(open_store(own.url)) as store:
                print(f"of redis {count(int(store.dbsize()), 'key')} can be read: the others have ended since")
    for each in made["left_out"]:
        print(f"not restored: {each}")
    return 0


def _told(made: dict[str, Any]) -> str:
    parts = []
    if "redis" in made:
        parts.append(f"{count(made['redis']['keys'], 'key')} of redis")
    if "database" in made:
        rows = sum(made["database"]["rows"].values())
        parts.append(f"{count(rows, 'row')} of the database at {made['database']['revision']}")
    if "archive" in made:
        parts.append(f"{count(made['archive']['files'], 'file')} of the archive")
    has_rules = not any(each.startswith("rules:") for each in made["left_out"])
    return ", ".join([*parts, "the tokens' key", *(["the rules"] if has_rules else [])])
