"""How deep, how wide and how long what an event says may be, also where nobody reads it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bounds import LONGEST_TEXT, MOST_DEPTH, MOST_KEYS, refuse_boundless
from engine.core.events import Event
from engine.core.refused import BadEvent

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=40,
)


def refused(extra: Any) -> str:
    """Return what is said to an event with something that no reader looks at; empty if it is taken."""
    message = {"type": "event", "seq": 7, "name": "copy", "extra": extra}
    try:
        refuse_boundless(Event(7, "copy", {}), orjson.dumps(message), message)
    except BadEvent as error:
        return str(error) if error.seq == 7 else "of no event"
    return ""


def nested(depth: int, inner: Any = 1) -> Any:
    for _ in range(depth):
        inner = [inner]
    return inner


@pytest.mark.parametrize("extra", [nested(7), {f"k{n}": n for n in range(64)}, "x" * 2_048, [{"a": 1}] * 200])
def test_what_is_within_the_bounds_is_taken(extra: Any) -> None:
    assert refused(extra) == ""


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        (nested(8), "event nested deeper than 8 levels"),
        (nested(120), "event nested deeper than 8 levels"),
        ({f"k{n}": n for n in range(65)}, "an object with 65 keys exceeds limit of 64"),
        ([1, {"a": {f"k{n}": n for n in range(99)}}], "an object with 99 keys exceeds limit of 64"),
        ("x" * 2_049, "a text with 2049 characters exceeds limit of 2048"),
        (["", ["x" * 9_000]], "a text with 9000 characters exceeds limit of 2048"),
    ],
)
def test_what_is_beyond_them_is_refused_with_a_sentence(extra: Any, sentence: str) -> None:
    assert refused(extra) == sentence


def test_refusal_names_the_document_that_the_event_is_of() -> None:
    with pytest.raises(BadEvent) as error:
        refuse_boundless(Event(7, "copy", {}, "abcdef"), b"x" * 999, {"a": "x" * 9_000})
    assert (error.value.seq, error.value.doc) == (7, "abcdef")


@given(ANYTHING)
def test_nothing_beyond_the_bounds_slips_through(extra: Any) -> None:
    def is_beyond(value: Any, depth: int) -> bool:
        if isinstance(value, str):
            return len(value) > LONGEST_TEXT
        if not isinstance(value, dict | list):
            return False
        inner = list(value.values()) if isinstance(value, dict) else value
        too_wide = isinstance(value, dict) and len(value) > MOST_KEYS
        return depth > MOST_DEPTH or too_wide or any(is_beyond(each, depth + 1) for each in inner)

    assert bool(refused(extra)) is is_beyond({"extra": extra}, 1)
