"""The time on a shop's wall, and the moments at which it changes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.schedule import Schedule
from engine.core.wall_clock import WallMoments, read_date, read_weekdays, wall_clock
from tests.drawn import drawn

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def ms(text: str) -> int:
    """Return a moment such as 2026-03-29T01:30+00:00 in ms."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def said(clock: str, moment_ms: int | None) -> str:
    assert moment_ms is not None
    return f"{wall_clock(clock).at(moment_ms):%m-%d %H:%M}"


def test_clock_tells_the_local_time_to_the_minute() -> None:
    clock = wall_clock("Asia/Taipei")
    assert clock.at(ms("2026-11-21T12:15:59+00:00")).isoformat() == "2026-11-21T20:15:00"
    assert clock.at(ms("2026-11-21T12:16:00+00:00")).minute == 16
    assert wall_clock("Asia/Taipei") is clock


def test_hour_changes_on_the_hour_of_the_zone() -> None:
    for zone, expected in (("Asia/Taipei", "11-21 21:00"), ("Asia/Kathmandu", "11-21 19:00")):
        moments = WallMoments(wall_clock(zone), lambda local: local.hour % 2 == 1)
        now = ms("2026-11-21T12:15:30+00:00")
        found = moments.next_ms(now)
        assert said(zone, found) == expected
        assert found is not None
        assert not wall_clock(zone).at(found - 1).hour % 2


def test_hour_that_the_turning_of_clocks_leaves_out_is_not_waited_for() -> None:
    moments = WallMoments(wall_clock("Europe/Berlin"), lambda local: local.hour == 2)
    assert moments.next_ms(ms("2026-03-28T12:00+01:00")) is None
    assert said("Europe/Berlin", moments.next_ms(ms("2026-03-29T12:00+02:00"))) == "03-30 02:00"


def test_hour_that_comes_twice_holds_until_its_second_end() -> None:
    moments = WallMoments(wall_clock("Europe/Berlin"), lambda local: local.hour == 2)
    assert moments.next_ms(ms("2026-10-25T02:10+02:00")) == ms("2026-10-25T03:00+01:00")


def test_opening_in_the_hour_left_out_is_when_the_clocks_are_turned() -> None:
    schedule = Schedule(hours=((150, 600),))
    moments = WallMoments(wall_clock("Europe/Berlin"), schedule.is_open, schedule.times())
    assert moments.next_ms(ms("2026-03-29T00:00+01:00")) == ms("2026-03-29T03:00+02:00")


def test_nothing_is_foreseen_for_longer_than_a_day() -> None:
    moments = WallMoments(wall_clock("UTC"), lambda local: local.weekday() == 5)
    assert moments.next_ms(ms("2026-11-19T23:59+00:00")) is None
    assert moments.next_ms(ms("2026-11-20T00:00+00:00")) == ms("2026-11-21T00:00+00:00")


def test_what_was_found_is_kept_until_it_comes() -> None:
    asked = []

    def is_evening(local: datetime) -> bool:
        asked.append(local)
        return local.hour >= 18

    moments = WallMoments(wall_clock("UTC"), is_evening)
    noon, evening = ms("2026-11-21T12:00+00:00"), ms("2026-11-21T18:00+00:00")
    assert moments.next_ms(noon) == evening
    before = len(asked)
    assert moments.next_ms(evening - 1) == evening
    assert len(asked) == before
    assert moments.next_ms(evening) == ms("2026-11-22T00:00+00:00")
    assert moments.next_ms(noon) == evening


ZONES = ["Asia/Taipei", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Tehran"]
HOURS = st.tuples(st.integers(0, 1439), st.integers(0, 1440)).filter(lambda pair: pair[0] != pair[1] % 1440)


@drawn(60)
@given(
    zone=st.sampled_from(ZONES),
    start=st.integers(ms("2026-01-01T00:00+00:00") // 60_000, ms("2026-12-31T00:00+00:00") // 60_000),
    hours=st.lists(HOURS, min_size=1, max_size=2),
    days=st.sets(st.integers(0, 6), min_size=1),
)
def test_next_moment_is_the_first_minute_at_which_it_changes(
    zone: str, start: int, hours: list[tuple[int, int]], days: set[int]
) -> None:
    schedule = Schedule(tuple(sorted(days)), tuple(hours))
    clock = wall_clock(zone)
    now = start * 60_000
    before = schedule.is_open(clock.at(now))
    plainly = (now + n * 60_000 for n in range(1, 24 * 60 + 1))
    expected = next((each for each in plainly if schedule.is_open(clock.at(each)) is not before), None)
    assert WallMoments(clock, schedule.is_open, schedule.times()).next_ms(now) == expected


def test_moments_are_quarters_of_an_hour_and_the_times_asked_for() -> None:
    now = ms("2026-11-21T12:07:30+00:00")
    found = wall_clock("UTC").moments(now, [time(18, 20)])
    assert found == sorted(set(found))
    assert now < found[0]
    assert found[-1] <= now + DAY_MS + 15 * 60_000
    assert ms("2026-11-21T18:20+00:00") in found
    assert all(later - earlier <= 15 * 60_000 for earlier, later in pairwise(found))


def test_zones_change_their_offsets_at_quarters_of_an_hour() -> None:
    utc, zone = ZoneInfo("UTC"), ZoneInfo("Australia/Lord_Howe")
    begin = datetime(2026, 1, 1, tzinfo=utc)
    offsets = [(begin + timedelta(minutes=15 * n)).astimezone(zone).utcoffset() for n in range(4 * 24 * 365)]
    assert len(set(offsets)) == 2


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("fri", ("fri",)),
        ("mon-wed", ("mon", "tue", "wed")),
        ("sat - mon", ("sat", "sun", "mon")),
        ("sun-sun", ("sun",)),
        ("mon-fry", ()),
        ("friday", ()),
        ("", ()),
    ],
)
def test_weekdays_are_read_one_or_a_range(text: str, days: tuple[str, ...]) -> None:
    assert read_weekdays(text) == days


def test_date_is_year_month_and_day() -> None:
    assert str(read_date("2026-02-28")) == "2026-02-28"
    assert [read_date(each) for each in ("2026-2-28", "2026-02-30", "1999-12-31", "2200-01-01", "")] == [None] * 5
