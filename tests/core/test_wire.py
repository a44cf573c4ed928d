"""Frames to values and back, and what is said of those that are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core import wire
from engine.core.event_data import BadEvent
from engine.core.events import Context, Hello
from engine.core.wire import BadFrame

HELLO = {"type": "hello", "v": 1, "doc": "k3v9x2"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip


def refusal_of(frame: bytes) -> tuple[int, str]:
    with pytest.raises(BadFrame) as refused:
        wire.parse(frame)
    return refused.value.code, str(refused.value)


def code_of(read: Callable[[Any], object], said: Any) -> int | None:
    """Return the code that what was said is refused with, None if it is not."""
    try:
        read(said)
    except BadFrame as refused:
        return refused.code
    return None


def hello(**more: Any) -> Hello:
    return wire.read_hello({**HELLO, **more})


def context(**said: Any) -> Context:
    return hello(context=said).context


# frames


def test_frame_of_the_limit_is_read_and_a_byte_more_is_refused() -> None:
    frame = b'{"type":"x"}'.ljust(wire.MAX_FRAME)
    assert wire.parse(frame) == {"type": "x"}
    assert refusal_of(frame + b" ") == (1009, "frame with 16385 bytes exceeds limit of 16384 bytes")


def test_frame_in_a_memoryview_is_read_as_well() -> None:
    assert wire.parse(memoryview(b'{"type":"x"}')) == {"type": "x"}
    assert refusal_of(memoryview(b"\xff")) == (1007, "frame is not UTF-8")  # type: ignore[arg-type]


@pytest.mark.parametrize("frame", [b"", b"{", b'{"type":"x",}', b'{"type":NaN}', b'{"type":"\\ud800"}', b"[" * 9_000])
def test_frame_that_is_no_json_is_refused(frame: bytes) -> None:
    assert refusal_of(frame) == (1002, "frame is not JSON")


@pytest.mark.parametrize("frame", [b"\xff", b'{"type":"\xc3\x28"}', b"\xed\xa0\x80"])
def test_frame_that_is_no_utf8_is_refused(frame: bytes) -> None:
    assert refusal_of(frame) == (1007, "frame is not UTF-8")


@pytest.mark.parametrize("frame", [b"1", b"null", b"[]", b"{}", b'{"type":1}', b'{"type":null}'])
def test_frame_without_a_type_is_refused(frame: bytes) -> None:
    assert refusal_of(frame) == (1002, "frame is not a JSON object with a type")


@given(frame=st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_bad_frame(frame: bytes) -> None:
    assert code_of(wire.parse, frame) in (None, 1002, 1007)


# hellos


def test_smallest_hello_says_the_least() -> None:
    assert hello() == Hello("k3v9x2", None, None, Context())


def test_whole_hello_is_read() -> None:
    said = hello(
        token="k1.a.b.c.d",
        page={"url": "https://shop.test/cart?x=1", "kind": "cart", "title": "Cart"},
        context={
            "language": "zh-TW", "utc_offset_min": 480, "viewport": [1280, 720], "pointer": "fine",
            "referrer": "https://www.google.com/", "utm": {"source": "ig", "medium": "cpc", "campaign": "1111"},
        },
    )  # fmt: skip
    assert said.token == "k1.a.b.c.d"
    assert said.page is not None
    assert (said.page.kind, said.page.path, said.page.title) == ("cart", "/cart", "Cart")
    assert said.context == Context("zh-TW", 480, "desktop", "https://www.google.com/", "ig", "cpc", "1111")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"type": "event"}, "first frame is 'event', expected hello"),
        ({"type": "x" * 50}, f"first frame is '{'x' * 40}', expected hello"),
        ({"v": 2}, "version is 2, expected 1"),
        ({"v": None}, "version is None, expected 1"),
        ({"v": True}, "version is True, expected 1"),
        ({"doc": None}, "hello.doc is not of the form [a-z0-9]{6,32}"),
        ({"doc": "ABCDEF"}, "hello.doc is not of the form [a-z0-9]{6,32}"),
        ({"doc": "a" * 33}, "hello.doc is not of the form [a-z0-9]{6,32}"),
        ({"doc": "abcdef\n"}, "hello.doc is not of the form [a-z0-9]{6,32}"),
        ({"page": {"kind": "cart"}}, "hello.page.url is none, expected a text"),
        ({"page": "cart"}, "hello.page is 'cart', expected an object"),
    ],
)
def test_hello_that_is_none_is_refused_with_4009(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadFrame) as refused:
        hello(**said)
    assert (refused.value.code, str(refused.value)) == (4009, sentence)


@pytest.mark.parametrize("token", [1, [], {}, True])
def test_token_that_is_no_text_is_none(token: Any) -> None:
    assert hello(token=token).token is None


@pytest.mark.parametrize("said", [None, 1, "x", []])
def test_context_that_is_none_says_nothing(said: Any) -> None:
    assert hello(context=said).context == Context()


def test_context_is_taken_as_far_as_it_is_sound() -> None:
    said = context(language=7, utc_offset_min="8", pointer=1, viewport="wide", referrer=None, utm=["ig"])
    assert said == Context()
    assert context(utm={"source": 1, "medium": "cpc"}).medium == "cpc"
    assert context(utc_offset_min=True).utc_offset_min == context(utc_offset_min=1_441).utc_offset_min == 0
    assert context(utc_offset_min=-1_440).utc_offset_min == -1_440


def test_long_words_of_the_context_are_cut() -> None:
    said = context(
        language="x" * 99, referrer="y" * 999, utm={"source": "s" * 999, "medium": "", "campaign": "c" * 999}
    )
    assert [len(text) for text in (said.language, said.referrer, said.source, said.campaign)] == [35, 512, 128, 128]


@pytest.mark.parametrize(
    ("pointer", "viewport", "device"),
    [
        ("fine", [1_280, 720], "desktop"),
        ("fine", [300, 500], "desktop"),
        ("coarse", [390, 844], "phone"),
        ("coarse", [640, 360], "phone"),
        ("coarse", [641, 360], "tablet"),
        ("coarse", [820.5, 1_180], "tablet"),
        ("coarse", [], "phone"),
        ("coarse", None, "phone"),
        ("coarse", ["wide"], "phone"),
        ("none", [1_280, 720], "desktop"),
        (None, None, "desktop"),
    ],
)
def test_device_is_told_by_pointer_and_width(pointer: Any, viewport: Any, device: str) -> None:
    assert context(pointer=pointer, viewport=viewport).device == device


# events


def test_event_without_data_has_none() -> None:
    messages: list[dict[str, Any]] = [{}, {"data": None}, {"data": {}}]
    for message in messages:
        event = wire.read_event({"type": "event", "seq": 1, "name": "login", **message})
        assert (event.seq, event.name, dict(event.data), event.doc, event.page) == (1, "login", {}, None, None)


def test_event_of_an_earlier_document_says_which_and_on_which_page() -> None:
    event = wire.read_event(
        {"type": "event", "doc": "a81kq0", "seq": 7, "page": {"url": "/cart", "kind": "cart"}, "name": "page_dwell",
         "data": {"ms": 4_200}}
    )  # fmt: skip
    assert event.page is not None
    assert (event.doc, event.seq, event.page.kind, event.ms) == ("a81kq0", 7, "cart", 4_200)


@pytest.mark.parametrize(
    ("message", "seq", "doc"),
    [
        ({"type": "shout", "seq": 1}, None, None),
        ({"seq": 0}, None, None),
        ({"seq": 2**53 + 1}, None, None),
        ({"seq": True}, None, None),
        ({"seq": 1.0}, None, None),
        ({"seq": 5, "name": "NO"}, 5, None),
        ({"seq": 5, "name": ["login"]}, 5, None),
        ({"seq": 5, "data": "x"}, 5, None),
        ({"seq": 5, "doc": "a81kq0", "page": 1}, 5, "a81kq0"),
        ({"seq": 5, "doc": "NO"}, None, None),
        ({"seq": 5, "doc": 1}, None, None),
    ],
)
def test_bad_event_names_itself_where_it_can_be_told(message: dict[str, Any], seq: int | None, doc: str | None) -> None:
    with pytest.raises(BadEvent) as refused:
        wire.read_event({"type": "event", "name": "login", **message})
    assert (refused.value.seq, refused.value.doc) == (seq, doc)


@given(message=st.dictionaries(st.sampled_from(["seq", "doc", "page", "name", "data"]), JSON), type_=st.text())
def test_any_message_is_an_event_or_a_bad_one(message: dict[str, Any], type_: str) -> None:
    for kind in ("event", type_):
        try:
            event = wire.read_event({**message, "type": kind})
        except BadEvent as refused:
            assert orjson.loads(wire.error_frame(refused))["message"]  # noqa: PT017 - either way is right
        else:
            assert event.seq == message["seq"]


@given(message=st.dictionaries(st.sampled_from(["v", "doc", "token", "page", "context"]), JSON))
def test_any_hello_is_read_or_a_bad_frame(message: dict[str, Any]) -> None:
    for said in (message, {**message, "v": 1, "doc": "k3v9x2", "page": None}):
        assert code_of(wire.read_hello, {**said, "type": "hello"}) in (None, 4009)


# frames to the client


def test_frames_to_the_client_are_as_the_protocol_writes_them() -> None:
    names = {"visitor": "v", "session": "s", "token": "t"}
    assert orjson.loads(wire.welcome_frame(names, 17, resumed=True, arm={"idle": [5]})) == {
        "type": "welcome", "v": 1, "visitor": "v", "session": "s", "token": "t", "seq": 17, "resumed": True,
        "arm": {"idle": [5]},
    }  # fmt: skip
    assert wire.ack_frame(18) == b'{"type":"ack","seq":18}'
    assert orjson.loads(wire.ack_frame(18, arm={})) == {"type": "ack", "seq": 18, "arm": {}}
    assert orjson.loads(wire.ack_frame(7, "a81kq0")) == {"type": "ack", "doc": "a81kq0", "seq": 7}
    assert orjson.loads(wire.show_frame("f_1", "r", {"kind": "chat"})) == {
        "type": "show", "fire": "f_1", "rule": "r", "popup": {"kind": "chat"}
    }  # fmt: skip


def test_error_says_which_event_where_it_is_known() -> None:
    error = BadEvent("a sentence")
    assert orjson.loads(wire.error_frame(error)) == {"type": "error", "code": "bad_event", "message": "a sentence"}
    error.seq, error.doc = 3, "a81kq0"
    assert orjson.loads(wire.error_frame(error)) == {
        "type": "error", "code": "bad_event", "doc": "a81kq0", "seq": 3, "message": "a sentence"
    }  # fmt: skip
