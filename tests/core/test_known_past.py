"""A replay knows no more of the past than the engine did when it judged."""

from __future__ import annotations

import pytest

from engine.core.archived import FILL
from engine.core.counted_since import Since
from engine.core.recorded import Record
from engine.core.why import answers_of
from tests.core.recordings import NOON, Recording, rules_of

DAY = 86_400_000
RULES = """
- rule: again
  when: [views(cart) in 7d > 3, page is cart]
  show: {chat: {text: Hello}}
- rule: ever
  when: [views(cart) ever > 3, page is cart]
  show: {chat: {text: Hello}}
- rule: attention
  when: [dwell(cart) in 7d > 20s]
  show: {chat: {text: Hello}}
- rule: product
  when: [product.views in 7d > 3]
  show: {chat: {text: Hello}}
"""
NAMES = ("trail views:cart", "ever views:cart", "trail dwell:cart", "trail i:")


def known_since(at_s: float, **more: Since) -> dict[str, Since]:
    return {name: Since(NOON + round(at_s * 1000), 99_000, 7 * DAY) for name in NAMES} | more


def had(records: list[Record], rule: str, known: dict[str, Since] | None) -> list[object]:
    moments = answers_of("v1", rules_of(RULES), records, [rule], known)
    return [each.had for moment in moments for each in moment.answers]


def visits(*seconds: float) -> Recording:
    records = Recording().hello()
    for each in seconds:
        records.views(each, "cart", product={"id": "p1"})
    return records


@pytest.mark.parametrize("rule", ["again", "ever", "product"])
def test_what_came_before_it_was_counted_does_not_count(rule: str) -> None:
    assert had(visits(0, 10, 20, 30), rule, None) == [1, 2, 3, None]
    assert had(visits(0, 10, 20, 30), rule, known_since(15)) == [0, 0, 1, 2]
    assert had(visits(0, 10, 20, 30), rule, {}) == [0, 0, 0, 0]


def test_parts_of_dwell_count_from_the_same_moment_on() -> None:
    records = Recording().hello().views(0, "cart").dwells(5, 4_000).dwells(20, 5_000)
    assert had(records, "attention", known_since(15)) == [0, 0, 5_000]


def test_what_ended_counts_no_more_and_what_was_kept_for_less_counts_so_far() -> None:
    earlier = Since(NOON, 1, 7 * DAY, until_ms=NOON + 25_000)
    later = Since(NOON + 45_000, 4, 7 * DAY, before=(earlier,))
    records = visits(0, 10, 20, 30, 40, 50, 60)
    known = {"trail views:cart": later}
    assert had(records, "again", known) == [1, 1, 1, 1, 1, 2, 3]
    assert had(records, "again", {"trail views:cart": earlier}) == [1, 1, 1, 1, 1, 1, 1]


def filled(records: Recording, at_s: float, *names: str) -> Recording:
    said = {"names": list(names), "back_to_ms": NOON}
    records.append(Record("", "", "", 0, NOON + round(at_s * 1000), FILL, FILL, said))
    return records


@pytest.mark.parametrize(("rule", "name"), [("again", NAMES[0]), ("ever", NAMES[1]), ("product", NAMES[3])])
def test_what_was_filled_in_is_there_from_that_moment_on(rule: str, name: str) -> None:
    records = filled(visits(0, 10, 20), 25, name, "ever gone").views(30, "cart", product={"id": "p1"})
    known = known_since(15) | {name: Since(NOON, 99_000, 7 * DAY, own_ms=NOON + 15_000, filled_ms=NOON + 99_000)}
    assert had(records, rule, known) == [0, 0, 1, None]
    assert had(records, rule, None) == [1, 2, 3, None]


def test_why_says_since_when_it_counts_only_while_the_window_reaches_further() -> None:
    records = visits(0, 10, 20, 8 * 86_400)
    moments = answers_of("v1", rules_of(RULES), records, ["again"], known_since(5))
    assert [str(each.answers[0]) for each in moments] == [
        "views(cart) in 7d is more than 3, it was 0, counts since 2024-10-04 12:00 UTC",
        "views(cart) in 7d is more than 3, it was 1, counts since 2024-10-04 12:00 UTC",
        "views(cart) in 7d is more than 3, it was 2, counts since 2024-10-04 12:00 UTC",
        "views(cart) in 7d is more than 3, it was 1",
    ]


def test_why_says_of_what_was_filled_since_when_it_counts_then() -> None:
    records = filled(visits(86_400, 86_410), 86_420, NAMES[0]).views(86_430, "cart")
    known = {NAMES[0]: Since(NOON, 99, 7 * DAY, own_ms=NOON + 86_405_000, filled_ms=NOON + 86_500_000)}
    moments = answers_of("v1", rules_of(RULES), records, ["again"], known)
    assert [each.answers[0].since[0][1] - NOON for each in moments] == [86_405_000, 86_405_000, 0]


def test_visitors_of_whom_nothing_was_filled_count_since_earlier_when_all_had_been() -> None:
    known = {NAMES[0]: Since(NOON, 99, 7 * DAY, own_ms=NOON + 5_000, filled_ms=NOON + 15_000)}
    moments = answers_of("v1", rules_of(RULES), visits(10, 20), ["again"], known)
    assert [each.answers[0].since[0][1] - NOON for each in moments] == [5_000, 0]
