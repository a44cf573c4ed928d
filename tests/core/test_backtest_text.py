"""What a backtest found, as text and as JSON."""

from __future__ import annotations

from engine.core.backtest import Found, Reached
from engine.core.backtest_text import BacktestReport
from tests.core.recordings import NOON

HOUR = 3_600_000
FOUND = Found(
    reached=[
        Reached("r", "v1", "s1", NOON, ordered=True, codes=frozenset({"ADD50"})),
        Reached("r", "v1", "s2", NOON + 24 * HOUR, codes=frozenset({"ADD50"})),
        Reached("r", "v2", "s3", NOON + HOUR, codes=frozenset({"ADD50"})),
        Reached("other", "v3", "s4", NOON),
    ],
    live={("r", "v1", "s1"), ("r", "v9", "s9"), ("other", "v3", "s4")},
    held_out={"r": 7},
)


def test_report_tells_sessions_orders_codes_days_and_hours() -> None:
    told = str(BacktestReport("r", FOUND, 12, "UTC")).splitlines()
    assert told[:8] == [
        "r: would have reached 3 of 12 sessions (25.0%), 2 visitors",
        "  1 of them ordered anyway (33.3%)",
        "  2 codes of ADD50",
        "  7 more sessions are in its holdout",
        "  live, it fired in 2 sessions of that time, 1 of which are among these",
        "  by day",
        "    2024-10-04        2  " + "#" * 40,
        "    2024-10-05        1  " + "#" * 20,
    ]
    assert told[8] == "  by hour (UTC)"
    assert told[9 + 12 : 9 + 14] == ["    12:00        2  " + "#" * 40, "    13:00        1  " + "#" * 20]
    assert len(told) == 9 + 24


def test_days_and_hours_are_those_of_the_site() -> None:
    assert BacktestReport("r", FOUND, 12, "Asia/Taipei").as_json()["by_hour"] == {20: 2, 21: 1}


def test_report_for_programs_counts_a_visitors_code_once() -> None:
    assert BacktestReport("r", FOUND, 12, "UTC").as_json() == {
        "rule": "r", "sessions": 12, "reached": 3, "visitors": 2, "ordered_anyway": 1, "codes": {"ADD50": 2},
        "held_out": 7, "by_day": {"2024-10-04": 2, "2024-10-05": 1}, "by_hour": {12: 2, 13: 1},
        "live": {"sessions": 2, "also_reached": 1},
    }  # fmt: skip


def test_report_of_nothing_is_a_sentence() -> None:
    assert str(BacktestReport("q", FOUND, 0, "UTC")) == "q: would have reached none of 0 sessions"


def test_one_visitor_is_one_visitor() -> None:
    assert str(BacktestReport("other", FOUND, 0, "UTC")).startswith(
        "other: would have reached 1 of 0 sessions (-), 1 visitor\n"
    )
