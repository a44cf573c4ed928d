"""Which language a shopper reads, and how it writes values."""

from __future__ import annotations

import re

import pytest

from engine.core.label_texts import NAMES, TEXTS
from engine.core.labels import LABELS, LABELS_OF, labels
from engine.core.languages import (
    best_language,
    direction,
    write_duration,
    write_money,
    write_number,
    write_percent,
)


@pytest.mark.parametrize(
    ("wanted", "available", "site", "best"),
    [
        ("zh-TW", ["en", "zh-TW"], [], "zh-TW"),
        ("zh_tw", ["en", "zh-TW"], [], "zh-TW"),
        ("zh-HK", ["en", "zh-CN", "zh-TW"], [], "zh-TW"),
        ("zh-Hant-MO", ["en", "zh-CN", "zh-TW"], [], "zh-TW"),
        ("zh", ["zh-TW", "zh-CN"], [], "zh-CN"),
        ("zh-TW", ["en", "zh-CN"], [], "zh-CN"),
        ("de-AT", ["en", "de"], [], "de"),
        ("pt", ["en", "pt-BR"], [], "pt-BR"),
        ("de", ["en", "zh-TW"], ["zh-TW", "en"], "zh-TW"),
        ("de", ["en", "zh-TW"], ["ja"], "en"),
        ("de", ["ja", "ko"], [], "ja"),
        ("", ["ja", "en-GB"], [], "en-GB"),
        ("de", [""], ["zh-TW"], ""),
    ],
)
def test_shopper_reads_the_nearest_language(wanted: str, available: list[str], site: list[str], best: str) -> None:
    assert best_language(wanted, available, site) == best


@pytest.mark.parametrize(
    ("value", "currency", "language", "written"),
    [
        (100, "TWD", "zh-TW", "NT$100"),
        (1280, "TWD", "en", "NT$1,280"),
        (99.5, "TWD", "en", "NT$100"),
        (12.5, "EUR", "de", "12,50\u00a0€"),
        (1234.5, "EUR", "fr", "1\u202f234,50\u00a0€"),
        (1234.5, "EUR", "nl-BE", "€\u00a01.234,50"),
        (50, "USD", "en-US", "$50"),
        (50.004, "USD", "en-US", "$50"),
        (9.99, "USD", "ja", "$9.99"),
        (1000, "JPY", "ja", "¥1,000"),
        (100000, "VND", "vi", "100.000\u00a0₫"),
        (100, "BRL", "pt-BR", "R$\u00a0100"),
        (100, "BRL", "pt-PT", "100\u00a0R$"),
        (10, "CHF", "en", "CHF\u00a010"),
        (1.25, "KWD", "ar", "1.250\u00a0KWD\u200e"),
        (-20, "USD", "en", "-$20"),
        (20, "", "de", "20"),
        (1e9, "IDR", "id", "Rp\u00a01.000.000.000"),
    ],
)
def test_money_is_written_as_the_language_writes_it(value: float, currency: str, language: str, written: str) -> None:
    assert write_money(value, currency, language) == written


def test_numbers_percents_and_durations() -> None:
    assert write_number(1234.5, "en") == "1,234.5"
    assert write_number(1234567, "de") == "1.234.567"
    assert write_number(3, "xx") == "3"
    assert write_percent(12.5, "fr") == "12,5\u202f%"
    assert write_percent(10, "zh-TW") == "10%"
    assert write_duration(95_000, "en") == "1 min 35 s"
    assert write_duration(90_061_000, "zh-CN") == "1 天 1 小时"
    assert write_duration(400, "ja") == "0秒"


def test_direction_of_writing() -> None:
    assert (direction("ar-EG"), direction("he"), direction("zh-TW")) == ("rtl", "rtl", "ltr")


LANGUAGES = ["en", "zh-TW", "zh-CN", "ja", "ko", "th", "de", "fr", "es", "it", "pt", "nl", "id", "vi", "ms", "ar", "he"]


@pytest.mark.parametrize(
    ("currency", "written"), [("TWD", "50\u00a0NT$\u200e"), ("ILS", "50\u00a0₪\u200e"), ("", "50")]
)
def test_symbol_of_money_stays_together_where_one_writes_from_right_to_left(currency: str, written: str) -> None:
    assert write_money(50, currency, "he") == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_of_the_shops_has_all_labels(language: str) -> None:
    said = {name: word for kind in LABELS_OF for name, word in labels(language, kind).items()}
    assert set(said) == set(LABELS)
    assert all(said.values())
    assert language == "en" or said["close"] != "Close"


def test_other_languages_have_english_labels() -> None:
    assert labels("xx", "chat") == labels("en", "chat")
    assert labels("zh-HK", "chat") == labels("zh-TW", "chat") != labels("zh", "chat")


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_language_keeps_the_places_of_what_is_put_in(language: str) -> None:
    assert len(TEXTS[language]) == len(NAMES)
    for word, english in zip(TEXTS[language], TEXTS["en"], strict=True):
        assert sorted(re.findall(r"{\w+}", word)) == sorted(re.findall(r"{\w+}", english))


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans", "ja"])
def test_words_in_chinese_and_japanese_end_in_full_width_marks(language: str) -> None:
    assert [each for each in TEXTS[language] if re.search(r"[!?:;,]", each)] == []
