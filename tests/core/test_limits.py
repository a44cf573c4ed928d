"""How often a rule may show, as it is written."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.rules import Limit
from tests.core.cases import refused
from tests.core.reading import a_rule, problem, read_one


@pytest.mark.parametrize(
    ("written", "limit", "said"),
    [
        ("once per session", Limit("session", 1), "once per session"),
        ("once per visitor", Limit("visitor", 1), "once per visitor"),
        ("once per day", Limit("days", 1, 1), "1 per day"),
        ("3 per session", Limit("session", 3), "3 per session"),
        ("2  per   visitor", Limit("visitor", 2), "2 per visitor"),
        ("2 per day", Limit("days", 2, 1), "2 per day"),
        ("1 per 3 days", Limit("days", 1, 3), "1 per 3 days"),
        ("once per 7 days", Limit("days", 1, 7), "1 per 7 days"),
        ("1 per 1 day", Limit("days", 1, 1), "1 per day"),
    ],
)
def test_limit_is_read_and_said(written: str, limit: Limit, said: str) -> None:
    read = read_one(a_rule(more=f"limit: {written}")).limit
    assert read == limit
    assert str(read) == said


@pytest.mark.parametrize("case", refused("limits"), ids=lambda case: case["says"])
def test_what_is_no_limit_is_refused(case: dict[str, Any]) -> None:
    assert problem(a_rule(more=f"limit: {case['text']}")).split(": ", 1)[1] == case["says"]
