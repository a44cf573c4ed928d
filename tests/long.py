"""
The tests that ``make test`` leaves to ``make test-long``: slow ones of which it runs a shorter or a likely sister.

Each line is a pattern of names below tests/, as ``fnmatch`` reads it but that brackets mean themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase, translate

LONG = (
    "demo/test_in_a_browser.py::*[1440]",
    "demo/test_in_a_browser.py::*[768]",
    "e2e/shops/test_platforms.py::*[OldShopware]",
    "e2e/survival/test_firefox_networks.py::*",
    "e2e/survival/test_hostile_pages.py::test_page_that_bends_objects_when_the_script_is_there*",
    "e2e/survival/test_networks.py::*[Way.SILENT]",
    "e2e/survival/test_networks.py::test_after_ten_minutes*",
    "e2e/test_accessibility.py::*-1440]",
    "e2e/test_accessibility.py::*-768]",
    "e2e/test_debug_overlay.py::test_on_a_phone*",
    "e2e/test_doctor.py::test_policy_that_stops*",
    "e2e/test_doctor.py::test_shop_without_the_tag*",
    "e2e/test_firefox.py::*[1280]",
    "e2e/test_firefox.py::test_every_route*",
    "e2e/test_firefox.py::test_page_that_comes_back_alive*",
    "e2e/test_firefox.py::test_strict_policy*",
    "e2e/test_firefox.py::test_tab_in_the_background*",
    "e2e/test_mail_pages.py::*[zh-TW]",
    "e2e/test_popup_kinds_looks.py::*[1440px]",
    "e2e/test_popup_kinds_looks.py::*[768px]",
    "e2e/test_popup_kinds_looks.py::test_nothing_moves*",
    "e2e/test_shop_with_popups.py::*",
    "edge/test_archiver.py::test_archiver_that_is_killed*[bucket-*",
    "faults/test_backup.py::test_restor*",
    "faults/test_backup_of_several.py::*",
    "faults/test_network.py::test_redis_behind*",
    "faults/test_network.py::test_slow_senders*",
    "faults/test_network.py::test_three_hundred*",
    "faults/test_short.py::*[cluster]",
    "faults/test_short.py::*[front]",
    "faults/test_short.py::*[pair]",
    "live/test_codes_at_a_step.py::test_redis_that_is_lost*",
    "live/test_coupons.py::*[sqlite]",
    "live/test_faults.py::test_engine_told_to_stop*",
    "live/test_why_agrees.py::*[long]",
    "test_server.py::test_killed_engine_leaves*",
    "test_server.py::test_workers_of_a_killed_engine*",
)


def _written(pattern: str) -> str:
    return pattern.replace("[", "[[]")


_ANY = re.compile("|".join(translate(_written(pattern)) for pattern in LONG))


def is_long(name: str) -> bool:
    """Say whether the test of this name is one of them."""
    return _ANY.match(name) is not None


def idle(names: Iterable[str]) -> list[str]:
    """Return the patterns that are of one of these tests' files and match none of the tests."""
    there = list(names)
    files = {name.partition("::")[0] for name in there}
    return [
        pattern for pattern in LONG
        if pattern.partition("::")[0] in files and not any(_matches(name, pattern) for name in there)
    ]  # fmt: skip


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, _written(pattern))
