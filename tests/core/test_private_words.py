"""What addresses and titles must not tell is taken out, whoever sent them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine.core import wire
from engine.core.private_words import clean_frame, clean_page, clean_referrer, clean_url, without_mail


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("/cart", "/cart"),
        ("/cart?utm_source=ig&token=secret&utm_medium=cpc", "/cart?utm_source=ig&utm_medium=cpc"),
        ("/cart?email=ann@example.com", "/cart"),
        ("/u/ann@example.com/orders", "/u/-/orders"),
        ("/u/ann%40example.com", "/u/-"),
        ("/p?utm_campaign=ann@example.co.uk", "/p?utm_campaign=-"),
        ("/p#reviews", "/p"),
        ("/#/cart?step=2", "/#/cart"),
        ("/#!/cart", "/#!/cart"),
        ("https://shop.example/p?q=shoes", "https://shop.example/p"),
        ("/@tea/mug", "/@tea/mug"),
        ("/p/5@10", "/p/5@10"),
        ("", ""),
    ],
)
def test_address_keeps_path_campaign_and_route(url: str, clean: str) -> None:
    assert clean_url(url) == clean
    assert clean_url(clean) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Orders of ann@example.com", "Orders of -"),
        ("ann@example.com", "-"),
        ("Meet @ home", "Meet @ home"),
        ("a@b", "a@b"),
        ("a@.com", "a@.com"),
        ("@example.com", "@example.com"),
        ("a@b.1", "a@b.1"),
        ("茶 tea@茶.tw", "茶 -"),
    ],
)
def test_what_looks_like_an_address_goes_and_other_signs_stay(text: str, clean: str) -> None:
    assert without_mail(text) == clean


def test_long_text_is_looked_through_in_one_go() -> None:
    assert without_mail("%40" * 100_000) == "%40" * 100_000


def a_frame(**said: Any) -> tuple[dict[str, Any], bytes]:
    frame = orjson.dumps({"type": "event", "seq": 1, **said})
    return wire.parse(frame), frame


def test_page_view_is_cleaned_in_its_frame_too() -> None:
    page = {"url": "/cart?a=1", "kind": "cart", "title": "ann@example.com", "product": {"id": "m", "url": "/p?x"}}
    message, frame = a_frame(name="page_view", data=page)
    cleaned = orjson.loads(clean_frame(message, frame))
    assert cleaned["data"] == {"url": "/cart", "kind": "cart", "title": "-", "product": {"id": "m", "url": "/p"}}
    assert message["data"] == cleaned["data"]


def test_page_of_an_earlier_documents_event_is_cleaned() -> None:
    message, frame = a_frame(name="login", doc="abcdef", page={"url": "/a?b", "kind": "cart"}, data={"method": "a?b"})
    assert orjson.loads(clean_frame(message, frame))["page"]["url"] == "/a"


@pytest.mark.parametrize(
    "said",
    [
        {"name": "page_view", "data": {"url": "/cart", "kind": "cart"}},
        {"name": "page_view", "data": {"url": "/cart?utm_source=a", "kind": "cart", "title": "Is this it?"}},
        {"name": "search", "data": {"search_term": "who@example.com?"}},
        {"name": "page_view", "data": {"url": 7, "title": ["?"]}},
        {"name": "page_view", "data": "?"},
    ],
)
def test_frame_with_nothing_to_take_out_is_the_very_same(said: dict[str, Any]) -> None:
    message, frame = a_frame(**said)
    assert clean_frame(message, frame) is frame


def test_signs_that_json_writes_by_their_numbers_are_found() -> None:
    said = rb'{"url":"/u/ann\u0040example.com","title":"ann\u002540b.ch"}'
    frame = b'{"type":"event","seq":1,"name":"page_view","data":%b}' % said
    message = wire.parse(frame)
    assert orjson.loads(clean_frame(message, frame))["data"] == message["data"] == {"url": "/u/-", "title": "-"}


def test_hello_is_cleaned_as_it_is_read() -> None:
    hello = wire.read_hello({
        "type": "hello", "v": 1, "doc": "abcdef", "page": {"url": "/u/ann@example.com?x=1", "kind": "cart"},
        "context": {"referrer": "https://mail.example/inbox?to=ann@example.com"},
    })  # fmt: skip
    assert hello.page is not None
    assert (hello.page.url, hello.context.referrer) == ("/u/-", "https://mail.example/inbox")


def test_referrer_has_no_query_and_a_sound_page_is_left_alone() -> None:
    assert clean_referrer("https://a.example/x?y#z") == "https://a.example/x"
    assert not clean_page({"url": "/cart", "kind": "cart"})
