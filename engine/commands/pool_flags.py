"""What ``shopbell coupons add`` is told of a pool, as flags: read, and refused where it cannot be."""

from __future__ import annotations

import argparse

from engine.core.coupons import KINDS, Pool
from engine.core.words import read_duration, read_number
from engine.edge.coupon_pools import BadCoupons, problem_of

MOST_WARNED = 1_000_000_000


def add_flags(add: argparse.ArgumentParser) -> None:
    """Let a pool be told."""
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


def pool_of(said: argparse.Namespace) -> Pool:
    """Return the pool that was told. Raises BadCoupons."""
    if problem := problem_of(said.pool, "name of a pool") or problem_of(said.code or "code"):
        raise BadCoupons(problem)
    if "/" in said.pool:
        raise BadCoupons(f"{said.pool!r} is no name of a pool, expected one without '/'")
    kind, value = _worth_said(said)
    return Pool(
        said.pool, said.code, kind, value, number_of("--minimum", said.minimum), _duration("--expires", said.expires),
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
        percent = number_of("--percent", said.percent)
        if percent is not None and not 0 < percent <= 100:
            raise BadCoupons(f"--percent is {said.percent!r}, expected more than 0 and at most 100")
        return given, percent
    value = number_of("--value", said.value)
    if value == 0:
        raise BadCoupons(f"--value is {said.value!r}, expected more than 0, or --kind shipping")
    return said.kind or "amount", value


def number_of(flag: str, text: str | None) -> float | None:
    """Return the number that a flag was given, None where it was not. Raises BadCoupons for one below 0."""
    number = None if text is None else read_number(text)
    if text is not None and (number is None or number < 0):
        raise BadCoupons(f"{flag} is {text!r}, expected a number such as 10")
    return number


def _whole(flag: str, text: str | None) -> int | None:
    number = number_of(flag, text)
    if number is not None and (number != int(number) or number >= MOST_WARNED):
        raise BadCoupons(f"{flag} is {text!r}, expected a whole number below {MOST_WARNED:,}")
    return None if number is None else int(number)


def _duration(flag: str, text: str | None) -> int | None:
    ms = None if text is None else read_duration(text)
    if text is not None and (ms is None or ms < 1_000):
        raise BadCoupons(f"{flag} is {text!r}, expected a duration such as 30m, a second at least")
    return ms
