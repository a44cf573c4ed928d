"""``shopbell visitors``: what is held about one visitor, and how it is erased."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.commands.common import (
    add_command,
    add_group,
    add_settings,
    count,
    data_of,
    database_of,
    own_redis_is_meant,
    settings_of,
)  # fmt: skip
from engine.commands.recorded import SETTINGS, site_of
from engine.edge.archive import Archive
from engine.edge.database import migrate, open_database
from engine.edge.embedded_redis import redis_of
from engine.edge.eraser import Erased, Eraser, Stores, shred
from engine.edge.erasures import Erasures
from engine.edge.visitor_api import NO_VISITOR, VISITOR
from engine.edge.visitor_file import visitor_file
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands

_ABOUT = ("site",)
"""What the audit log says: never who."""

TRY_FOR_S = 120.0
"""An archiver that is at work is done before this, or has died and lost its lock."""


def add_to(commands: Commands) -> None:
    """Add the commands."""
    visitors = add_group(commands, "visitors", "tell what is held about a visitor, and erase it")
    export = add_command(visitors, "export", "print everything that is held about a visitor, as JSON", _export, _ABOUT)
    erase = add_command(visitors, "erase", "erase a visitor from every store", _erase, _ABOUT)
    for each in (export, erase):
        each.add_argument("visitor", metavar="VISITOR", help="the visitor's id")
        each.add_argument(
            "--site", metavar="KEY", help="the shop's public key, pk_... (default: the only one there is)"
        )
        add_settings(each, [*SETTINGS, "archive_every"])


def _export(said: argparse.Namespace) -> int:
    with _stores(said) as (stores, site):
        found = asyncio.run(_file_of(stores, site, _visitor(said)))
    if found is None:
        raise Refusal(f"nothing is held about a visitor {said.visitor!r} of the site {site}")
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


def _erase(said: argparse.Namespace) -> int:
    with _stores(said) as (stores, site):
        erased = asyncio.run(_erase_now(stores, site, _visitor(said)))
    print(
        f"{said.visitor} of {site} is erased: {count(erased.keys, 'key')} of the live state,"
        f" {count(erased.records, 'row')} of the database, {count(erased.rows or 0, 'row')} of the archive"
    )
    return 0


async def _file_of(stores: Stores, site: str, visitor: str) -> dict[str, Any] | None:
    try:
        return await visitor_file(stores, site, visitor, time.time_ns() // 1_000_000)
    finally:
        await stores.database.dispose()


async def _erase_now(stores: Stores, site: str, visitor: str) -> Erased:
    """Put the visitor on the list, so that an engine goes on if this is killed; then carry it out."""
    erasures, eraser = Erasures(stores.database), Eraser(stores)
    try:
        await erasures.ask(site, visitor, time.time_ns() // 1_000_000)
        give_up = time.monotonic() + TRY_FOR_S
        erased = await eraser.erase(site, [visitor], _progress)
        while erased.rows is None:
            if time.monotonic() > give_up:
                raise Refusal("the archive is busy; the visitor is on the list, and a running engine goes on with it")
            await asyncio.sleep(1)
            again = await eraser.erase(site, [visitor], _progress)
            erased = Erased(erased.keys + again.keys, erased.records + again.records, again.rows)
        await erasures.done(site, [visitor])
        await shred(stores)
        return erased
    finally:
        await stores.database.dispose()


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\rfile {done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _visitor(said: argparse.Namespace) -> str:
    if not VISITOR.fullmatch(said.visitor):
        raise Refusal(f"{said.visitor[:40]!r} {NO_VISITOR}")
    return str(said.visitor)


@contextmanager
def _stores(said: argparse.Namespace) -> Iterator[tuple[Stores, str]]:
    settings = settings_of(said)
    if settings.redis_url is None:
        data_of(said)
    url = database_of(said)
    asyncio.run(migrate(url))
    site = site_of(said)
    _visitor(said)
    own_redis_is_meant(said)
    with redis_of(settings.redis_url, settings.data) as redis_url:
        archive = Archive(settings.archive_folder)
        yield Stores(open_database(url), redis_url, archive, bool(settings.archive_every)), site
