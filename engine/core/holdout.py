"""Holdouts: a stable share of visitors does not see a rule's popup, so that its effect can be measured."""

from __future__ import annotations

import hashlib

from engine.core.rules import Rule, Site


def is_held_out(visitor: str, rule: Rule, site: Site) -> bool:
    """
    Tell whether a visitor belongs to the rule's holdout.

    The answer never changes for a visitor and a rule, and is independent of the
    visitor's part in other rules' holdouts: both ids are hashed together.
    """
    share = holdout_of(rule, site)
    if share <= 0:
        return False
    digest = hashlib.blake2b(f"{visitor}\x1f{rule.id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64


def holdout_of(rule: Rule, site: Site) -> float:
    """Return the share of visitors who do not see a rule; the site's own is for popups, not for silent rules."""
    if rule.holdout is not None:
        return rule.holdout
    return 0 if rule.is_silent else site.holdout
