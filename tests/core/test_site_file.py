"""site.yaml: every key is checked, and none is needed."""

from __future__ import annotations

import pytest

from engine.core.rules import Site
from tests.core.reading import problem, problems, read_site

ALL = """
currency: TWD
timezone: Asia/Taipei
languages: [zh-TW, en]
free_shipping_from: 1500.5
holdout: 5%
policy:
  popups_per_session: 2
  quiet: 45s
  never_on: [checkout, thanks]
stages:
  shopper: {product_views: 3, product_dwell: 60s, cart: true}
"""


def test_all_settings_are_read() -> None:
    assert read_site(ALL) == Site(
        currency="TWD",
        timezone="Asia/Taipei",
        languages=("zh-TW", "en"),
        free_shipping_from=1500.5,
        holdout=0.05,
        popups_per_session=2,
        quiet_ms=45_000,
        never_on=("checkout", "thanks"),
    )


def test_what_is_absent_has_its_default() -> None:
    assert read_site("") == Site()
    assert read_site("policy: {quiet: 5s}") == Site(quiet_ms=5_000)
    assert read_site("policy: {never_on: []}").never_on == ()
    assert read_site("stages: {shopper: {cart: no}}") == Site()
    assert read_site("stages: {}") == Site()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a", "site.yaml:1:1: expected a mapping with currency, timezone, languages, free_shipping_from, holdout, policy, stages, found a list"),
        ("curency: TWD", "site.yaml:1:1: unknown setting 'curency', expected one of currency, timezone, languages, free_shipping_from, ... (did you mean 'currency'?)"),
        ("currency: twd", "site.yaml:1:11: expected a currency of three capital letters such as TWD, found 'twd'"),
        ("timezone: Asia/Taipeh", "site.yaml:1:11: 'Asia/Taipeh': expected a time zone such as Asia/Taipei (did you mean 'Asia/Taipei'?)"),
        ("timezone: ../../etc/passwd", "site.yaml:1:11: '../../etc/passwd': expected a time zone such as Asia/Taipei"),
        ("timezone: []", "site.yaml:1:11: expected a time zone such as Asia/Taipei, found a list"),
        ("languages: zh-TW", "site.yaml:1:12: expected a list of languages such as [zh-TW, en], found 'zh-TW'"),
        ("languages: [chinese]", "site.yaml:1:13: expected a language such as en or zh-TW, found 'chinese'"),
        ("languages: [[]]", "site.yaml:1:13: expected a language such as zh-TW, found a list"),
        ("free_shipping_from: lots", "site.yaml:1:21: expected an amount such as 1500, found 'lots'"),
        ("free_shipping_from: -1", "site.yaml:1:21: expected an amount of 0 or more, found '-1'"),
        ("holdout: 5", "site.yaml:1:10: expected a percent such as 10%, found '5'"),
        ("policy: {quiet: 30}", "site.yaml:1:17: expected a duration such as 30s, found '30'"),
        ("policy: {popups_per_session: -1}", "site.yaml:1:30: expected a whole number such as 3, found '-1'"),
        ("policy: {never_on: checkout}", "site.yaml:1:20: expected a list of page kinds such as [checkout], found 'checkout'"),
        ("policy: {never_on: [checkot]}", "site.yaml:1:21: unknown page kind 'checkot', expected one of home, category, product, cart, ... (did you mean 'checkout'?)"),
        ("policy: {never_on: [[]]}", "site.yaml:1:21: expected a page kind, found a list"),
        ("policy: 3", "site.yaml:1:9: expected a mapping with popups_per_session, quiet, never_on, found '3'"),
        ("stages: {buyer: {cart: true}}", "site.yaml:1:10: unknown stage to define 'buyer', expected shopper"),
        ("stages: {shopper: {cart: perhaps}}", "site.yaml:1:26: expected yes or no, found 'perhaps'"),
        ("stages: {shopper: {product_dwell: 60}}", "site.yaml:1:35: expected a duration such as 30s, found '60'"),
        ("stages: {shopper: {product_views: few}}", "site.yaml:1:35: expected a whole number such as 3, found 'few'"),
    ],
)  # fmt: skip
def test_wrong_setting_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    assert problem("", text) == sentence


def test_all_settings_are_checked_at_once() -> None:
    assert len(problems("", "currency: x\ntimezone: y\nlanguages: z\n")) == 3
