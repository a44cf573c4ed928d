"""Since when what rules look back at is kept, and what replaying old events finds."""

from __future__ import annotations

import pytest

from engine.core.conditions import Reading, comparisons
from engine.core.counted_since import Since, beginnings, begun, names_of, notes, replayed, said, since_of
from engine.core.event_data import read_data, read_page
from engine.core.ruleset import RuleSet
from engine.core.store_model import VisitorModel
from tests.core.reading import a_rule, read
from tests.core.shoppers import Said

HOUR = 3_600_000
CART = {"url": "/cart", "kind": "cart"}


def rules(*when: str) -> RuleSet:
    return read(a_rule(*when))


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
        ({"trail views:cart": Since(5, 2, HOUR)}, {"trail views:cart": Since(7, 3, HOUR)}),
        ({"trail views:cart": Since(5, 3, HOUR - 1)}, {"trail views:cart": Since(7, 3, HOUR)}),
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


def test_old_events_leave_the_trails_that_they_would_have_left_then() -> None:
    tracking = rules(
        "views(cart) in 1h > 2", "dwell(cart) in 1h > 9s", "count(purchase) in 1h > 0", "views(cart) ever > 1"
    ).tracking
    page = read_page(CART, "page")
    order: Said = ("purchase", {"transaction_id": "A1"})
    told: list[Said] = [("page_view", CART), ("page_dwell", {"ms": 700}), order, order]
    events = [read_data(seq, name, data, None, None) for seq, (name, data) in enumerate(told, 1)]
    live = VisitorModel()
    for each in events:
        live.observe("doc001", each.seq, tracking.changes(each, page), each.seq * 1_000)
    found = replayed(tracking, [(each, page, each.seq * 1_000) for each in events])
    assert (
        found.trails == live.hashes.trails == {"views:cart": [1_000], "dwell:cart": [2_000, 700], "e:purchase": [3_000]}
    )
    assert found.visitor == live.hashes.visitor
