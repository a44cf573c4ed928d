"""``schedule`` of a rule: what it says, when it is open, and what is wrong with it."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.core.conditions import Comparison
from engine.core.line_parts import LineError
from engine.core.schedule import Schedule
from engine.core.spoken import read_spoken
from tests.core.reading import a_rule, problems, read_one


def schedule(text: str) -> Schedule:
    """Read a schedule as a rule has it."""
    (condition, *_) = read_one(a_rule(more=f"schedule: {text}\n")).when.conditions
    written = str(condition)
    assert read_spoken(written) == condition
    assert isinstance(condition, Comparison)
    assert isinstance(condition.expected, Schedule)
    return condition.expected


def is_open(text: str, moment: str) -> bool:
    return schedule(text).is_open(datetime.fromisoformat(moment))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{days: mon-fri}", "mon-fri"),
        ("{days: [mon, wed, sat]}", "mon,wed,sat"),
        ('{days: "mon, sat-sun"}', "sat-mon"),
        ("{days: [sat, sun]}", "sat,sun"),
        ("{days: mon-sun}", "always"),
        ('{days: "mon  -  fri"}', "mon-fri"),
        ('{hours: "9:00-18:00"}', "09:00-18:00"),
        ('{hours: ["09:00-12:00", "13:00 - 18:30"]}', "09:00-12:00,13:00-18:30"),
        ('{hours: "22:00-02:00"}', "22:00-02:00"),
        ('{hours: "00:00-24:00"}', "always"),
        ('{hours: "24:00-06:00"}', "00:00-06:00"),
        ("{from: 2026-11-01, until: 2026-12-01}", "from 2026-11-01 until 2026-12-01"),
        ('{from: "2026-11-11 20:00"}', "from 2026-11-11 20:00"),
        ("{until: 2026-11-11T23:00}", "until 2026-11-11 23:00"),
        ("{days: mon, timezone: Asia/Tokyo}", "mon in Asia/Tokyo"),
    ],
)
def test_schedule_is_said_in_one_line_and_read_again(text: str, said: str) -> None:
    if said == "always":
        assert str(read_one(a_rule(more=f"schedule: {text}\n")).when.conditions[0]) == "schedule: always"
    else:
        assert str(schedule(text)) == said


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        ("{days: mon-fri}", "2026-11-20T23:59", True),
        ("{days: mon-fri}", "2026-11-21T00:00", False),
        ('{hours: "09:00-18:00"}', "2026-11-20T08:59", False),
        ('{hours: "09:00-18:00"}', "2026-11-20T09:00", True),
        ('{hours: "09:00-18:00"}', "2026-11-20T17:59", True),
        ('{hours: "09:00-18:00"}', "2026-11-20T18:00", False),
        ('{days: fri, hours: "22:00-02:00"}', "2026-11-20T01:00", False),
        ('{days: fri, hours: "22:00-02:00"}', "2026-11-20T22:00", True),
        ('{days: fri, hours: "22:00-02:00"}', "2026-11-21T01:59", True),
        ('{days: fri, hours: "22:00-02:00"}', "2026-11-21T02:00", False),
        ('{days: fri, hours: "22:00-02:00"}', "2026-11-21T22:00", False),
        ('{hours: ["09:00-12:00", "13:00-18:00"]}', "2026-11-20T12:30", False),
        ('{hours: ["09:00-12:00", "13:00-18:00"]}', "2026-11-20T13:00", True),
        ("{from: 2026-11-01}", "2026-10-31T23:59", False),
        ("{from: 2026-11-01}", "2026-11-01T00:00", True),
        ("{until: 2026-12-01}", "2026-12-01T23:59", True),
        ("{until: 2026-12-01}", "2026-12-02T00:00", False),
        ('{until: "2026-12-01 18:00"}', "2026-12-01T18:00", False),
    ],
)
def test_schedule_is_open_by_the_clock_on_the_wall(text: str, moment: str, expected: bool) -> None:
    assert is_open(text, moment) is expected


def test_times_are_those_at_which_it_may_open_or_close() -> None:
    times = schedule('{hours: "09:20-24:00", from: "2026-11-11 20:05"}').times()
    assert [f"{each:%H:%M}" for each in times] == ["09:20", "20:05"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", ["5:13: expected a mapping with days, hours, timezone, from, until, found a mapping"]),
        ("always", ["5:13: expected a mapping with days, hours, timezone, from, until, found 'always'"]),
        ("{day: mon}", ["5:14: unknown key of a schedule 'day', expected one of days, hours, timezone, from, until "
                        "(did you mean 'days'?)"]),
        ("{days: mon-fry}", ["5:20: unknown weekday 'fry', expected one of mon, tue, wed, thu, fri, sat, sun "
                             "(did you mean 'fri'?)"]),
        ("{days: []}", ["5:20: expected days such as mon-fri, found a list"]),
        ("{days: [[]]}", ["5:21: expected days such as mon-fri, found a list"]),
        ("{hours: 9-18}", ["5:21: expected hours such as 09:00-18:00, which may go over midnight, found '9-18'"]),
        ('{hours: "09:00-09:00"}', ["5:21: expected hours such as 09:00-18:00, which may go over midnight, found "
                                    "'09:00-09:00'"]),
        ('{hours: "09:00-25:00"}', ["5:21: expected hours such as 09:00-18:00, which may go over midnight, found "
                                    "'09:00-25:00'"]),
        ("{timezone: Asia/Taipeh}", ["5:24: 'Asia/Taipeh': expected a time zone such as Asia/Taipei "
                                     "(did you mean 'Asia/Taipei'?)"]),
        ("{from: 1.11.2026}", ["5:20: expected a date such as 2026-11-01, found '1.11.2026'"]),
        ('{until: "2026-11-01 25:00"}', ["5:21: expected a date such as 2026-11-01, found '2026-11-01 25:00'"]),
        ("{until: []}", ["5:21: expected a date such as 2026-11-01, found a list"]),
        ("{from: 2026-12-01, until: 2026-11-01}", ["5:39: '2026-11-01': a schedule ends after it begins"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_schedule_is_said(text: str, says: list[str]) -> None:
    assert problems(a_rule(more=f"schedule: {text}\n")) == [f"rules.yaml:{each}" for each in says]


def test_rule_that_only_another_one_starts_has_no_schedule() -> None:
    starts = a_rule(show="{chat: {text: a, replies: [{text: b, start: other}]}}")
    other = "- {rule: other, schedule: {days: mon}, show: {chat: {text: a}}}\n"
    assert problems(starts + other) == [
        "rules.yaml:5:27: expected no schedule on a rule that only another rule's popup starts, found a mapping"
    ]


@pytest.mark.parametrize("text", ["", "sometimes", "mon-fry", "09:00", "from yesterday", "until 2026-13-01"])
def test_spoken_schedule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(LineError, match="expected a schedule such as mon-fri 09:00-18:00"):
        read_spoken("schedule: " + text)
