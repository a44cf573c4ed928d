"""The rule language, case by case."""

from __future__ import annotations

import pytest

from engine.core.golden import run_session
from engine.core.rule_errors import RuleErrors
from tests.core.cases import Case, all_cases

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    if case.refused:
        with pytest.raises(RuleErrors, match=case.refused):
            case.ruleset()
        return
    outcome = run_session(case.ruleset(), case.golden())
    assert outcome.passed, str(outcome)


def test_names_of_cases_are_all_different() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
