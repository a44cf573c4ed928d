"""Flat objects: what a merchant's own event may hold, and that the quick check and the slow one agree."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core import event_checks
from engine.core.event_checks import LONGEST_VALUE, MOST_ITEM_KEYS, items_of, refuse_flat
from engine.core.event_data import BadEvent, read_data
from engine.core.wire import parse, read_event
from engine.native import is_sound


def refusal(data: dict[str, Any]) -> str:
    with pytest.raises(BadEvent) as refused:
        read_data(1, "my_event", data, None, None)
    return str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {f"k{n}": n for n in range(25)},
        {"a": "x" * 256, "b": "", "c": "第三方支付", "d": "\u202e<img src=x onerror=alert(1)>", "e": "{{7*7}}"},
        {"a": 0, "b": -1e15, "c": 1e15, "d": 0.5, "e": -0.0},
        {"a": True, "b": False, "c": None},
        {"__proto__": 1, "constructor": "x", "_": 1, "A-b_9": 1, "k" * 64: 1},
    ],
)
def test_flat_object_of_texts_numbers_and_booleans_is_taken(data: dict[str, Any]) -> None:
    assert read_data(1, "my_event", data, None, None).data == data


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({f"k{n}": n for n in range(26)}, " with 26 keys exceeds limit of 25"),
        ({"a": "x" * 257}, ".a with 257 characters exceeds limit of 256"),
        ({"a": "b\0c"}, ".a holds a NUL character"),
        ({"a": {"b": 1}}, ".a is an object, expected a text, a number or a boolean"),
        ({"a": [1]}, ".a is a list, expected a text, a number or a boolean"),
        ({"a": float("nan")}, ".a is nan, expected a number"),
        ({"a": float("inf")}, ".a is inf, expected a number"),
        ({"a": -float("inf")}, ".a is -inf, expected a number"),
        ({"a": 2**64}, ".a is 1.84467e+19, expected -1e+15 to 1e+15"),
        ({"a": -2e15}, ".a is -2e+15, expected -1e+15 to 1e+15"),
        *(
            ({key: 1}, f" has the key '{key[:40]}', expected [A-Za-z_][A-Za-z0-9_-]{{0,63}}")
            for key in ("", "a.b", "$set", "a b", "9a", "-a", "a\r\nb", "a\0", "ключ", "=cmd()", "a\n", "k" * 65)
        ),
    ],
)
def test_anything_else_is_refused_with_its_place(data: dict[str, Any], wrong: str) -> None:
    assert refusal(data) == f"my_event{wrong}"


@pytest.mark.parametrize(
    ("data", "taken"),
    [
        (b'{"n":-0}', {"n": 0}),
        (b'{"n":1,"n":2}', {"n": 2}),
        (b'{"n":"\\ud83d\\ude00"}', {"n": "😀"}),
        (b'{"__proto__":"x"}', {"__proto__": "x"}),
    ],
)
def test_odd_json_means_what_json_means(data: bytes, taken: dict[str, Any]) -> None:
    frame = b'{"type":"event","seq":1,"name":"my_event","data":' + data + b"}"
    assert read_event(parse(frame)).data == taken


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"n":18446744073709551616}', "my_event.n is 1.84467e+19, expected -1e+15 to 1e+15"),
        (b'{"n":1e308}', "my_event.n is 1e+308, expected -1e+15 to 1e+15"),
        (b'{"n":"\\u0000"}', "my_event.n holds a NUL character"),
        (b'{"n\\u0000":1}', "my_event has the key 'n\0', expected [A-Za-z_][A-Za-z0-9_-]{0,63}"),
        (b'{"__proto__":{"a":1}}', "my_event.__proto__ is an object, expected a text, a number or a boolean"),
        (b'{"n":' + b"[" * 900 + b"]" * 900 + b"}", "my_event.n is a list, expected a text, a number or a boolean"),
    ],
)
def test_hostile_json_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(BadEvent) as refused:
        read_event(parse(b'{"type":"event","seq":1,"name":"my_event","data":' + data + b"}"))
    assert str(refused.value) == sentence
    assert orjson.dumps(str(refused.value))


KEYS = st.sampled_from(["item_id", "value", "a", "__proto__", "a.b", "", "k" * 64, "k" * 65]) | st.text(max_size=3)
VALUES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["x" * 256, "x" * 257, "\0", 1e15, -1e15, 10**15 + 1, -(10**15) - 1, [], {}])
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_the_quick_check_and_the_slow_one_agree(data: dict[str, Any]) -> None:
    try:
        refuse_flat(data, "e", MOST_ITEM_KEYS, LONGEST_VALUE)
    except BadEvent:
        assert not is_sound(data, MOST_ITEM_KEYS, "")
    else:
        assert is_sound(data, MOST_ITEM_KEYS, "")


def test_items_that_the_quick_look_doubts_are_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_checks, "are_sound", lambda _items, _most: False)
    items = [{"item_id": "a"}, {"item_id": "b"}]
    assert items_of({"items": items}, "cart") == items
