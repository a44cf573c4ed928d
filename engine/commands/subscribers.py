"""``shopbell subscribers``: addresses that were left, as a table for other programs, and who leaves or is forgotten."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from engine.commands.common import add_command, add_group, add_settings, database_of, engine_of
from engine.commands.recorded import SETTINGS, site_of
from engine.edge.clock import now_ms
from engine.edge.database import migrate, open_database
from engine.edge.eraser import shred_database
from engine.edge.subscriber_links import links_of
from engine.edge.subscribers import CONFIRMED, PENDING, Subscribers
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands

HEADS = (
    "address", "status", "language", "consent", "consented_at", "confirmed_at", "unsubscribed_at", "rule", "visitor",
    "confirm_url", "unsubscribe_url",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def add_to(commands: Commands) -> None:
    """Add the commands."""
    subscribers = add_group(commands, "subscribers", "who has left an address")
    export = add_command(subscribers, "export", "print all subscribers as a table (CSV)", _export, ("site",))
    export.add_argument("--site", metavar="KEY", help="the shop's public key, pk_... (default: the only one there is)")
    which = export.add_mutually_exclusive_group()
    for status, about in ((CONFIRMED, "have confirmed their address"), (PENDING, "have not confirmed it yet")):
        which.add_argument(
            f"--{status}", dest="status", action="store_const", const=status, help=f"only those who {about}"
        )
    export.add_argument(
        "--engine", metavar="URL", help="where browsers reach the engine, for the links (default: http://HOST:PORT)"
    )
    add_settings(export, ["host", "port", *SETTINGS])
    leave = add_command(subscribers, "leave", "note that somebody wants no more mail", _leave, ("site",))
    leave.add_argument("address", metavar="ADDRESS", help="the address that nothing is to be sent to")
    erase = add_command(subscribers, "erase", "forget an address", _erase, ("site",))
    erase.add_argument("address", metavar="ADDRESS", help="the address to forget")
    for each in (leave, erase):
        each.add_argument(
            "--site", metavar="KEY", help="the shop's public key, pk_... (default: the only one there is)"
        )
        add_settings(each, SETTINGS)


def _export(said: argparse.Namespace) -> int:
    engine = engine_of(said)
    asyncio.run(
        _write(sys.stdout, database_of(said), _subscribers(database_of(said), site_of(said), said.status or ""), engine)
    )
    return 0


def _leave(said: argparse.Namespace) -> int:
    site = site_of(said)
    if not asyncio.run(_unsubscribe(database_of(said), site, said.address)):
        raise Refusal(f"nobody has subscribed with the address '{said.address}' at the site {site}")
    print(f"{said.address} gets no more mail")
    return 0


def _erase(said: argparse.Namespace) -> int:
    site = site_of(said)
    visitor = asyncio.run(_forget(database_of(said), site, said.address))
    if visitor is None:
        raise Refusal(f"nobody has subscribed with the address '{said.address}' at the site {site}")
    print(f"{said.address} is forgotten")
    if visitor:
        print(f"to erase what else is held of who left it: shopbell visitors erase {visitor} --site {site}")
    return 0


async def _forget(url: str, site: str, address: str) -> str | None:
    await migrate(url)
    database = open_database(url)
    try:
        visitor = await Subscribers(database).erase_address(site, address)
        await shred_database(database)
        return visitor
    finally:
        await database.dispose()


async def _unsubscribe(url: str, site: str, address: str) -> bool:
    await migrate(url)
    database = open_database(url)
    try:
        return await Subscribers(database).unsubscribe_address(site, address, now_ms())
    finally:
        await database.dispose()


async def _write(out: TextIO, url: str, rows: AsyncIterator[dict[str, Any]], engine: str) -> None:
    table = csv.writer(out, lineterminator="\n")
    table.writerow(HEADS)
    await migrate(url)
    async for row in rows:
        said = row | links_of(row, engine, now_ms())
        table.writerow(cells(said[name] for name in HEADS))


async def _subscribers(url: str, site: str, status: str) -> AsyncIterator[dict[str, Any]]:
    database = open_database(url)
    try:
        subscribers, last = Subscribers(database), 0
        while rows := await subscribers.subscribers(site, last, status):
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
