"""
How a language writes a day and names the days of the week.

As Unicode's CLDR has them, in figures but for English, whose readers take
11/12 for two different days. A language that is not here writes as English does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from engine.core.languages import base_of, script_of, tag_of
from engine.core.wall_clock import WEEKDAYS

_T = TypeVar("_T")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY_FIRST = "{day} {name} {year}"
_BUDDHIST_YEARS = 543
_RIGHT_TO_LEFT = "\u200f"

_DATES = {
    "en": "{name} {day}, {year}",
    **{f"en-{region}": _DAY_FIRST for region in ("au", "gb", "hk", "ie", "in", "my", "nz", "sg")},
    "zh": "{year}年{month}月{day}日",
    "ja": "{year}年{month}月{day}日",
    "ko": "{year}년 {month}월 {day}일",
    "th": "{day}/{month}/{buddhist}",
    "de": "{day}.{month}.{year}",
    "fr": "{day:02}/{month:02}/{year}",
    "fr-ca": "{year}-{month:02}-{day:02}",
    "es": "{day}/{month}/{year}",
    "it": "{day:02}/{month:02}/{year}",
    "pt": "{day:02}/{month:02}/{year}",
    "nl": "{day}-{month}-{year}",
    "id": "{day}/{month}/{year}",
    "vi": "{day}/{month}/{year}",
    "ms": "{day}/{month}/{year}",
    "ar": f"{{day}}{_RIGHT_TO_LEFT}/{{month}}{_RIGHT_TO_LEFT}/{{year}}",
    "he": "{day}.{month}.{year}",
}

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "ja": ("月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"),
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
    "th": ("วันจันทร์", "วันอังคาร", "วันพุธ", "วันพฤหัสบดี", "วันศุกร์", "วันเสาร์", "วันอาทิตย์"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "pt": ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"),
    "ms": ("Isnin", "Selasa", "Rabu", "Khamis", "Jumaat", "Sabtu", "Ahad"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    "he": ("יום שני", "יום שלישי", "יום רביעי", "יום חמישי", "יום שישי", "יום שבת", "יום ראשון"),
}


def write_date(day: str, language: str) -> str:
    """Write a day such as ``2026-11-03``: ``Nov 3, 2026``, ``3.11.2026``, ``2026年11月3日``."""
    year, month, date = (int(each) for each in day.split("-"))
    how = _of(_DATES, language)
    return how.format(year=year, buddhist=year + _BUDDHIST_YEARS, month=month, day=date, name=_MONTHS[month - 1])


def write_weekday(day: str, language: str) -> str:
    """Write a day of the week such as ``sat`` by its whole name."""
    return _of(_WEEKDAYS, language)[WEEKDAYS.index(day)]


def _of(table: Mapping[str, _T], language: str) -> _T:
    tags = (tag_of(language), script_of(language), base_of(language))
    return next((table[each] for each in tags if each in table), table["en"])
