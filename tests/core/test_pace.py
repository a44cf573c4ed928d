"""How often something may happen: as a bucket says that is filled all the time."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.pace import Pace, Paces

RATES = st.sampled_from([0.25, 0.5, 1.0, 2.0, 8.0, 64.0])
"""Rates and moments that a float holds exactly, so that the model need not guess at rounding."""

MOMENTS = st.lists(st.integers(0, 400).map(lambda eighths: eighths / 8), max_size=120).map(sorted)


class Bucket:
    """The model: a bucket that holds ``burst``, is filled with ``rate`` a second, and gives one for each taken."""

    def __init__(self, rate: float, burst: int) -> None:
        self.rate, self.burst = Fraction(rate), burst
        self.level, self.at = Fraction(burst), Fraction(0)

    def take(self, now: float) -> bool:
        self.level = min(Fraction(self.burst), self.level + (Fraction(now) - self.at) * self.rate)
        self.at = Fraction(now)
        if self.level < 1:
            return False
        self.level -= 1
        return True


@given(RATES, st.integers(1, 40), MOMENTS)
def test_pace_lets_pass_exactly_what_a_bucket_would(rate: float, burst: int, moments: list[float]) -> None:
    pace, bucket = Pace(rate, burst), Bucket(rate, burst)
    assert [pace.take(now) for now in moments] == [bucket.take(now) for now in moments]


@given(RATES, st.integers(1, 40), st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 400)), max_size=120))
def test_each_name_has_a_pace_of_its_own(rate: float, burst: int, taken: list[tuple[str, int]]) -> None:
    paces, buckets = Paces(rate, burst), {name: Bucket(rate, burst) for name in "abc"}
    for name, eighths in sorted(taken, key=lambda each: each[1]):
        assert paces.take(name, eighths / 8) is buckets[name].take(eighths / 8)


def test_so_many_at_once_and_then_one_after_the_other() -> None:
    pace = Pace(rate=2, burst=3)
    assert [pace.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert [pace.take(10.4), pace.take(10.5), pace.take(10.5)] == [False, True, False]


@pytest.mark.parametrize("burst", range(1, 60))
@pytest.mark.parametrize("now", [0.0, 1_000.0, 1e7 + 0.1])
def test_burst_is_whole_at_rates_that_no_float_holds_exactly(burst: int, now: float) -> None:
    pace, paces = Pace(burst / 60, burst), Paces(burst / 60, burst)
    assert sum(pace.take(now) for _ in range(100)) == burst
    assert sum(paces.take("a", now) for _ in range(100)) == burst


def test_what_is_refused_costs_nothing() -> None:
    pace = Pace(rate=1, burst=1)
    assert pace.take(0.0)
    assert not any(pace.take(0.9) for _ in range(1_000))
    assert pace.take(1.0)


def test_rate_of_nothing_is_no_limit() -> None:
    paces = Paces(0, 0)
    assert all(paces.take("a", 0.0) for _ in range(1_000))
    assert len(paces) == 0


@pytest.mark.parametrize("later", [0.0, 100.0])
def test_number_of_names_is_bounded(later: float) -> None:
    paces = Paces(rate=1, burst=5, most=10)
    for n in range(1_000):
        assert paces.take(f"address {n}", n * later)
        assert len(paces) <= 10


def test_name_that_owes_is_remembered_while_others_have_paid() -> None:
    paces = Paces(rate=1, burst=1, most=3)
    assert all(paces.take(name, 0.0) for name in "ab")
    assert paces.take("hasty", 0.9)
    assert paces.take("new", 1.5)
    assert not paces.take("hasty", 1.5)
