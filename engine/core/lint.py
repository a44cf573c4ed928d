"""
Lint: what is wrong with rules that can be read.

A rule that can never fire, or never gets its turn, is no mistake of writing, so
no reader refuses it; the marketer would only wonder. What is said here is
certain: where alternatives are too many to follow, nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.lint_chains import broken_chains
from engine.core.lint_conditions import alike, never_fires
from engine.core.lint_finding import Finding, Known, shop_of
from engine.core.lint_names import other_worths, unknown_pools, unknown_products
from engine.core.lint_sizes import long_popups
from engine.core.lint_texts import missing_texts
from engine.core.lint_times import closed_schedules
from engine.core.ruleset import RuleSet

__all__ = ["Finding", "Known", "lint"]

_CHECKS = (
    never_fires,
    closed_schedules,
    broken_chains,
    alike,
    missing_texts,
    long_popups,
    unknown_products,
    unknown_pools,
    other_worths,
)


def lint(files: Mapping[str, str], rules: RuleSet, known: Known | None = None) -> list[Finding]:
    """Return all findings, in the order of their places. ``files`` are those that ``rules`` were read from."""
    shop = shop_of(files, rules, known or Known())
    return sorted(finding for check in _CHECKS for finding in check(shop))
