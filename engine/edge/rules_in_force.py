"""Which rules hold for a site: its own, else those of all sites that have none of their own."""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.ruleset import RuleSet

COMMON = ""
"""Stands for all sites that have no rules of their own; no site has it for a key."""


class RulesInForce:
    """Changed by whoever reads the rule files; asked by everybody else."""

    def __init__(self) -> None:
        self._common = RuleSet()
        self._own: dict[str, RuleSet] = {}

    def of(self, site: str) -> RuleSet:
        """Return the rules of a site."""
        return self._own.get(site, self._common)

    def use(self, site: str, rules: RuleSet | None) -> None:
        """Let rules hold for a site, or for all that are ``COMMON``; None where it goes by these from now on."""
        if rules is None:
            self._own.pop(site, None)
        elif site == COMMON:
            self._common = rules
        else:
            self._own[site] = rules

    def has_own(self, site: str) -> bool:
        """Tell whether a site goes by rules of its own."""
        return site in self._own

    def all(self) -> Iterable[RuleSet]:
        """Return every set that is in force."""
        return (self._common, *self._own.values())
