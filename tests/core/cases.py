"""The language as data: cases of tests/cases, each a rule or two, what a shopper does, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.core.golden import GoldenSession, read_sessions
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet

CASES = Path(__file__).parent.parent / "cases"
SHOW = {"chat": {"text": "hello"}}


_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainDates = type("_PlainDates", (_QUICK,), {"yaml_implicit_resolvers": _PLAIN})
"""Reads YAML whose times stay texts."""


@dataclass(frozen=True)
class Case:
    """One case. ``refused`` is a part of the error's sentence where the rule cannot be read."""

    name: str
    rules: list[dict[str, Any]]
    site: dict[str, Any]
    session: dict[str, Any]
    refused: str = ""

    def ruleset(self) -> RuleSet:
        """Read the case's rules as a file of rules would be."""
        return read_rules({"rules.yaml": _yaml(self.rules), "site.yaml": _yaml(self.site)})

    def golden(self) -> GoldenSession:
        """Read the case's events as a golden session."""
        (session,) = read_sessions({"case": _yaml([self.session])})
        return session


@cache
def all_cases() -> tuple[Case, ...]:
    """Return the cases of all files."""
    return tuple(
        _case(said)
        for path in sorted(CASES.glob("*.yaml"))
        for said in yaml.load(path.read_text("utf-8"), _PlainDates)  # noqa: S506  (a SafeLoader)
    )


def refused(name: str) -> list[dict[str, Any]]:
    """Return the cases of what cannot be read, each with what is said of it."""
    cases: list[dict[str, Any]] = yaml.safe_load((CASES / "refused" / f"{name}.yaml").read_text("utf-8"))
    return cases


def _case(said: dict[str, Any]) -> Case:
    name = said.pop("case")
    rules = said.pop("rules", None) or {
        "rule": {key: said.pop(key) for key in ("when", "schedule", "limit") if key in said}
    }
    holds = said.get("holds", {})
    fires = said.get("fires", [])
    session: dict[str, Any] = {
        "session": name,
        "events": said.pop("events", []),
        "fires": ["rule"] if fires is True else fires,
        "holds": holds if isinstance(holds, dict) else {"rule": holds},
        **{key: said.pop(key) for key in ("at", "visitor", "coupons") if key in said},
    }
    written = [_without_none({"rule": each, "show": SHOW, **keys}) for each, keys in rules.items()]
    case = Case(name, written, said.pop("site", {}), session, said.pop("refused", ""))
    assert not said.keys() - {"fires", "holds"}, f"{name}: unknown keys {said}"
    return case


def _without_none(keys: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a case says is not there: ``show: null``."""
    return {name: value for name, value in keys.items() if value is not None}


class _NoAliases:
    """Writes a value out wherever it occurs."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper = type("_Dumper", (_NoAliases, getattr(yaml, "CSafeDumper", yaml.SafeDumper)), {})


def _yaml(value: Any) -> str:
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, width=10_000, sort_keys=False))
