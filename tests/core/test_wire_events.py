"""Events as frames: which are refused, with which sentence, and whether it is known which they were."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.core.event_data import READERS, BadEvent
from engine.core.events import PAGE_KINDS, Event, Page
from engine.core.wire import BadFrame, one_too_many, parse, parse_of, read_event, read_hello

KINDS = ", ".join(PAGE_KINDS)
DEEP = b"[" * 1015 + b"]" * 1015

BAD_SEQS: list[tuple[Any, str]] = [
    (None, "none"), (0, "0"), (-1, "-1"), (2**53 + 1, "9007199254740993"), (2.0**64, "18446744073709551616"),
    (1.5, "1.5"), (True, "true"), ("7", "'7'"), ([7], "a list"), ({}, "an object"),
]  # fmt: skip
BAD_DOCS: list[tuple[Any, str]] = [
    ("short", "'short'"), ("", "''"), (7, "7"), (False, "false"), ([], "a list"), ("a{b}c:d", "'a{b}c:d'"),
]  # fmt: skip
BAD_NAMES: list[tuple[Any, str]] = [
    (None, "none"), (7, "7"), ("", "''"), ("Login", "'Login'"), ("9a", "'9a'"), ("_a", "'_a'"), ("a-b", "'a-b'"),
    ("a\n", "'a\n'"), (["login"], "a list"), ({}, "an object"),
]  # fmt: skip


def an_event(name: Any = "login", seq: Any = 18, **more: Any) -> dict[str, Any]:
    return {"type": "event", "seq": seq, "name": name, **more}


def refusal(message: dict[str, Any]) -> BadEvent:
    with pytest.raises(BadEvent) as refused:
        read_event(message)
    return refused.value


def test_event_of_the_page_shown_is_read() -> None:
    page = {"url": "/cart", "kind": "cart"}
    event = read_event(an_event("page_view", data=page))
    assert event == Event(18, "page_view", page, shown=Page("cart", "/cart", "/cart"))


def test_event_left_by_an_earlier_document_carries_its_document_and_its_page() -> None:
    left = an_event("page_dwell", 7, doc="a81kq0", page={"url": "/cart", "kind": "cart"}, data={"ms": 4200})
    assert read_event(left) == Event(
        7, "page_dwell", {"ms": 4200}, doc="a81kq0", page=Page("cart", "/cart", "/cart"), ms=4200
    )


@pytest.mark.parametrize("more", [{}, {"data": None}, {"data": {}}])
def test_event_without_data_has_none(more: dict[str, Any]) -> None:
    assert read_event(an_event("copy", **more)).data == {}


@pytest.mark.parametrize("seq", [1, 2**53])
def test_seq_goes_from_one_to_the_last_whole_number_of_a_browser(seq: int) -> None:
    assert read_event(an_event(seq=seq)).seq == seq


@pytest.mark.parametrize("seq", ["18.0", "1.8e1", "180e-1"])
def test_seq_is_a_whole_number_however_json_writes_it(seq: str) -> None:
    event = read_event(parse(b'{"type":"event","name":"login","seq":%b}' % seq.encode()))
    assert (event.seq, type(event.seq)) == (18, int)


@pytest.mark.parametrize(("doc", "read"), [("k3v9x2", None), ("a81kq0", "a81kq0"), (None, None)])
def test_own_document_named_is_as_none_named(doc: str | None, read: str | None) -> None:
    assert read_event(parse_of("k3v9x2", orjson.dumps(an_event(doc=doc)))).doc == read


def test_event_one_too_many_is_refused_by_its_number_unless_it_takes_consent_back() -> None:
    refused = one_too_many(an_event(doc="a81kq0"))
    assert refused is not None
    assert str(refused).startswith("the session has sent too many events")
    assert (refused.seq, refused.doc, refused.name) == (18, "a81kq0", "login")
    assert str(one_too_many(an_event("Login"))).startswith("name is 'Login'")
    assert one_too_many(an_event("consent", data={"analytics": "denied"})) is None


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"type": "hello"}, "type is 'hello', expected event"),
        ({"type": "y" * 50, "seq": 1}, f"type is '{'y' * 40}', expected event"),
        *(
            (an_event(seq=seq), f"seq is {said}, expected a whole number from 1 to 2^53")
            for seq, said in BAD_SEQS
        ),
        *(
            (an_event(doc=doc), f"doc is {said}, expected [a-z0-9]{{6,32}}")
            for doc, said in BAD_DOCS
        ),
    ],
)  # fmt: skip
def test_event_that_cannot_be_told_from_others_is_refused_without_its_number(
    message: dict[str, Any], sentence: str
) -> None:
    error = refusal(message)
    assert (str(error), error.seq, error.doc) == (sentence, None, None)


def test_nesting_as_deep_as_json_may_be_is_a_bad_seq_and_no_more() -> None:
    assert str(refusal(parse(b'{"type":"event","seq":' + DEEP + b"}"))).startswith("seq is a list, expected")


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        *(
            (an_event(name), f"name is {said}, expected [a-z][a-z0-9_]{{0,39}}")
            for name, said in BAD_NAMES
        ),
        (an_event("x" * 41), "name with 41 characters exceeds limit of 40"),
        (an_event(data=[1]), "data is a list, expected an object"),
        (an_event(data="x"), "data is 'x', expected an object"),
        (an_event(data=0), "data is 0, expected an object"),
        (an_event(data=False), "data is false, expected an object"),
        (an_event("page_view", data={"kind": "basket"}), f"page_view.kind is 'basket', expected one of {KINDS}"),
        (an_event(page=[]), "page is a list, expected an object"),
        (an_event(page={"kind": "basket"}), f"page.kind is 'basket', expected one of {KINDS}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("doc", [None, "a81kq0"])
def test_bad_event_says_what_is_wrong_and_which_it_was(message: dict[str, Any], sentence: str, doc: str | None) -> None:
    error = refusal(message | {"doc": doc})
    assert (str(error), error.seq, error.doc) == (sentence, 18, doc)


def test_name_of_forty_characters_is_the_longest() -> None:
    assert read_event(an_event("x" * 40)).name == "x" * 40


# whatever comes

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(["hello", "event", "product", "cart", "TWD", "a81kq0", "k3v9x2", "f_1", "granted", "\0", "1"])
)
WORDS = st.sampled_from(
    ["url", "kind", "title", "product", "category", "id", "price", "currency", "stock", "items", "value", "ms",
     "percent", "fire", "fields", "text", "analytics", "transaction_id", "quantity", "item_id", "utm", "viewport",
     "pointer", "__proto__", "a.b", "$set"]
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6), max_leaves=12
)
OBJECTS = st.dictionaries(WORDS, VALUES, max_size=8)
HELLOS = st.fixed_dictionaries(
    {"type": st.just("hello") | SCALARS, "v": st.just(1) | VALUES, "doc": st.just("k3v9x2") | VALUES},
    optional={"token": VALUES, "page": VALUES | OBJECTS, "context": VALUES | OBJECTS},
)
EVENTS = st.fixed_dictionaries(
    {"type": st.just("event"), "seq": st.integers(1, 99) | VALUES, "name": st.sampled_from(sorted(READERS)) | VALUES},
    optional={"data": OBJECTS | VALUES, "doc": st.just("a81kq0") | VALUES, "page": OBJECTS | VALUES},
)
FRAMES = st.binary(max_size=300) | (HELLOS | EVENTS | VALUES).map(lambda said: json.dumps(said).encode())


@given(FRAMES)
@example(b'{"type":"hello","v":' + DEEP + b"}")
@example(b'{"type":"event","seq":' + DEEP + b"}")
@example(b'{"type":"event","seq":1,"name":' + DEEP + b"}")
@example(b'{"type":"event","seq":1,"name":"login","data":{"a":' + DEEP + b"}}")
@example(b'{"type":"hello","v":1,"doc":"k3v9x2","page":{"kind":' + DEEP + b"}}")
@example(b'{"type":"event","seq":1,"name":"consent","data":{"analytics":' + DEEP + b"}}")
def test_no_bytes_raise_anything_but_the_errors_of_the_protocol(frame: bytes) -> None:
    with suppress(BadFrame):
        message = parse(frame)
        with suppress(BadFrame):
            read_hello(message)
        with suppress(BadEvent):
            read_event(message)
