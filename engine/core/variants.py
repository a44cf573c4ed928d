"""Variants: which of a rule's popups a visitor sees, always the same one."""

from __future__ import annotations

import hashlib
import math

from engine.core.rules import Rule, Variant


def variant_of(visitor: str, rule: Rule, forced: str = "") -> Variant | None:
    """
    Return the visitor's variant of a rule, None where the rule has none. ``forced`` names one in its stead.

    The answer depends on the ids and the weights alone. Every variant draws a
    number of its own, weighed, and the highest wins: another weight, or another
    variant, moves only as many visitors as it must, and the others keep theirs.
    """
    for each in rule.variants:
        if each.name == forced:
            return each
    return max(rule.variants, key=lambda each: _score(visitor, rule.id, each), default=None)


def _score(visitor: str, rule: str, variant: Variant) -> float:
    digest = hashlib.blake2b(f"{visitor}\x1f{rule}\x1f{variant.name}".encode(), digest_size=8).digest()
    drawn = (int.from_bytes(digest, "big") + 0.5) / 2**64
    return -math.inf if variant.weight <= 0 else math.log(drawn) / variant.weight
