"""``shopbell subscribers``: who has left an address, as a table for other programs."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from engine.commands.common import add_command, add_group, add_settings, database_of
from engine.commands.recorded import SETTINGS, site_of
from engine.edge.database import migrate, open_database
from engine.edge.subscribers import CONFIRMED, Subscribers

if TYPE_CHECKING:
    from engine.commands.common import Commands

HEADS = ("address", "status", "language", "consent", "consented_at", "confirmed_at", "rule", "visitor")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def add_to(commands: Commands) -> None:
    """Add the commands."""
    subscribers = add_group(commands, "subscribers", "who has left an address")
    export = add_command(subscribers, "export", "print all subscribers as a table (CSV)", _export, ("site",))
    export.add_argument("--site", metavar="KEY", help="the shop's public key, pk_... (default: the only one there is)")
    export.add_argument("--confirmed", action="store_true", help="only those who have confirmed their address")
    add_settings(export, SETTINGS)


def _export(said: argparse.Namespace) -> int:
    asyncio.run(_write(sys.stdout, database_of(said), site_of(said), said.confirmed))
    return 0


async def _write(out: TextIO, url: str, site: str, confirmed: bool) -> None:
    table = csv.writer(out, lineterminator="\n")
    table.writerow(HEADS)
    await migrate(url)
    async for row in _subscribers(url, site):
        if row["status"] == CONFIRMED or not confirmed:
            table.writerow(cells(row[name] for name in HEADS))


async def _subscribers(url: str, site: str) -> AsyncIterator[dict[str, Any]]:
    database = open_database(url)
    try:
        subscribers, last = Subscribers(database), 0
        while rows := await subscribers.subscribers(site, last):
            for row in rows:
                yield row
            last = rows[-1]["id"]
    finally:
        await database.dispose()


def cells(values: Iterable[Any]) -> list[str]:
    """
    Write values as cells of a table.

    A text that a program for tables would take for a formula gets an apostrophe in front: shoppers write these.
    """
    texts = ("" if each is None else each.isoformat() if isinstance(each, datetime) else str(each) for each in values)
    return [f"'{each}" if each.startswith(_FORMULA) else each for each in texts]
