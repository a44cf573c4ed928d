"""Trails: exact at the edges of a window, whatever was dropped of them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.trails import (
    MOST_PARTS,
    Trail,
    dwell_within,
    leavings,
    moments_within,
    with_moment,
    with_part,
)

WINDOW = 10_000


def moments(trail: Iterable[int], most: int) -> Trail:
    kept: Trail = []
    for t in trail:
        kept = with_moment(kept, t, most)
    return kept


def parts(told: Iterable[tuple[int, int]], most_ms: int, longest_ms: int = WINDOW) -> Trail:
    kept: Trail = []
    for t, ms in told:
        kept = with_part(kept, t, ms, most_ms, longest_ms)
    return kept


def test_moment_leaves_its_window_at_exactly_its_time_and_the_window() -> None:
    assert moments_within([5], WINDOW, 5 + WINDOW - 1) == 1
    assert moments_within([5], WINDOW, 5 + WINDOW) == 0


def test_part_of_dwell_leaves_its_window_at_exactly_its_time_and_the_window() -> None:
    assert dwell_within([5, 700], WINDOW, 5 + WINDOW - 1) == 700
    assert dwell_within([5, 700], WINDOW, 5 + WINDOW) == 0


def test_only_the_newest_moments_are_kept() -> None:
    assert moments([1, 2, 3, 4], most=3) == [2, 3, 4]


def test_only_parts_inside_the_longest_window_are_kept() -> None:
    assert parts([(0, 5), (1, 6), (WINDOW, 7)], most_ms=100) == [1, 6, WINDOW, 7]


def test_parts_that_newer_ones_make_needless_are_dropped() -> None:
    assert parts([(0, 40), (1, 30), (2, 31)], most_ms=60) == [1, 30, 2, 31]
    assert parts([(0, 40), (1, 30), (2, 30)], most_ms=60) == [0, 40, 1, 30, 2, 30]
    assert parts([(0, 40), (1, 100)], most_ms=60) == [1, 100]


def test_number_of_parts_is_limited_whatever_their_length() -> None:
    kept = parts([(n, 1) for n in range(MOST_PARTS + 3)], most_ms=10_000_000, longest_ms=10_000_000)
    assert (len(kept), kept[0]) == (2 * MOST_PARTS, 3)


def test_leavings_are_the_moments_to_come_with_the_value_from_then_on() -> None:
    assert list(leavings([0, 4_000, 6_000], WINDOW, 12_000, is_dwell=False)) == [(14_000, 1), (16_000, 0)]
    assert list(leavings([4_000, 70, 6_000, 5], WINDOW, 12_000, is_dwell=True)) == [(14_000, 5), (16_000, 0)]


MOMENTS = st.lists(st.integers(0, 3 * WINDOW), max_size=20).map(sorted)


@given(told=MOMENTS, most=st.integers(1, 6), wait=st.integers(0, 2 * WINDOW))
def test_kept_moments_decide_every_comparison_as_all_would(told: list[int], most: int, wait: int) -> None:
    now = (told[-1] if told else 0) + wait
    counted = moments_within(moments(told, most), WINDOW, now)
    naive = sum(now - t < WINDOW for t in told)
    assert counted == min(naive, most)


PARTS = st.lists(st.tuples(st.integers(0, 3 * WINDOW), st.integers(0, 500)), max_size=20).map(sorted)


@given(told=PARTS, most_ms=st.integers(0, 800), wait=st.integers(0, 2 * WINDOW))
def test_kept_parts_decide_every_comparison_as_all_would(told: list[tuple[int, int]], most_ms: int, wait: int) -> None:
    now = (told[-1][0] if told else 0) + wait
    kept = parts(told, most_ms)
    naive = sum(ms for t, ms in told if now - t < WINDOW)
    found = dwell_within(kept, WINDOW, now)
    assert found == naive or (found > most_ms and naive > most_ms)


@pytest.mark.parametrize("is_dwell", [False, True])
@given(told=PARTS, wait=st.integers(0, 2 * WINDOW))
def test_leavings_tell_every_change_that_time_makes(is_dwell: bool, told: list[tuple[int, int]], wait: int) -> None:
    trail = [word for t, ms in told for word in ((t, ms) if is_dwell else (t,))]
    count = dwell_within if is_dwell else moments_within
    now = (told[-1][0] if told else 0) + wait
    # of several that leave at one moment, the last says what is left
    left = dict(leavings(trail, WINDOW, now, is_dwell))
    assert all(at > now for at in left)
    assert {at: count(trail, WINDOW, at) for at in left} == left
