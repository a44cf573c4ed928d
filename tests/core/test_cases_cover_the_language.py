"""The cases of tests/cases leave out nothing of the language: what is new needs a case, or this test names it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from engine.core.condition_tree import GROUPS
from engine.core.conditions import Comparison, comparisons
from engine.core.facts import FACTS, OPERATORS_OF, FactType
from engine.core.golden import run_session
from engine.core.golden_file import REFUSALS, VISITOR_KEYS
from engine.core.golden_steps import STEP_KEYS
from engine.core.operators import OPERATORS
from engine.core.rulefile import RULE_KEYS
from engine.core.site_file import POLICY_KEYS, SITE_KEYS
from tests.core.cases import Case, all_cases

pytestmark = pytest.mark.repeats

LEAST = 500
READ_OTHERWISE = ((FactType.YES_NO, "is not"),)
"""Operators that are read as another one: ``is not yes`` is ``is no``."""
NOT_FOR_JUDGING = (
    "name", "currency", "languages", "theme", "feeds", "channels", "coupon_url", "apply", "without_consent"
)  # fmt: skip
"""Keys that only what is shown depends on, or whom a golden session has no words for: visitors who are not known."""

Seen = set[tuple[Comparison, bool]]


@cache
def seen() -> frozenset[tuple[Comparison, bool]]:
    """Return every comparison of a rule that fired (True), or that held a rule back (False)."""
    found: Seen = set()
    for case in all_cases():
        if not case.refused:
            found |= set(_seen_in(case))
    return frozenset(found)


def _seen_in(case: Case) -> Iterator[tuple[Comparison, bool]]:
    rules, session = case.ruleset(), case.golden()
    for fired in run_session(rules, session).fired:
        yield from ((each, True) for each in comparisons(rules.by_id[fired.rule].rule.when))
    for because in session.holds.values():
        if not isinstance(because, str):
            yield from ((each, False) for each in comparisons(because))


def words_in(said: Any) -> Iterator[str]:
    """Yield every word that cases are written with, the keys of mappings above all."""
    if isinstance(said, dict):
        yield from said
        for each in said.values():
            yield from words_in(each)
    elif isinstance(said, list):
        for each in said:
            yield from words_in(each)
    else:
        yield str(said)


@cache
def written() -> frozenset[str]:
    """Return every word that the cases are written with."""
    return frozenset(
        word for case in all_cases() for part in (case.rules, case.site, case.session) for word in words_in(part)
    )


def test_every_fact_makes_a_rule_fire_and_holds_one_back() -> None:
    covered = {(each.reading.fact.name, outcome) for each, outcome in seen()}
    wanted = {(each.name, outcome) for each in FACTS.values() for outcome in (True, False)}
    assert sorted(wanted - covered) == []


def test_every_operator_of_every_type_lets_through_and_holds_back() -> None:
    covered = {(each.reading.fact.type.value, each.operator.words, outcome) for each, outcome in seen()}
    wanted = {
        (kind.value, OPERATORS[symbol].words, outcome)
        for kind in FactType
        for symbol in OPERATORS_OF[kind]
        if (kind, symbol) not in READ_OTHERWISE
        for outcome in (True, False)
        if any(each.type is kind for each in FACTS.values())
    }
    assert sorted(wanted - covered) == []


def test_every_group_limit_and_setting_has_a_case() -> None:
    keys = {each.name for table in (GROUPS, RULE_KEYS, SITE_KEYS, POLICY_KEYS, VISITOR_KEYS) for each in table}
    limits = {"session", "visitor", "day", "days"}
    missing = keys | set(STEP_KEYS) | set(REFUSALS)
    assert sorted(missing - written() - set(NOT_FOR_JUDGING)) == []
    said = {word for each in written() if " per " in each for word in each.split()}
    assert sorted(limits - said) == []


def test_the_language_has_enough_cases() -> None:
    assert len(all_cases()) >= LEAST
