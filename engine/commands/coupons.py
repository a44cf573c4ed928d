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
from engine.core.conditions import say_duration
from engine.core.coupons import KINDS, Pool
from engine.core.words import read_duration, read_number
from engine.edge.audit import note_act
from engine.edge.coupon_pools import (
    BadCoupons,
    Stock,
    add_codes,
    draw_codes,
    find_pool,
    problem_of,
    put_pool,
    read_codes,
    stocks,
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

MOST_WARNED = 1_000_000_000

PROGRESS_FROM = 5_000
"""Fewer codes than this are done before anybody looks."""


def add_to(commands: Commands) -> None:
    """Add the commands."""
    coupons = add_group(commands, "coupons", "look after pools of coupon codes")
    add = add_command(coupons, "add", "make a pool, or say all of one anew", _add, audit=_ABOUT)
    add.add_argument("pool", metavar="POOL", help="its name, as rules say it")
    add.add_argument("--code", default="", help="the one code that all get; without it the pool has unique codes")
    worth = add.add_mutually_exclusive_group()
    worth.add_argument("--value", metavar="N", help="what a code takes off, in the site's currency")
    worth.add_argument("--percent", metavar="N", help="what a code takes off, in percent")
    add.add_argument("--kind", choices=KINDS, help="what it takes off (default: as --value or --percent say)")
    add.add_argument(
        "--minimum", metavar="N", help="the least order that a code is good for: with less in the cart it is not shown"
    )
    add.add_argument("--expires", metavar="TIME", help="how long after it was shown a code is good, such as 30m")
    add.add_argument("--again", metavar="TIME", help="how long after theirs ended or was redeemed a visitor may have"
                     " another code, such as 90d (default: never)")  # fmt: skip
    add.add_argument("--warn-below", metavar="N", help="warn when fewer codes are left")
    add.add_argument(
        "--fallback", metavar="POOL", default="", help="the pool to take codes from when this one is empty"
    )
    about = "put the codes of a file into a pool, all of them or none"
    import_ = add_command(coupons, "import", about, _import, audit=_ABOUT)
    import_.add_argument("pool", metavar="POOL", help="its name")
    import_.add_argument("file", metavar="FILE", type=Path, help="codes, one a line, or a CSV with a column 'code'")
    about = "make codes that nobody guesses, put them into a pool, print them"
    make = add_command(coupons, "generate", about, _make, audit=(*_ABOUT, "count"))
    make.add_argument("pool", metavar="POOL", help="its name")
    make.add_argument("--pattern", required=True, help="such as SAVE-????-####: ? is a letter, # is a digit")
    make.add_argument("--count", metavar="N", required=True, help="how many")
    pools = add_command(coupons, "pools", "list the pools and how many codes are left", _pools)
    told = add_command(coupons, "report", "say how many were issued, seen, copied and redeemed", _report)
    told.add_argument("pool", metavar="POOL", nargs="?", help="only this one")
    for each in (add, import_, make, pools, told):
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
    pool = _pool(said)
    made = _run(said, lambda connection, site: put_pool(connection, site, pool))
    worth = "what it is worth is not said" if _worth(pool) == NOT_SAID else _worth(pool)
    print(f"pool {pool.name} was {'made' if made else 'changed'}: {worth}")
    return 0


def _pool(said: argparse.Namespace) -> Pool:
    if problem := problem_of(said.pool, "name of a pool") or problem_of(said.code or "code"):
        raise BadCoupons(problem)
    if "/" in said.pool:
        raise BadCoupons(f"{said.pool!r} is no name of a pool, expected one without '/'")
    kind, value = _worth_said(said)
    return Pool(
        said.pool, said.code, kind, value, _number("--minimum", said.minimum), _duration("--expires", said.expires),
        _duration("--again", said.again), _whole("--warn-below", said.warn_below), said.fallback,
    )  # fmt: skip


def _worth_said(said: argparse.Namespace) -> tuple[str, float | None]:
    """Return what a code takes off, and how much of it. Raises BadCoupons where one contradicts the other."""
    given = "percent" if said.percent is not None else "amount" if said.value is not None else ""
    if said.kind and given and said.kind != given:
        flag = "--percent" if given == "percent" else "--value"
        fits = {"percent": "--percent", "amount": "--value", "shipping": "neither --value nor --percent"}[said.kind]
        raise BadCoupons(f"--kind is '{said.kind}', found {flag} beside it, expected {fits}")
    if given == "percent":
        percent = _number("--percent", said.percent)
        if percent is not None and not 0 < percent <= 100:
            raise BadCoupons(f"--percent is {said.percent!r}, expected more than 0 and at most 100")
        return given, percent
    value = _number("--value", said.value)
    if value == 0:
        raise BadCoupons(f"--value is {said.value!r}, expected more than 0, or --kind shipping")
    return said.kind or "amount", value


def _number(flag: str, text: str | None) -> float | None:
    number = None if text is None else read_number(text)
    if text is not None and (number is None or number < 0):
        raise BadCoupons(f"{flag} is {text!r}, expected a number such as 10")
    return number


def _whole(flag: str, text: str | None) -> int | None:
    number = _number(flag, text)
    if number is not None and (number != int(number) or number >= MOST_WARNED):
        raise BadCoupons(f"{flag} is {text!r}, expected a whole number below {MOST_WARNED:,}")
    return None if number is None else int(number)


def _duration(flag: str, text: str | None) -> int | None:
    ms = None if text is None else read_duration(text)
    if text is not None and (ms is None or ms < 1_000):
        raise BadCoupons(f"{flag} is {text!r}, expected a duration such as 30m, a second at least")
    return ms


def _import(said: argparse.Namespace) -> int:
    try:
        with said.file.open(encoding="utf-8-sig", newline="") as lines:
            codes = read_codes(lines)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadCoupons(f"{said.file} cannot be read: {reason}") from error
    added = _run(said, lambda connection, site: add_codes(connection, site, said.pool, codes, _progress))
    print(f"{count(added, 'code')} added to pool {said.pool}")
    return 0


def _make(said: argparse.Namespace) -> int:
    wanted = _number("--count", said.count)
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


def pool_names(said: argparse.Namespace) -> frozenset[str]:
    """Return the names of a shop's pools. ``said`` has ``--site`` and the settings of the database."""
    return frozenset(each.pool.name for each in _run(said, stocks))


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
