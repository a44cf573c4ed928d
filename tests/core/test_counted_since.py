"""Since when what rules look back at is kept, and what replaying old events finds."""

from __future__ import annotations

import pytest

from engine.core.conditions import Reading, comparisons
from engine.core.counted_since import Since, beginnings, begun, ended, names_of, notes, read, said, since_of
from engine.core.ruleset import RuleSet
from tests.core.reading import a_rule
from tests.core.reading import read as read_rules

HOUR = 3_600_000
LESS = Since(5, 2, HOUR)
SHORTER = Since(5, 3, HOUR - 1)


def rules(*when: str) -> RuleSet:
    return read_rules(a_rule(*when))


def reading(line: str) -> Reading:
    (compiled,) = rules(line).rules
    return next(comparisons(compiled.rule.when)).reading


def test_names_are_of_what_looks_back_over_sessions() -> None:
    tracking = rules(
        "views(cart) in 1h > 2", "product.views in 2h = 1", "dwell(cart) in 1h > 9s", "category.dwell ever > 1s",
        "since(login) > 5s", "count(search) > 1",
    ).tracking  # fmt: skip
    assert names_of(tracking) == {
        "trail views:cart": Since(0, 3, HOUR),
        "trail i:": Since(0, 2, 2 * HOUR),
        "trail dwell:cart": Since(0, 9_000, HOUR),
        "ever C:": Since(0),
    }


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ({}, {"trail views:cart": Since(7, 3, HOUR)}),
        ({"trail views:cart": Since(5, 3, HOUR)}, {}),
        ({"trail views:cart": Since(5, 9, 2 * HOUR)}, {}),
        ({"trail views:cart": LESS}, {"trail views:cart": Since(7, 3, HOUR, before=(LESS.ended(7),))}),
        ({"trail views:cart": SHORTER}, {"trail views:cart": Since(7, 3, HOUR, before=(SHORTER.ended(7),))}),
    ],
)
def test_more_than_was_kept_begins_now(known: dict[str, Since], new: dict[str, Since]) -> None:
    assert begun(rules("views(cart) in 1h > 2").tracking, known, 7) == new


@pytest.mark.parametrize(
    ("line", "now_ms", "since"),
    [
        ("views(cart) in 1h > 2", 1_000 + HOUR - 1, 1_000),
        ("views(cart) in 1h > 2", 1_000 + HOUR, None),
        ("product.views in 1h > 2", 2_000, None),
        ("views(cart) ever > 2", 1_000 + 99 * HOUR, 3),
        ("product.views ever > 2", 2_000, 4),
        ("views(cart) > 2", 2_000, None),
        ("since(login) > 2s", 2_000, None),
        ("page is cart", 2_000, None),
    ],
)
def test_it_is_said_only_where_a_window_reaches_further(line: str, now_ms: int, since: int | None) -> None:
    known = {"trail views:cart": Since(1_000), "ever views:cart": Since(3), "ever i:": Since(4)}
    assert since_of(reading(line), known, now_ms) == since


def test_notes_name_the_rule_and_the_moment() -> None:
    known = {"trail views:cart": Since(1_767_614_400_000)}
    told = notes(rules("views(cart) in 1h > 2", "views(cart) in 1h > 1", "page is cart"), known, 1_767_614_400_001)
    assert list(told) == ["r: views(cart) in 1h counts since 2026-01-05 12:00 UTC"]
    assert said(0) == "1970-01-01 00:00 UTC"


def test_rules_that_need_more_than_is_kept_say_so() -> None:
    known = {"trail views:cart": Since(5, 2, HOUR)}
    told = beginnings(rules("views(cart) in 1h > 2", "views(cart) in 1h > 1", "views(home) > 1"), known)
    assert list(told) == ["r: views(cart) in 1h will count from when it is in force"]
    assert list(beginnings(rules("views(cart) in 1h > 1"), known)) == []


def test_earlier_times_are_remembered_the_latest_first() -> None:
    known = {"trail views:cart": Since(5, 2, HOUR)}
    known = begun(rules("views(cart) in 1h > 2").tracking, known, 7)
    known = begun(rules("views(cart) in 1h > 5").tracking, known, 9)
    assert known == {
        "trail views:cart": Since(9, 6, HOUR, before=(Since(7, 3, HOUR, until_ms=9), Since(5, 2, HOUR, until_ms=7)))
    }
    for n in range(10, 20):
        known = begun(rules(f"views(cart) in 1h > {n}").tracking, known, n)
    assert [each.ms for each in known["trail views:cart"].before] == [18, 17, 16, 15, 14, 13, 12]


def test_what_no_rule_reads_any_more_ends_and_begins_anew() -> None:
    none, again = rules("page is cart").tracking, rules("views(cart) in 1h > 2").tracking
    known = {"trail views:cart": Since(5, 3, HOUR)}
    gone = ended(none, known, 7)
    assert gone == {"trail views:cart": Since(5, 3, HOUR, until_ms=7)}
    known = {name: since for name, since in gone.items() if since is not None}
    assert ended(none, known, 8) == {}
    assert ended(again, known, 8) == {}
    anew = begun(again, known, 9)
    assert anew == {"trail views:cart": Since(9, 3, HOUR, before=(Since(5, 3, HOUR, until_ms=7),))}


def test_what_has_left_every_window_is_forgotten_but_not_what_is_forever() -> None:
    none = rules("page is cart").tracking
    known = {"trail views:cart": Since(5, 3, HOUR, until_ms=7), "ever views:cart": Since(5, until_ms=7)}
    assert ended(none, known, 6 + HOUR) == {}
    assert ended(none, known, 7 + HOUR) == {"trail views:cart": None}


def test_what_was_filled_counts_since_earlier_and_was_counted_since_as_before() -> None:
    since = Since(9, 3, HOUR).filled(4, 11)
    assert (since.ms, since.began_ms) == (4, 9)
    assert since.filled(2, 12) == Since(2, 3, HOUR, own_ms=9, filled_ms=12)
    assert since.filled(6, 11) == since


def test_a_life_that_was_filled_whole_needs_no_remark() -> None:
    assert since_of(reading("views(cart) ever > 2"), {"ever views:cart": Since(0, own_ms=7)}, 9) is None


@pytest.mark.parametrize("since", [Since(5, 3, HOUR), Since(4, 0, 0, 6, 8, 9, (Since(1, 2, 3), Since(0, 1, 2, 3, 4)))])
def test_what_is_written_is_read_again(since: Since) -> None:
    assert read(since.written()) == since


def test_what_earlier_versions_wrote_is_read() -> None:
    assert read([5, 3, HOUR]) == Since(5, 3, HOUR)
