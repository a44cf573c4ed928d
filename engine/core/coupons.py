"""Coupons: pools of codes as values, how codes are compared, and the shop's address that puts one to use."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from engine.core.node_reading import read_word, refuse
from engine.core.rule_errors import Problems
from engine.core.words import did_you_mean
from engine.core.yaml_nodes import Node

COUPON_URLS = {"shopify": "/discount/{code}", "woocommerce": "/cart/?apply_coupon={code}"}
"""Shops whose address is known: the name of one may be written instead of it."""

KINDS = ("amount", "percent", "shipping")
"""What a coupon takes off."""

LETTERS, DIGITS = "ACDEFGHJKMNPQRTUVWXY", "234679"
"""What generated codes are made of: nothing that looks like something else (0 O, 1 I L, 5 S, 8 B)."""

_SLOT = "{code}"


@dataclass(frozen=True, slots=True)
class Pool:
    """
    A pool of a site's codes.

    ``code`` is set where all shoppers get the same one. ``kind`` says what
    ``value`` is: an amount in the site's currency, or a percent; shipping has
    none. ``expires_ms`` counts from being shown. ``again_ms`` is how long after
    a visitor's code was redeemed or ended they may have another; None: never.
    """

    name: str
    code: str = ""
    kind: str = "amount"
    value: float | None = None
    minimum: float | None = None
    expires_ms: int | None = None
    again_ms: int | None = None
    warn_below: int | None = None
    fallback: str = ""


def fold(code: str) -> str:
    """Return a code as codes are compared: shoppers type them in any case."""
    return code.strip().casefold()


def combinations(pattern: str) -> int:
    """Return how many codes a pattern can make: ``?`` stands for a letter, ``#`` for a digit."""
    many = 1
    for each in pattern:
        many *= {"?": len(LETTERS), "#": len(DIGITS)}.get(each, 1)
    return many


def apply_url(template: str, code: str) -> str:
    """Return the address that puts a code to use; empty where the shop has none."""
    return template.replace(_SLOT, quote(code, safe=""))


def read_coupon_url(node: Node, problems: Problems) -> str | None:
    """Read an address that holds ``{code}``, or the name of a shop system."""
    word = read_word(node, "an address that holds {code}, or one of " + ", ".join(COUPON_URLS), problems)
    if word is None or word in COUPON_URLS:
        return None if word is None else COUPON_URLS[word]
    if _SLOT not in word or not _is_address(word):
        hint = did_you_mean(word, COUPON_URLS)
        refuse(node, f"expected an address such as https://shop.example/discount/{{code}}{hint}", problems)
        return None
    return word


def _is_address(word: str) -> bool:
    if any(each.isspace() or each == "\\" for each in word):
        return False
    try:
        parts = urlsplit(word)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme in ("http", "https") and bool(parts.hostname) and _SLOT not in parts.netloc
    return word.startswith("/") and not word.startswith("//")
