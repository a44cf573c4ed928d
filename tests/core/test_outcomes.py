"""What events say of coupons."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.event_data import read_data
from engine.core.outcomes import Outcome, outcome_of, read_outcome


def told(name: str, data: dict[str, Any], doc: str | None = None) -> Outcome | None:
    said = outcome_of(read_data(7, name, data, doc, None), "v1", "docaaa", 5)
    return None if said is None else read_outcome(said)


@pytest.mark.parametrize("name", ["view", "copy"])
def test_popup_that_was_seen_or_copied_is_named_by_its_fire(name: str) -> None:
    assert told(f"popup_{name}", {"fire": "f_1k"}) == Outcome(name, "v1", 5, "f_1k")


def test_order_with_a_coupon_says_what_it_was_worth() -> None:
    said = told("purchase", {"transaction_id": "T1", "value": 620, "currency": "TWD", "coupon": "Save-10"})
    assert said == Outcome("order", "v1", 5, "", "T1", ("save-10",), 620.0, "TWD")


def test_order_may_name_several_codes_and_the_whole_comes_first() -> None:
    said = told("purchase", {"transaction_id": "T1", "coupon": "A, b;a C"})
    assert said is not None
    assert said.codes == ("a, b;a c", "a", "b", "c")
    assert (said.value, said.currency) == (0.0, "")


@pytest.mark.parametrize(("doc", "transaction"), [(None, "docaaa:7"), ("docbbb", "docbbb:7")])
def test_order_without_a_number_is_named_by_its_event(doc: str | None, transaction: str) -> None:
    said = told("purchase", {"coupon": "A"}, doc)
    assert said is not None
    assert said.transaction == transaction


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("purchase", {"transaction_id": "T1", "value": 1, "currency": "TWD"}),
        ("purchase", {"coupon": " "}),
        ("popup_close", {"fire": "f_1k"}),
        ("popup_view", {"fire": "f_1c"}),
        ("login", {}),
    ],
)
def test_other_events_say_nothing_of_coupons(name: str, data: dict[str, Any]) -> None:
    assert told(name, data) is None
