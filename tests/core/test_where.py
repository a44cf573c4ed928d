"""``where``: which events are meant, by what they say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.event_reading import read_event
from engine.core.operators import OPERATORS
from engine.core.where import Where
from tests.core.wheres import wheres

SHOES = {"items": [{"item_id": "1", "item_category": "Hats"}, {"item_id": "2", "item_category": "Shoes", "price": 70}]}


def where(said: str) -> Where:
    _, found = read_event(f"e where {said}", 0)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("said", "data", "is_meant"),
    [
        ("value > 10", {"value": 10.5}, True),
        ("value > 10", {"value": 10}, False),
        ("value > 10", {"value": "11"}, False),
        ("value > 10", {"value": [11]}, False),
        ("value >= 10", {"value": 10}, True),
        ("value < 10", {}, False),
        ("plan is Gold", {"plan": "GOLD"}, True),
        ("plan is gold", {"plan": None}, False),
        ("plan is gold", {"plan": {"gold": True}}, False),
        ("plan is not gold", {"plan": "gold"}, False),
        ("plan is not gold", {"plan": "tin"}, True),
        ("plan is not gold", {}, True),
        ("size is 5", {"size": 5}, True),
        ("size is 5", {"size": 5.0}, True),
        ("size is 5", {"size": "5"}, True),
        ("size is 5", {"size": 6}, False),
        ("size in [5, 6]", {"size": 6}, True),
        ("size not in [5, 6]", {"size": 7}, True),
        ("size not in [5, 6]", {"size": 6}, False),
        ("done is yes", {"done": True}, True),
        ("done is true", {"done": True}, True),
        ("done is yes", {"done": False}, False),
        ("done is no", {"done": False}, True),
        ("term contains coat", {"term": "Raincoats"}, True),
        ("term starts with rain", {"term": "Raincoats"}, True),
        ("term matches *coat", {"term": "Raincoats"}, False),
        ("item_category is shoes", SHOES, True),
        ("item_category is bags", SHOES, False),
        ("item_category is not shoes", SHOES, False),
        ("item_category is not bags", SHOES, True),
        ("price > 60", SHOES, True),
        ("value is 3", {"value": 3, "items": [{"value": 4}]}, True),
        ("value is 4", {"value": 3, "items": [{"value": 4}]}, False),
        ("score >= 9", {"fire": "f_1", "fields": {"score": 9}}, True),
        ("fields.score >= 9", {"fire": "f_1", "fields": {"score": 9}}, True),
        ("product.id is p1", {"product": {"id": "p1"}}, True),
        ("product.id is p1", {"product": "p1"}, False),
        ("item_id is 1", {"items": "none"}, False),
        ("item_id is 1", {"items": [None, 1, "1"]}, False),
    ],
)
def test_event_is_meant_by_what_it_says(said: str, data: dict[str, Any], is_meant: bool) -> None:
    assert where(said).is_true_of(data) is is_meant


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "items"]), inner, max_size=3)
    ),
    max_leaves=8,
)
DATA = st.dictionaries(st.sampled_from(["a", "b", "items", "fields"]), JSON)


@given(one=wheres(), data=DATA)
def test_nothing_is_raised_whatever_an_event_says(one: Where, data: dict[str, Any]) -> None:
    assert one.is_true_of(data) in (True, False)


@given(one=wheres(), data=DATA)
def test_opposites_are_never_both_true(one: Where, data: dict[str, Any]) -> None:
    opposite = {"is": "is not", "in": "not in"}.get(one.operator.symbol)
    if opposite:
        assert one.is_true_of(data) is not Where(one.key, OPERATORS[opposite], one.expected).is_true_of(data)
