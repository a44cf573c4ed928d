"""Pools of coupons as an operator looks after them: made, filled, and counted."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.core.coupons import DIGITS, LETTERS, Pool, combinations, fold
from engine.core.words import did_you_mean
from engine.edge import coupon_tables as tables
from engine.edge.sites import site_table
from engine.refusal import Refusal

LONGEST_CODE = 64
MOST_PROBLEMS = 20
AT_ONCE = 1_000
HEADS = (
    "code", "codes", "coupon code", "discount code", "promo code", "promotion code", "voucher code", "coupon",
    "voucher", "gutscheincode", "rabattcode", "gutschein", "code promo", "code de réduction", "código", "codigo",
    "código de descuento", "codice", "codice sconto", "kode kupon", "mã giảm giá", "โค้ดส่วนลด", "โค้ด",
    "優惠碼", "優惠代碼", "優惠券代碼", "折扣碼", "折扣代碼", "优惠码", "优惠代码", "优惠券代码", "折扣码", "折扣代码",
    "クーポンコード", "クーポン", "쿠폰 코드", "쿠폰코드", "쿠폰", "name",
)  # fmt: skip
"""What the first line of a file may call the column of the codes; of several the first of these is meant."""

_pools, _codes = tables.pools, tables.codes

Numbered = tuple[int, str]
"""A code, and the line that it stands in."""

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


class BadCoupons(Refusal):
    """What was said of a pool or its codes cannot be; each line is a sentence."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What a pool has: ``left`` and ``total`` of its unique codes, None for a fixed code."""

    pool: Pool
    left: int | None
    total: int | None


def pool_of(row: sa.Row[tuple[object, ...]]) -> Pool:
    """Return a row of the table as a pool."""
    return Pool(**{each.name: getattr(row, each.name) for each in fields(Pool)})


async def find_pool(connection: AsyncConnection, site: str, name: str) -> Pool:
    """Return a pool. Raises BadCoupons with the nearest name."""
    rows = (await connection.execute(sa.select(_pools).where(_pools.c.site == site))).all()
    known = {row.name: row for row in rows}
    if name not in known:
        raise BadCoupons(f"no pool is called {name!r}{did_you_mean(name, known)}")
    return pool_of(known[name])


async def put_pool(connection: AsyncConnection, site: str, pool: Pool) -> bool:
    """Make a pool, or change the one of its name; True if it was made. Raises BadCoupons."""
    if (await connection.execute(sa.select(site_table.c.key).where(site_table.c.key == site))).first() is None:
        raise BadCoupons(f"no site has the key {site!r}, expected that of a site, as 'shopbell sites add' gave it")
    await _check_fallback(connection, site, pool)
    await _check_codes_stay(connection, site, pool)
    is_it = (_pools.c.site == site) & (_pools.c.name == pool.name)
    changed = await connection.execute(sa.update(_pools).where(is_it).values(asdict(pool)))
    if changed.rowcount == 0:
        await connection.execute(sa.insert(_pools).values(site=site, **asdict(pool)))
    return changed.rowcount == 0


async def _check_codes_stay(connection: AsyncConnection, site: str, pool: Pool) -> None:
    """Refuse to make a pool with one code for all of one with unique codes, or the other way round: by oversight."""
    known = next((each for each in await stocks(connection, site) if each.pool.name == pool.name), None)
    if known is not None and known.pool.code and not pool.code:
        raise BadCoupons(
            f"pool {pool.name!r} has the fixed code {known.pool.code}, expected --code with it or with another one"
        )
    if known is not None and known.total and pool.code:
        raise BadCoupons(
            f"pool {pool.name!r} has unique codes ({known.total:,}), expected no --code, or the name of another pool"
        )


async def _check_fallback(connection: AsyncConnection, site: str, pool: Pool) -> None:
    way, name = [pool.name], pool.fallback
    while name:
        way.append(name)
        if name in way[:-1]:
            raise BadCoupons(f"pools that fall back on each other in a circle: {' -> '.join(way)}")
        name = (await find_pool(connection, site, name)).fallback


async def stocks(connection: AsyncConnection, site: str) -> list[Stock]:
    """Return what each pool of a site has, by name."""
    rows = (await connection.execute(sa.select(_pools).where(_pools.c.site == site).order_by(_pools.c.name))).all()
    counted = await connection.execute(
        sa.select(_codes.c.pool, sa.func.count(), sa.func.count(_codes.c.issue))
        .where(_codes.c.site == site)
        .group_by(_codes.c.pool)
    )
    found = {name: (total - taken, total) for name, total, taken in counted}
    return [Stock(pool_of(row), *((None, None) if row.code else found.get(row.name, (0, 0)))) for row in rows]


def read_codes(lines: Iterable[str]) -> list[Numbered]:
    """
    Read a file of codes, one a line or as a table, each with its line.

    A table's codes stand in the column that its first line calls so. Raises BadCoupons with every bad line.
    """
    rows = _rows(lines)
    heads = [cell.casefold().replace("_", " ") for cell in rows[0][1]] if rows else []
    known = [each for each in heads if each in HEADS]
    column = heads.index(min(known, key=HEADS.index)) if known else 0
    several = None if known else next((line for line, row in rows if len([*filter(None, row)]) > 1), None)
    if several is not None:
        expected = "expected one code a line, or 'code' in the first line, above the column of the codes"
        raise BadCoupons(f"no code was taken over:\nline {several}: several columns, {expected}")
    found = rows[1:] if known else rows
    if not found:
        raise BadCoupons("no codes found, expected one a line")
    return check_codes((line, row[column] if len(row) > column else "") for line, row in found)


def _rows(lines: Iterable[str]) -> list[tuple[int, list[str]]]:
    """Return the lines that are not empty, each as its cells; those of a table stand between ``,``, ``;`` or tabs."""
    text = list(lines)
    first = next(filter(str.strip, text), "")
    between = next((each for each in ",;\t" if each in first), ",")
    reader = csv.reader(text, delimiter=between)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise BadCoupons(f"no code was taken over:\nline {reader.line_num}: {error}") from error
    return [each for each in rows if any(each[1])]


def check_codes(numbered: Iterable[Numbered]) -> list[Numbered]:
    """Return these codes without blanks around them. Raises BadCoupons with every one that is none, or comes twice."""
    codes = [(line, code.strip()) for line, code in numbered]
    seen: dict[str, int] = {}
    problems = []
    for line, code in codes:
        first = seen.setdefault(fold(code), line)
        problem = problem_of(code) or (f"{code} stands in line {first} already" if first != line else "")
        if problem:
            problems.append(f"line {line}: {problem}")
    _refuse(problems)
    return codes


def problem_of(code: str, what: str = "code") -> str:
    """Return what is wrong with a code, or with another such word; empty if nothing is."""
    if not code:
        return f"no {what}"
    if len(code) > LONGEST_CODE:
        return f"{what} with {len(code)} characters exceeds limit of {LONGEST_CODE}"
    if any(each.isspace() or not each.isprintable() for each in code):
        return f"{code!r} is no {what}, expected one word"
    return ""


async def add_codes(
    connection: AsyncConnection,
    site: str,
    pool: str,
    codes: Sequence[tuple[int, str]],
    progress: Progress | None = None,
) -> int:
    """
    Put codes into a pool, all of them or, where the transaction ends with an error, none.

    Raises BadCoupons: a code that the site has already, by its line; a pool that has a fixed code.
    """
    await _find_unique(connection, site, pool)
    problems: list[str] = []
    for start in range(0, len(codes), AT_ONCE):
        chunk = codes[start : start + AT_ONCE]
        known = await _known(connection, site, [fold(code) for _, code in chunk])
        problems += [
            f"line {line}: {code} is in pool {known[fold(code)]!r} already"
            for line, code in chunk
            if fold(code) in known
        ]
        if not problems:
            await _insert(connection, [_row(site, pool, code) for _, code in chunk])
        if progress is not None:
            progress(start + len(chunk), len(codes))
    _refuse(problems)
    return len(codes)


async def withdraw_codes(
    connection: AsyncConnection, site: str, pool: str, codes: Sequence[Numbered] | None = None
) -> tuple[int, int]:
    """
    Take codes out of a pool, all of them or these; return how many, and how many stay as somebody has them.

    Raises BadCoupons: a code that is not in the pool, by its line; a pool that has a fixed code.
    """
    await _find_unique(connection, site, pool)
    mine = (_codes.c.site == site) & (_codes.c.pool == pool)
    chunks = [mine]
    if codes is not None:
        folded = [fold(code) for _, code in codes]
        chunks = [mine & _codes.c.folded.in_(folded[n : n + AT_ONCE]) for n in range(0, len(folded), AT_ONCE)]
        known = {each for chunk in chunks for each in await connection.scalars(sa.select(_codes.c.folded).where(chunk))}
        _refuse([f"line {n}: {code} is not in the pool" for n, code in codes if fold(code) not in known], "taken out")
    taken = given = 0
    for chunk in chunks:
        taken += (await connection.execute(sa.delete(_codes).where(chunk, _codes.c.issue.is_(None)))).rowcount
        given += (await connection.execute(sa.select(sa.func.count()).where(chunk))).scalar_one()
    return taken, given


async def _find_unique(connection: AsyncConnection, site: str, pool: str) -> None:
    found = await find_pool(connection, site, pool)
    if found.code:
        raise BadCoupons(f"pool {pool!r} has the fixed code {found.code}, expected a pool of unique codes")


def _row(site: str, pool: str, code: str) -> dict[str, str]:
    return {"site": site, "pool": pool, "code": code, "folded": fold(code)}


async def _insert(connection: AsyncConnection, rows: list[dict[str, str]]) -> None:
    try:
        await connection.execute(sa.insert(_codes), rows)
    except IntegrityError as error:
        raise BadCoupons("no code was taken over: one of them has come into a pool meanwhile, try again") from error


async def _known(connection: AsyncConnection, site: str, folded: list[str]) -> dict[str, str]:
    query = sa.select(_codes.c.folded, _codes.c.pool).where(_codes.c.site == site, _codes.c.folded.in_(folded))
    return {row.folded: row.pool for row in await connection.execute(query)}


def _refuse(problems: list[str], what: str = "taken over") -> None:
    if problems:
        more = len(problems) - MOST_PROBLEMS
        shown = problems[:MOST_PROBLEMS] + ([f"and {more:,} more"] if more > 0 else [])
        raise BadCoupons(f"no code was {what}:\n" + "\n".join(shown))


async def draw_codes(connection: AsyncConnection, site: str, pattern: str, count: int) -> list[Numbered]:
    """
    Draw new codes of a pattern, that the site has not yet, numbered from 1. Raises BadCoupons.

    Each letter and digit is drawn so that nobody can guess the next. A pattern must leave a thousand times as
    many codes as are made: what is easily guessed is worth nothing.
    """
    if problem := problem_of(pattern):
        raise BadCoupons(problem)
    if (makes := combinations(pattern)) < 1_000 * count:
        raise BadCoupons(
            f"pattern {pattern!r} makes {makes:,} code{'' if makes == 1 else 's'}, too few to give out {count:,} that"
            " nobody guesses: add '?' (a letter) or '#' (a digit)"
        )
    made: dict[str, str] = {}
    while len(made) < count:
        while len(made) < count:
            code = "".join(_drawn(each) for each in pattern)
            made.setdefault(fold(code), code)
        drawn = list(made)
        for start in range(0, count, AT_ONCE):
            for folded in await _known(connection, site, drawn[start : start + AT_ONCE]):
                del made[folded]
    return list(enumerate(made.values(), 1))


def _drawn(slot: str) -> str:
    return secrets.choice({"?": LETTERS, "#": DIGITS}.get(slot, slot))
