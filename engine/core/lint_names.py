"""Names in rules that nothing in the shop has: products of no feed."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.conditions import Comparison, comparisons
from engine.core.lint_finding import Finding, Shop
from engine.core.words import did_you_mean, quoted


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
                        yield Finding(shop.places.of(rule.id, "when", n), message, advice)


def _products(comparison: Comparison) -> tuple[str, ...]:
    if comparison.reading.fact.name != "product.id" or comparison.operator.symbol not in ("is", "in"):
        return ()
    return comparison.expected if comparison.operator.takes == "list" else (comparison.expected,)
