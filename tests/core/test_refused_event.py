"""Of a refused event nothing is kept that it said: not a value, not a key of its own making."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine.core.bounds import refuse_boundless
from engine.core.refused import BadEvent
from engine.core.refused_event import RefusedEvent, refused_event
from engine.core.wire import parse, read_event

SECRET = "jo@x.example, expected a"
"""What must not be kept; it is written as our own sentences go on."""


def event(name: Any = "my_event", data: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "event", "seq": 1, "name": name, "data": {} if data is None else data, **more}


def kept(said: dict[str, Any]) -> RefusedEvent:
    frame = orjson.dumps(said)
    with pytest.raises(BadEvent) as refused:
        refuse_boundless(read_event(parse(frame)), frame, parse(frame))
    return refused_event(refused.value)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (
            event("page_view", {"url": "/", "kind": SECRET}),
            RefusedEvent(
                "page_view",
                "page_view.kind",
                "expected one of home, category, product, cart, checkout, thanks, search, other",
            ),
        ),
        (event("page_dwell", {"ms": SECRET}), RefusedEvent("page_dwell", "page_dwell.ms", "expected a number")),
        (event("page_dwell", {"ms": -7}), RefusedEvent("page_dwell", "page_dwell.ms", "expected 0 to 8.64e+07")),
        (
            event("cart", {"items": [{"price": SECRET}]}),
            RefusedEvent("cart", "cart.items[0].price", "expected a number"),
        ),
        (
            event(data={SECRET: 1}),
            RefusedEvent("my_event", "my_event", "a key, expected [A-Za-z_][A-Za-z0-9_-]{0,63}"),
        ),
        (
            event(data={"a": SECRET * 40}),
            RefusedEvent("my_event", "my_event.a", "with 960 characters exceeds limit of 256"),
        ),
        (event(data={"a": SECRET + "\0"}), RefusedEvent("my_event", "my_event.a", "holds a NUL character")),
        (event(SECRET), RefusedEvent("", "name", "expected [a-z][a-z0-9_]{0,39}")),
        (event(SECRET * 9), RefusedEvent("", "name", "with 216 characters exceeds limit of 40")),
        (event(["a"]), RefusedEvent("", "name", "expected [a-z][a-z0-9_]{0,39}")),
        (event(doc=SECRET), RefusedEvent("my_event", "doc", "expected [a-z0-9]{6,32}")),
        (event(x=[[[[[[[[SECRET]]]]]]]]), RefusedEvent("my_event", "", "event nested deeper than 8 levels")),
        (
            event(x=SECRET * 100),
            RefusedEvent("my_event", "", "a text with 2400 characters exceeds limit of 2048"),
        ),
    ],
)
def test_name_field_and_reason_are_kept_and_nothing_that_was_said(said: dict[str, Any], found: RefusedEvent) -> None:
    assert kept(said) == found
    assert "jo@" not in str(found)


def test_of_a_sentence_of_another_form_nothing_is_kept() -> None:
    error = BadEvent(f"somebody says {SECRET}")
    error.name = "login"
    assert refused_event(error) == RefusedEvent("login", "", "not told")


def test_session_that_sent_too_many_is_told() -> None:
    sentence = "the session has sent too many events, expected fewer until it ends"
    assert refused_event(BadEvent(sentence)) == RefusedEvent("", "", sentence)
