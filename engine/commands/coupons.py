"""``shopbell coupons``: pools of codes, what is in them, and what they have come to."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from engine.commands.common import (
    DATABASE,
    NO_SHOP,
    add_command,
    add_group,
    add_settings,
    count,
    database_of,
    print_table,
)  # fmt: skip
from engine.commands.pool_flags import add_flags, number_of, pool_of
from engine.core.conditions import say_duration
from engine.core.coupons import Pool
from engine.edge.audit import note_act
from engine.edge.coupon_pools import (
    BadCoupons,
    Numbered,
    Stock,
    add_codes,
    draw_codes,
    find_pool,
    put_pool,
    read_codes,
    stocks,
    withdraw_codes,
)
from engine.edge.coupon_report import Line, report
from engine.edge.database import migrate, open_database
from engine.edge.sites import sites_in

if TYPE_CHECKING:
    from engine.commands.common import Commands

Answer = TypeVar("Answer")

NOT_SAID = "not said"

_ABOUT = ("site", "pool")
"""What the audit log says of a change: never a code."""

PROGRESS_FROM = 5_000
"""Fewer codes than this are done before anybody looks."""


def add_to(commands: Commands) -> None:
    """Add the commands."""
    coupons = add_group(commands, "coupons", "look after pools of coupon codes")
    add = add_command(coupons, "add", "make a pool, or say all of one anew", _add, audit=_ABOUT)
    add_flags(add)
    about = "put the codes of a file into a pool, all of them or none"
    import_ = add_command(coupons, "import", about, _import, audit=_ABOUT)
    import_.add_argument("pool", metavar="POOL", help="its name")
    import_.add_argument("file", metavar="FILE", type=Path, help="codes, one a line, or a CSV with a column 'code'")
    about = "make codes that nobody guesses, put them into a pool, print them"
    make = add_command(coupons, "generate", about, _make, audit=(*_ABOUT, "count"))
    make.add_argument("pool", metavar="POOL", help="its name")
    make.add_argument("--pattern", required=True, help="such as SAVE-????-####: ? is a letter, # is a digit")
    make.add_argument("--count", metavar="N", required=True, help="how many")
    about = "take codes out of a pool that nobody has been given: all of them, or those of a file"
    back = add_command(coupons, "withdraw", about, _withdraw, audit=_ABOUT)
    back.add_argument("pool", metavar="POOL", help="its name")
    back.add_argument("file", metavar="FILE", type=Path, nargs="?", help="codes, as for import (default: all)")
    pools = add_command(coupons, "pools", "list the pools and how many codes are left", _pools)
    told = add_command(coupons, "report", "say how many were issued, seen, copied and redeemed", _report)
    told.add_argument("pool", metavar="POOL", nargs="?", help="only this one")
    for each in (add, import_, make, back, pools, told):
        each.add_argument("--site", metavar="KEY", help="the shop's public key (not needed where there is one shop)")
        add_settings(each, DATABASE)


def _run(said: argparse.Namespace, work: Callable[[AsyncConnection, str], Awaitable[Answer]]) -> Answer:
    """Carry out work on a site's coupons, in one transaction."""
    return asyncio.run(_in_transaction(database_of(said), said.site, work))


async def _in_transaction(
    url: str, site: str | None, work: Callable[[AsyncConnection, str], Awaitable[Answer]]
) -> Answer:
    await migrate(url)
    database = open_database(url)
    try:
        async with database.begin() as connection:
            answer = await work(connection, await _site(connection, site))
            await note_act(connection)
            return answer
    finally:
        await database.dispose()


async def _site(connection: AsyncConnection, site: str | None) -> str:
    known = await sites_in(connection)
    if site is None and len(known) == 1:
        return known[0]
    if site is None or site not in known:
        said = "there are several shops" if site is None and known else f"no site has the key {site!r}"
        said = said if known else NO_SHOP
        raise BadCoupons(f"{said}, expected --site with one of {', '.join(known)}" if known else said)
    return site


def _add(said: argparse.Namespace) -> int:
    pool = pool_of(said)
    made = _run(said, lambda connection, site: put_pool(connection, site, pool))
    worth = "what it is worth is not said" if _worth(pool) == NOT_SAID else _worth(pool)
    print(f"pool {pool.name} was {'made' if made else 'changed'}: {worth}")
    return 0


def _import(said: argparse.Namespace) -> int:
    codes = _codes_in(said.file)
    added = _run(said, lambda connection, site: add_codes(connection, site, said.pool, codes, _progress))
    print(f"{count(added, 'code')} added to pool {said.pool}")
    return 0


def _codes_in(file: Path) -> list[Numbered]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return read_codes(lines)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadCoupons(f"{file} cannot be read: {reason}") from error


def _withdraw(said: argparse.Namespace) -> int:
    codes = None if said.file is None else _codes_in(said.file)
    taken, given = _run(said, lambda connection, site: withdraw_codes(connection, site, said.pool, codes))
    stay = f"; {given:,} stay with whom they were given to" if given else ""
    print(f"{count(taken, 'code')} taken out of pool {said.pool}{stay}")
    return 0


def _make(said: argparse.Namespace) -> int:
    wanted = number_of("--count", said.count)
    if not wanted or wanted != int(wanted):
        raise BadCoupons(f"--count is {said.count!r}, expected a whole number above 0")

    async def make(connection: AsyncConnection, site: str) -> int:
        await find_pool(connection, site, said.pool)
        codes = await draw_codes(connection, site, said.pattern, int(wanted))
        added = await add_codes(connection, site, said.pool, codes, _progress)
        # where this fails they are not in the pool either: the shop would not know what shoppers bring
        print("\n".join(code for _, code in codes), flush=True)
        return added

    _run(said, make)
    return 0


def _progress(done: int, total: int) -> None:
    if total >= PROGRESS_FROM and sys.stderr.isatty():
        print(f"\r{done:,} of {total:,} codes", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _pools(said: argparse.Namespace) -> int:
    found = _run(said, stocks)
    heads = (
        "pool",
        "codes left",
        "worth",
        "orders from",
        "ends after",
        "another after",
        "warns below",
        "falls back on",
    )
    print_table(heads, [_stock(each) for each in found])
    return 0


def pools_by_name(said: argparse.Namespace) -> dict[str, Pool]:
    """Return a shop's pools by their names. ``said`` has ``--site`` and the settings of the database."""
    return {each.pool.name: each.pool for each in _run(said, stocks)}


def _stock(stock: Stock) -> tuple[str, ...]:
    pool = stock.pool
    left = "one for all" if stock.left is None else f"{stock.left:,} of {stock.total:,}"
    ends = "" if pool.expires_ms is None else say_duration(pool.expires_ms)
    again = "never" if pool.again_ms is None else say_duration(pool.again_ms)
    least = "any" if pool.minimum is None else _amount(pool.minimum)
    few = "" if pool.warn_below is None else f"{pool.warn_below:,}"
    return pool.name, left, _worth(pool), least, ends, again, few, pool.fallback


def _worth(pool: Pool) -> str:
    if pool.kind == "shipping":
        return "free shipping"
    if pool.value is None:
        return NOT_SAID
    return f"{_amount(pool.value)}%" if pool.kind == "percent" else _amount(pool.value)


def _amount(number: float) -> str:
    """Write an amount with all its digits: of dong, a coupon takes off millions."""
    return f"{number:,.15g}"


def _report(said: argparse.Namespace) -> int:
    async def told(connection: AsyncConnection, site: str) -> list[Line]:
        if said.pool is not None and "/" not in said.pool:
            await find_pool(connection, site, said.pool)
        return await report(connection, site, said.pool)

    lines = [
        (each.pool, *(f"{n:,}" for n in (each.issued, each.viewed, each.copied, each.redeemed)), _revenue(each))
        for each in _run(said, told)
    ]
    print_table(("pool", "issued", "seen", "copied", "redeemed", "revenue"), lines)
    return 0


def _revenue(line: Line) -> str:
    return ", ".join(f"{value:,.2f} {currency}".strip() for currency, value in sorted(line.revenue.items()))
