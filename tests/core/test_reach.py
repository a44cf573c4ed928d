"""How far back a replay must begin to find what rules read as it was."""

from __future__ import annotations

import pytest

from engine.core.reach import DAY_MS, LIFE_MS, reach_ms
from tests.core.recordings import rules_of


@pytest.mark.parametrize(
    ("when", "more", "reach"),
    [
        ("page is cart", "", DAY_MS),
        ("count(login) in 7d > 1", "", 7 * DAY_MS),
        ("count(login) in 1h > 1", "", DAY_MS),
        ("count(login) ever > 1", "", LIFE_MS),
        ("visitor.orders > 1", "", LIFE_MS),
        ("page is cart", "  limit: 1 per 3 days", 3 * DAY_MS),
        ("page is cart", "  limit: once per visitor", LIFE_MS),
        ("page is cart", "  after: other", LIFE_MS),
    ],
)
def test_reach_follows_from_windows_and_limits(when: str, more: str, reach: int) -> None:
    other = "- {rule: other, when: [page is home], show: {chat: {text: Hello}}}\n"
    assert (
        reach_ms(rules_of(f"- rule: r\n  when: [{when}]\n  show: {{chat: {{text: Hello}}}}\n{more}\n{other}")) == reach
    )


def test_no_rules_reach_a_day() -> None:
    assert reach_ms(rules_of("[]")) == DAY_MS
