"""``shopbell audit``: what operators did, and whether the log of it is as it was written."""

from __future__ import annotations

import argparse
import asyncio
import getpass
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from engine.commands.common import DATABASE, add_command, add_group, add_settings, count, database_of, settings_of
from engine.edge.audit import Act, newest_entries, note_act, under_way, verify
from engine.edge.database import database_url, migrate, open_database
from engine.refusal import Refusal

if TYPE_CHECKING:
    from engine.commands.common import Commands

Answer = TypeVar("Answer")


def add_to(commands: Commands) -> None:
    """Add the commands."""
    audit = add_group(commands, "audit", "look at what operators did")
    told = add_command(audit, "list", "list the last entries of the audit log", _list)
    told.add_argument("--last", metavar="N", default="50", help="how many (default: 50)")
    checked = add_command(audit, "verify", "say whether the audit log is as it was written", _verify)
    checked.add_argument(
        "--expect", metavar="HASH", default="", help="a hash that was noted earlier, which must be there"
    )
    for each in (told, checked):
        add_settings(each, DATABASE)


@contextmanager
def audited(said: argparse.Namespace) -> Iterator[None]:
    """
    Note what the command does within the block, if it is one that changes something.

    What works in the database notes it with its change, in one transaction; for all others it is noted at the end.
    """
    if said.audit is None:
        yield
        return
    about = {name: getattr(said, name) for name in said.audit if getattr(said, name) is not None}
    act = Act(_who(), said.what, about)
    token = under_way.set(act)
    try:
        yield
        if not act.is_noted:
            settings = settings_of(said)
            asyncio.run(_in_transaction(database_url(settings.database_url, settings.data), note_act))
    finally:
        under_way.reset(token)


def _who() -> str:
    try:
        return f"account {getpass.getuser()}"
    except (OSError, KeyError):  # an account without a name, as in many containers
        return "account without a name"


async def _in_transaction(url: str, work: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
    await migrate(url)
    database = open_database(url)
    try:
        async with database.begin() as connection:
            return await work(connection)
    finally:
        await database.dispose()


def _list(said: argparse.Namespace) -> int:
    if not said.last.isdigit():
        raise Refusal(f"--last is {said.last!r}, expected a number such as 50")
    last = min(int(said.last), 1_000_000)
    for each in asyncio.run(_in_transaction(database_of(said), lambda connection: newest_entries(connection, last))):
        print(f"{each.id}  {each.at}  {each.who}  {each.what}  {each.about}")
    return 0


def _verify(said: argparse.Namespace) -> int:
    expected = said.expect.lower()
    number, last = asyncio.run(_in_transaction(database_of(said), lambda connection: verify(connection, expected)))
    print(f"the audit log is as it was written: {count(number, 'entry', 'entries')}, the last one has the hash\n{last}")
    return 0
