"""How a language writes a day, and names the days of the week."""

from __future__ import annotations

import pytest

from engine.core.wall_clock import WEEKDAYS
from engine.core.written_dates import write_date, write_weekday
from tests.core.test_languages import LANGUAGES


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Nov 3, 2026"),
        ("en-US", "Nov 3, 2026"),
        ("en_GB", "3 Nov 2026"),
        ("", "Nov 3, 2026"),
        ("xx", "Nov 3, 2026"),
        ("zh-TW", "2026年11月3日"),
        ("zh-CN", "2026年11月3日"),
        ("ja", "2026年11月3日"),
        ("ko-KR", "2026년 11월 3일"),
        ("th", "3/11/2569"),
        ("de-AT", "3.11.2026"),
        ("fr", "03/11/2026"),
        ("fr-CA", "2026-11-03"),
        ("nl", "3-11-2026"),
        ("ar", "3\u200f/11\u200f/2026"),
    ],
)
def test_day_is_written_as_the_language_writes_it(language: str, written: str) -> None:
    assert write_date("2026-11-03", language) == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_of_the_shops_has_days_of_its_own(language: str) -> None:
    days = [write_weekday(day, language) for day in WEEKDAYS]
    assert len(set(days)) == len(WEEKDAYS)
    assert language == "en" or days[0] != "Monday"
    assert language == "en" or write_date("2026-11-03", language) != "Nov 3, 2026"


def test_days_of_the_week_are_named_in_their_order() -> None:
    assert [write_weekday(day, "zh-TW") for day in ("mon", "sat", "sun")] == ["星期一", "星期六", "星期日"]
    assert write_weekday("sun", "xx") == "Sunday"
