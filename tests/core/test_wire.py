"""Frames, a client's hello and what the engine writes: codes, sentences and fields are those of the protocol."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import wire
from engine.core.event_data import BadEvent
from engine.core.events import PAGE_KINDS, Context
from engine.core.wire import BadFrame, parse, read_hello

KINDS = ", ".join(PAGE_KINDS)
DEEP = b"[" * 1015 + b"]" * 1015


def a_hello(**more: Any) -> dict[str, Any]:
    return {"type": "hello", "v": 1, "doc": "k3v9x2", **more}


def a_refusal(doc: str | None = None) -> BadEvent:
    error = BadEvent("data is 1, expected an object")
    error.seq, error.doc = 18, doc
    return error


def context_of(said: Any) -> Context:
    return read_hello(a_hello(context=said)).context


# frames


@pytest.mark.parametrize("frame", [b'{"type":"event","seq":1}', memoryview(b'{"type":"event","seq":1}')])
def test_frame_is_a_json_object_with_a_type(frame: bytes | memoryview) -> None:
    assert parse(frame) == {"type": "event", "seq": 1}


def test_frame_of_the_largest_size_is_read() -> None:
    frame = b'{"type":"%s"}' % (b"x" * (16 * 1024 - len('{"type":""}')))
    assert len(frame) == 16_384
    assert parse(frame)["type"].startswith("xxx")


@pytest.mark.parametrize(
    ("frame", "code", "sentence"),
    [
        (b" " * 16_385, 1009, "frame with 16385 bytes exceeds limit of 16384 bytes"),
        (b'{"type":"\xff"}', 1007, "frame is not UTF-8"),
        (b'{"type":"\xed\xa0\x80"}', 1007, "frame is not UTF-8"),
        (b"", 1002, "frame is not JSON"),
        (b"hello", 1002, "frame is not JSON"),
        (b'\xef\xbb\xbf{"type":"hello"}', 1002, "frame is not JSON"),
        (b'{"type":"event","data":{"ms":NaN}}', 1002, "frame is not JSON"),
        (b'{"type":"event","data":{"ms":1e999}}', 1002, "frame is not JSON"),
        (b'{"type":"event","data":{"ms":Infinity}}', 1002, "frame is not JSON"),
        (b'{"type":"\\ud800"}', 1002, "frame is not JSON"),
        (b'{"type":"hello",}', 1002, "frame is not JSON"),
        (b"[" * 8_000 + b"]" * 8_000, 1002, "frame is not JSON"),
        (b'{"a":' * 3_000 + b"1" + b"}" * 1_000, 1002, "frame is not JSON"),
        (b"[]", 1002, "frame is not a JSON object with a type"),
        (b"null", 1002, "frame is not a JSON object with a type"),
        (b'"hello"', 1002, "frame is not a JSON object with a type"),
        (b"{}", 1002, "frame is not a JSON object with a type"),
        (b'{"type":null}', 1002, "frame is not a JSON object with a type"),
        (b'{"type":["hello"]}', 1002, "frame is not a JSON object with a type"),
        (b'{"type":"hello","type":1}', 1002, "frame is not a JSON object with a type"),
    ],
)
def test_what_is_no_frame_ends_the_connection(frame: bytes, code: int, sentence: str) -> None:
    with pytest.raises(BadFrame) as refused:
        parse(frame)
    assert (refused.value.code, str(refused.value)) == (code, sentence)


# hello


def test_hello_of_the_protocol_is_read_whole() -> None:
    hello = read_hello(
        a_hello(
            token="t.1",
            page={"url": "/p/cup?from=ad", "kind": "product", "title": "Cup", "product": {"id": "cup", "price": 620}},
            context={
                "language": "zh-TW",
                "utc_offset_min": 480,
                "viewport": [1280, 720],
                "pointer": "fine",
                "referrer": "https://www.google.com/",
                "utm": {"source": "ig", "medium": "cpc", "campaign": "1111"},
            },
        )
    )
    assert (hello.doc, hello.token) == ("k3v9x2", "t.1")
    assert hello.page is not None
    assert (hello.page.path, hello.page.kind, hello.page.title) == ("/p/cup", "product", "Cup")
    assert hello.page.product is not None
    assert (hello.page.product.id, hello.page.product.price) == ("cup", 620)
    assert hello.context == Context(
        language="zh-TW",
        utc_offset_min=480,
        device="desktop",
        referrer="https://www.google.com/",
        source="ig",
        medium="cpc",
        campaign="1111",
    )


def test_hello_needs_no_more_than_its_version_and_document() -> None:
    hello = read_hello(a_hello())
    assert (hello.doc, hello.token, hello.page, hello.context) == ("k3v9x2", None, None, Context())


@pytest.mark.parametrize("token", [None, 7, True, [], {"t": 1}])
def test_token_that_is_no_text_is_that_of_a_new_visitor(token: Any) -> None:
    assert read_hello(a_hello(token=token)).token is None


@pytest.mark.parametrize("doc", ["abcdef", "0" * 32, "a1b2c3"])
def test_document_has_six_to_thirty_two_letters_and_digits(doc: str) -> None:
    assert read_hello(a_hello(doc=doc)).doc == doc


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"type": "event", "seq": 1}, "first frame is 'event', expected hello"),
        ({"type": "x" * 50}, f"first frame is '{'x' * 40}', expected hello"),
        ({"type": "hello", "doc": "k3v9x2"}, "version is none, expected 1"),
        (a_hello(v=2), "version is 2, expected 1"),
        (a_hello(v=True), "version is true, expected 1"),
        (a_hello(v="1"), "version is '1', expected 1"),
        (a_hello(v=[1]), "version is a list, expected 1"),
        (a_hello(v={}), "version is an object, expected 1"),
        *(
            (a_hello(doc=doc), "hello.doc is not of the form [a-z0-9]{6,32}")
            for doc in (None, 7, "", "short", "a" * 33, "ABCDEF", "abc-def", "abcdef\n", "a{b}c:d", ["abcdef"])
        ),
        (a_hello(page=7), "hello.page is 7, expected an object"),
        (a_hello(page={"url": "/"}), f"hello.page.kind is none, expected one of {KINDS}"),
        (a_hello(page={"kind": "home"}), "hello.page.url is none, expected a text"),
    ],
)
def test_first_frame_that_is_no_sound_hello_is_refused(message: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadFrame) as refused:
        read_hello(message)
    assert (refused.value.code, str(refused.value)) == (4009, sentence)


def test_nesting_as_deep_as_json_may_be_is_a_bad_version_and_no_more() -> None:
    with pytest.raises(BadFrame, match=r"^version is a list, expected 1$"):
        read_hello(parse(b'{"type":"hello","v":' + DEEP + b"}"))


@pytest.mark.parametrize(
    ("said", "context"),
    [
        (None, Context()),
        ("de", Context()),
        ([], Context()),
        ({"language": 7, "referrer": None, "utm": "ig"}, Context()),
        ({"language": "d" * 40}, Context(language="d" * 35)),
        ({"referrer": "r" * 600}, Context(referrer="r" * 512)),
        (
            {"utm": {"source": "s" * 200, "medium": "m" * 200, "campaign": "c" * 200}},
            Context(source="s" * 128, medium="m" * 128, campaign="c" * 128),
        ),
        ({"utm": {"source": ["ig"], "campaign": "1111"}}, Context(campaign="1111")),
        ({"utc_offset_min": -1440}, Context(utc_offset_min=-1440)),
        ({"utc_offset_min": 1440}, Context(utc_offset_min=1440)),
        ({"utc_offset_min": 1441}, Context()),
        ({"utc_offset_min": -1441}, Context()),
        ({"utc_offset_min": 60.0}, Context()),
        ({"utc_offset_min": True}, Context()),
        ({"utc_offset_min": "60"}, Context()),
    ],
)
def test_context_is_taken_as_far_as_it_is_sound(said: Any, context: Context) -> None:
    assert context_of(said) == context


@pytest.mark.parametrize(
    ("pointer", "viewport", "device"),
    [
        ("fine", [1280, 720], "desktop"),
        ("fine", [320, 600], "desktop"),
        ("coarse", [390, 844], "phone"),
        ("coarse", [640, 360], "phone"),
        ("coarse", [641, 360], "tablet"),
        ("coarse", [820.5, 1180], "tablet"),
        ("coarse", None, "phone"),
        ("coarse", [], "phone"),
        ("coarse", ["820"], "phone"),
        ("coarse", 820, "phone"),
        ("none", [1280, 720], "desktop"),
        (None, [390, 844], "desktop"),
        (["coarse"], [390, 844], "desktop"),
    ],
)
def test_device_follows_from_pointer_and_width(pointer: Any, viewport: Any, device: str) -> None:
    assert context_of({"pointer": pointer, "viewport": viewport}).device == device


# frames of the engine


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (
            wire.welcome_frame({"visitor": "v", "session": "s", "token": "t"}, 17, True, {"page_dwell": [10_001]}),
            '{"type":"welcome","v":1,"visitor":"v","session":"s","token":"t","seq":17,"resumed":true,'
            '"arm":{"page_dwell":[10001]}}',
        ),
        (wire.ack_frame(18), '{"type":"ack","seq":18}'),
        (wire.ack_frame(18, arm={}), '{"type":"ack","seq":18,"arm":{}}'),
        (wire.ack_frame(18, arm={"exit_intent": True}), '{"type":"ack","seq":18,"arm":{"exit_intent":true}}'),
        (wire.ack_frame(7, "a81kq0"), '{"type":"ack","seq":7,"doc":"a81kq0"}'),
        (wire.ack_frame(7, "a81kq0", {"wake": [1]}), '{"type":"ack","seq":7,"doc":"a81kq0","arm":{"wake":[1]}}'),
        (
            wire.show_frame("f_1", "cart-sweetener", {"kind": "coupon"}),
            '{"type":"show","fire":"f_1","rule":"cart-sweetener","popup":{"kind":"coupon"}}',
        ),
        (wire.hide_frame("f_1"), '{"type":"hide","fire":"f_1"}'),
        (wire.error_frame(BadEvent("seq is 0")), '{"type":"error","code":"bad_event","message":"seq is 0"}'),
        (
            wire.error_frame(a_refusal("a81kq0")),
            '{"type":"error","code":"bad_event","doc":"a81kq0","seq":18,"message":"data is 1, expected an object"}',
        ),
        (
            wire.error_frame(a_refusal()),
            '{"type":"error","code":"bad_event","seq":18,"message":"data is 1, expected an object"}',
        ),
    ],
)
def test_engine_writes_its_frames_as_the_protocol_shows_them(frame: bytes, said: str) -> None:
    assert frame.decode() == said
