"""site.yaml: every key is checked, and none is needed."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.rules import Site
from engine.core.stages import Intent
from tests.core.cases import refused
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
  without_consent: popups
stages:
  shopper: {product_views: 4, product_dwell: 90s, cart: false}
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
        without_consent="popups",
        intent=Intent(product_views=4, product_dwell_ms=90_000, cart=False),
    )


def test_what_is_absent_has_its_default() -> None:
    assert read_site("") == Site()
    assert read_site("policy: {quiet: 5s}") == Site(quiet_ms=5_000)
    assert read_site("policy: {never_on: []}").never_on == ()
    assert read_site("stages: {shopper: {cart: no}}") == Site(intent=Intent(cart=False))
    assert read_site("stages: {}") == Site()


@pytest.mark.parametrize("case", refused("sites"), ids=lambda case: case["says"])
def test_wrong_setting_is_refused_with_a_sentence(case: dict[str, Any]) -> None:
    assert problem("", case["text"]) == case["says"]


def test_all_settings_are_checked_at_once() -> None:
    assert len(problems("", "currency: x\ntimezone: y\nlanguages: z\n")) == 3
