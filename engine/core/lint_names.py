"""What rules name and the shop does not have: products of no feed, coupons of no pool, or of one of another worth."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.cart_items import CartPart
from engine.core.conditions import Comparison, comparisons
from engine.core.coupons import Pool
from engine.core.lint_finding import Finding, Shop
from engine.core.popup import coupons_of
from engine.core.popup_parts import Coupon
from engine.core.where import Where
from engine.core.words import did_you_mean, quoted
from engine.core.written import say_number

_KEYS_OF_EVENTS = ("item_id", "product.id")
"""Under which events say a product's id."""


def unknown_products(shop: Shop) -> Iterator[Finding]:
    """Find ids of products that the shop's feed does not have."""
    if shop.known.products is None:
        return
    known = {each.casefold(): each for each in shop.known.products}
    for rule in shop.in_order:
        for n, condition in enumerate(rule.when.conditions):
            for comparison in comparisons(condition):
                for each in _products(comparison):
                    if each not in known:
                        message = f"{rule.id}: no product of the feed has the id {quoted(each)}"
                        advice = f"look it up in the feed{did_you_mean(each, known.values())}"
                        yield Finding(shop.place_of(rule, n), message, advice)


def unknown_pools(shop: Shop) -> Iterator[Finding]:
    """Find pools of coupons that the shop does not have, as far as they are known."""
    if shop.known.pools is None:
        return
    for rule in shop.in_order:
        named = (coupon.code for show in rule.shows for coupon in coupons_of(show) if coupon.pool)
        for each in dict.fromkeys(named):
            if each not in shop.known.pools:
                message = f"{rule.id}: there is no pool of coupons {quoted(each)}, every shopper gets this very word"
                advice = f"make the pool, or write 'code: {each}'{did_you_mean(each, shop.known.pools)}"
                yield Finding(shop.places.of(rule.id, "show"), message, advice)


def other_worths(shop: Shop) -> Iterator[Finding]:
    """Find coupons of which a rule promises something else than their pool takes off."""
    pools = shop.known.pools or {}
    for rule in shop.in_order:
        for coupon in dict.fromkeys(coupon for show in rule.shows for coupon in coupons_of(show) if coupon.pool):
            pool = pools.get(coupon.code)
            promised, given = _worth(coupon), None if pool is None else _worth_of(pool)
            if promised and given and promised != given:
                message = f"{rule.id}: it promises {promised}, the pool {quoted(coupon.code)} takes off {given}"
                advice = "say the same in both, or leave 'value:' out: then the pool's holds"
                yield Finding(shop.places.of(rule.id, "show"), message, advice)


def _worth(coupon: Coupon) -> str:
    unit = "%" if coupon.percent else ""
    return "" if coupon.value is None else f"{say_number(coupon.value)}{unit}"


def _worth_of(pool: Pool) -> str:
    return _worth(Coupon("", pool.value, pool.kind == "percent")) if pool.kind != "shipping" else "the shipping"


def _products(comparison: Comparison) -> Iterator[str]:
    """Yield the ids of products that a condition names: of the page's, of what lies in the cart, of what events say."""
    reading, expected = comparison.reading, comparison.expected
    if isinstance(expected, CartPart):
        yield from (expected.name,) if expected.what == "sku" else ()
    if reading.fact.name == "product.id":
        yield from _named(comparison)
    for where in (reading.where, *(step.where for step in reading.steps)):
        if where is not None and where.key.removeprefix("items.") in _KEYS_OF_EVENTS:
            yield from _named(where)


def _named(compared: Comparison | Where) -> tuple[str, ...]:
    if compared.operator.symbol not in ("is", "in"):
        return ()
    named: tuple[str, ...] = compared.expected if compared.operator.takes == "list" else (compared.expected,)
    return named
