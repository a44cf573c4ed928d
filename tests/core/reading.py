"""Builders for tests of the rule reader: one rule around what a test is about."""

from __future__ import annotations

import textwrap

from engine.core.rule_errors import RuleErrors
from engine.core.rulefile import read_rules
from engine.core.rules import Rule, Site
from engine.core.ruleset import RuleSet

A_CHAT = "{chat: {text: hello}}"


def a_rule(*when: str, show: str = A_CHAT, more: str = "", rule: str = "r") -> str:
    """Write a rule with these conditions, each as it stands after '- '."""
    lines = "".join(f"    - {each}\n" for each in when or ("page is cart",))
    return f"- rule: {rule}\n  when:\n{lines}  show: {show}\n{textwrap.indent(textwrap.dedent(more), '  ')}"


def read(text: str, site: str = "") -> RuleSet:
    """Read one file of rules, and a site's settings."""
    return read_rules({"rules.yaml": text, "site.yaml": site})


def read_one(text: str, site: str = "") -> Rule:
    """Read one rule."""
    (compiled,) = read(text, site).rules
    return compiled.rule


def read_site(text: str) -> Site:
    """Read a site's settings."""
    return read("", text).site


def problems(text: str, site: str = "") -> list[str]:
    """Return the sentences of all that is wrong, each with its place; empty if nothing is."""
    try:
        read(text, site)
    except RuleErrors as errors:
        return str(errors).split("\n")
    return []


def problem(text: str, site: str = "") -> str:
    """Return the one thing that is wrong."""
    (only,) = problems(text, site)
    return only
