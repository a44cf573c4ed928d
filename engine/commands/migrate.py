"""``shopbell migrate``: say what the database's tables need, and do it."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from engine.commands.common import DATABASE, add_command, add_settings, count, database_of, new_database_of

if TYPE_CHECKING:
    from engine.commands.common import Commands


def add_to(commands: Commands) -> None:
    """Add the command."""
    migrate = add_command(commands, "migrate", "bring the database's tables to this version, or to another", _migrate)
    migrate.add_argument("--to", metavar="VERSION", help="a version of the tables (default: the newest)")
    migrate.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    add_settings(migrate, DATABASE)


def _migrate(said: argparse.Namespace) -> int:
    from engine.edge.database import newest_revision
    from engine.edge.migrating import go, look, way_to

    url = database_of(said) if said.dry_run else new_database_of(said)
    way = way_to(asyncio.run(look(url)), said.to or newest_revision())
    print(f"the tables are at {way.before or 'no version'}, to be at {way.after}")
    for step in way.steps:
        print(step)
    if said.dry_run or not way.steps:
        print(f"{count(len(way.steps), 'step')} to be done, nothing was changed")
        return 0
    asyncio.run(go(url, way))
    print(f"{count(len(way.steps), 'step')} done")
    return 0
