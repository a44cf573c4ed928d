"""What is remembered of firings, and when it leaves a rule or a session none."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.conditions import AllOf
from engine.core.firings import DAY_MS, UNSEEN_AFTER_MS, counts, is_awaited, is_exhausted, is_spent, is_within, span_of
from engine.core.rules import Limit, Rule, Show

NOW = 20_000 * DAY_MS


def a_firing(age_ms: int = 0, session: str = "s_1", viewed: int = 1, held_out: int = 0) -> dict[str, Any]:
    return {"f": "f_1", "t": NOW - age_ms, "s": session, "d": "doc001", "v": 1, "w": viewed, "c": 0, "h": held_out}


def test_firing_whose_page_was_left_counts_only_if_it_was_viewed_yet() -> None:
    assert not counts(a_firing(1, viewed=0) | {"u": 1}, NOW)
    assert counts(a_firing(1, viewed=1) | {"u": 1}, NOW)


def a_rule(limit: Limit) -> Rule:
    return Rule("r", AllOf(()), Show("chat", {}), limit=limit)


@pytest.mark.parametrize(
    ("limit", "span"),
    [(Limit(), "session"), (Limit("visitor", 2), "visitor"), (Limit("days", 1, 7), "604800000")],
)
def test_span_of_a_limit_is_said_as_the_claim_takes_it(limit: Limit, span: str) -> None:
    assert span_of(limit) == span


@pytest.mark.parametrize(
    ("age_ms", "viewed", "is_counted"),
    [
        (0, 0, True),
        (UNSEEN_AFTER_MS - 1, 0, True),
        (UNSEEN_AFTER_MS, 0, False),
        (UNSEEN_AFTER_MS, 1, True),
        (365 * DAY_MS, 1, True),
    ],
)
def test_firing_that_nobody_viewed_counts_for_a_minute(age_ms: int, viewed: int, is_counted: bool) -> None:
    assert counts(a_firing(age_ms, viewed=viewed), NOW) is is_counted
    assert is_awaited(a_firing(age_ms, viewed=viewed), NOW) is (is_counted and not viewed)


@pytest.mark.parametrize(
    ("span", "age_ms", "session", "within"),
    [
        ("session", 0, "s_1", True),
        ("session", 0, "s_0", False),
        ("visitor", 900 * DAY_MS, "s_0", True),
        ("86400000", DAY_MS - 1, "s_0", True),
        ("86400000", DAY_MS, "s_1", False),
    ],
)
def test_firing_falls_into_the_span_of_a_limit_or_not(span: str, age_ms: int, session: str, within: bool) -> None:
    assert is_within(a_firing(age_ms, session), span, "s_1", NOW) is within


@pytest.mark.parametrize(
    ("limit", "firings", "spent"),
    [
        (Limit(), [], False),
        (Limit(), [a_firing()], True),
        (Limit(), [a_firing(session="s_0")], False),
        (Limit(), [a_firing(UNSEEN_AFTER_MS, viewed=0)], False),
        (Limit(), [a_firing(held_out=1)], True),
        (Limit("session", 2), [a_firing()], False),
        (Limit("session", 2), [a_firing(), a_firing()], True),
        (Limit("visitor"), [a_firing(99 * DAY_MS, "s_0")], True),
        (Limit("days", 1, 2), [a_firing(2 * DAY_MS - 1, "s_0")], True),
        (Limit("days", 1, 2), [a_firing(2 * DAY_MS, "s_0")], False),
        (Limit("days", 2, 2), [a_firing(DAY_MS), a_firing(3 * DAY_MS)], False),
    ],
)
def test_limit_is_spent_when_as_many_firings_count_within_it(
    limit: Limit, firings: list[dict[str, Any]], spent: bool
) -> None:
    assert is_spent(a_rule(limit), firings, "s_1", NOW) is spent


@pytest.mark.parametrize(
    ("firings", "exhausted"),
    [
        ([], False),
        ([a_firing()], False),
        ([a_firing(), a_firing()], True),
        ([a_firing(), a_firing(session="s_0")], False),
        ([a_firing(), a_firing(held_out=1)], False),
        ([a_firing(), a_firing(UNSEEN_AFTER_MS, viewed=0)], False),
        ([a_firing(), a_firing(UNSEEN_AFTER_MS - 1, viewed=0)], True),
    ],
)
def test_session_has_seen_enough_when_as_many_popups_as_the_site_allows_were_shown(
    firings: list[dict[str, Any]], exhausted: bool
) -> None:
    assert is_exhausted(firings, "s_1", 2, NOW) is exhausted
