"""Events that break the contract: refused with a sentence, covered by the next ack, and not counted."""

from typing import Any

import pytest
import redis

from tests.live.behind import counters_of
from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, ShopEngine


def event(name: object = "login", data: object = None, **more: Any) -> dict[str, Any]:
    return {"type": "event", "seq": 1, "name": name, "data": {} if data is None else data, **more}


CART = {"url": "/cart", "kind": "cart"}

BAD_EVENTS = [
    (
        event("page_view", {"url": "/cart", "kind": "basket"}),
        "page_view.kind is 'basket', expected one of home, category, product, cart, checkout, thanks, search, other",
    ),
    (event("page_view", {"kind": "cart"}), "page_view.url is none, expected a text"),
    (event("page_view", {**CART, "title": "x" * 1_025}), "page_view.title with 1025 characters exceeds limit of 1024"),
    (event("page_view", {**CART, "title": "a\x00b"}), "page_view.title holds a NUL character"),
    (event("page_view", {**CART, "product": "p1"}), "page_view.product is 'p1', expected an object"),
    (event("page_view", {**CART, "product": {"name": "Mug"}}), "page_view.product.id is none, expected a text"),
    (
        event("page_view", {**CART, "product": {"id": "p1", "price": "620"}}),
        "page_view.product.price is '620', expected a number",
    ),
    (event("page_dwell", {"ms": -1}), "page_dwell.ms is -1, expected 0 to 8.64e+07"),
    (event("page_dwell", {"ms": 10**9}), "page_dwell.ms is 1e+09, expected 0 to 8.64e+07"),
    (event("page_dwell", {"ms": "10"}), "page_dwell.ms is '10', expected a number"),
    (event("page_dwell", {"ms": True}), "page_dwell.ms is true, expected a number"),
    (event("page_dwell"), "page_dwell.ms is none, expected a number"),
    (event("scroll", {"percent": 101}), "scroll.percent is 101, expected 0 to 100"),
    (event("idle", {"ms": []}), "idle.ms is a list, expected a number"),
    (event("cart", {"items": {}}), "cart.items is an object, expected a list"),
    (event("cart", {"items": [1]}), "cart.items[0] is 1, expected an object"),
    (event("cart", {"items": [{"price": -1}]}), "cart.items[0].price is -1, expected 0 to 1e+15"),
    (event("cart", {"value": 1, "currency": "NT$"}), "cart.currency is 'NT$', expected an ISO 4217 code such as TWD"),
    (event("purchase", {"value": "free"}), "purchase.value is 'free', expected a number"),
    (event("my_event", {"a": {"b": 1}}), "my_event.a is an object, expected a text, a number or a boolean"),
    (event("my_event", {"a": "x" * 257}), "my_event.a with 257 characters exceeds limit of 256"),
    (event("my_event", {f"k{n}": n for n in range(26)}), "my_event with 26 keys exceeds limit of 25"),
    (event("my_event", {"a.b": 1}), "my_event has the key 'a.b', expected [A-Za-z_][A-Za-z0-9_-]{0,63}"),
    (event("my_event", {"$set": 1}), "my_event has the key '$set', expected [A-Za-z_][A-Za-z0-9_-]{0,63}"),
    (event("my_event", {"a\r\nb": 1}), "my_event has the key 'a\r\nb', expected [A-Za-z_][A-Za-z0-9_-]{0,63}"),
    (event("popup_view", {}), "popup_view.fire is none, expected a text"),
    (event("popup_submit", {"fire": "f_1", "fields": []}), "popup_submit.fields is a list, expected an object"),
    (event("chat_message", {"fire": "f_1"}), "chat_message.text is none, expected a text"),
    (
        event("consent", {"marketing": "yes"}),
        "consent.marketing is 'yes', expected one of granted, denied, unknown",
    ),
    (event("Login"), "name is 'Login', expected [a-z][a-z0-9_]{0,39}"),
    (event("x" * 41), "name with 41 characters exceeds limit of 40"),
    (event(None), "name is none, expected [a-z][a-z0-9_]{0,39}"),
    (event("login", [1]), "data is a list, expected an object"),
    (event("login", page={"url": "/", "kind": "nowhere"}, doc="a81kq0"),
     "page.kind is 'nowhere', expected one of home, category, product, cart, checkout, thanks, search, other"),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "sentence"), BAD_EVENTS, ids=[sentence[:40] for _, sentence in BAD_EVENTS])
async def test_bad_event_is_told_why_and_covered_by_an_ack(
    engine: ShopEngine, store: redis.Redis, frame: dict[str, Any], sentence: str
) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        shopper.queue.append(frame)
        await shopper.say(frame)
        await shopper.settled()
        doc = {"doc": frame["doc"]} if "doc" in frame else {}
        assert shopper.of("error") == [{"type": "error", "code": "bad_event", **doc, "seq": 1, "message": sentence}]
        assert shopper.of("ack") == [{"type": "ack", **doc, "seq": 1}]
        assert shopper.closes == []
        assert counters_of(store, engine.site, shopper.visitor) == {}


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        ({"type": "hello", "v": 1}, "type is 'hello', expected event"),
        ({"type": "shout", "seq": 1}, "type is 'shout', expected event"),
        (event(seq=0), "seq is 0, expected a whole number from 1 to 2^53"),
        (event(seq=-1), "seq is -1, expected a whole number from 1 to 2^53"),
        (event(seq=1.5), "seq is 1.5, expected a whole number from 1 to 2^53"),
        (event(seq="1"), "seq is '1', expected a whole number from 1 to 2^53"),
        (event(seq=True), "seq is true, expected a whole number from 1 to 2^53"),
        (event(seq=2**53 + 1), "seq is 9007199254740993, expected a whole number from 1 to 2^53"),
        (event(seq=2**64 - 1), "seq is 18446744073709551615, expected a whole number from 1 to 2^53"),
        (event(doc="{other}"), "doc is '{other}', expected [a-z0-9]{6,32}"),
        (event(doc=7), "doc is 7, expected [a-z0-9]{6,32}"),
    ],
)
async def test_event_that_cannot_be_told_from_others_acknowledges_nothing(
    engine: ShopEngine, store: redis.Redis, frame: dict[str, Any], sentence: str
) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.say(frame)
        await shopper.event("login")
        await shopper.settled()
        assert shopper.of("error") == [{"type": "error", "code": "bad_event", "message": sentence}]
        assert [ack["seq"] for ack in shopper.of("ack")] == [1]
        assert counters_of(store, engine.site, shopper.visitor) == {"e:login": 1}


async def test_events_around_a_bad_one_count(engine: ShopEngine, store: redis.Redis) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.view("cart")
        await shopper.event("page_dwell", ms=-5)
        await shopper.event("page_dwell", ms=5)
        await shopper.settled()
        assert len(shopper.of("error")) == 1
        assert counters_of(store, engine.site, shopper.visitor)["dwell:cart"] == 5
        assert (await shopper.reconnect())["seq"] == 3


async def test_seq_that_falls_back_is_taken_for_a_resend(engine: ShopEngine, store: redis.Redis) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.say(event("login", seq=5))
        await shopper.say(event("search", seq=3))
        await shopper.say(event("sign_up", seq=6))
        await shopper.reconnect()
        assert counters_of(store, engine.site, shopper.visitor) == {"e:login": 1, "e:sign_up": 1}


@pytest.mark.parametrize(
    "data",
    [
        {"__proto__": 1, "constructor": "x"},
        {"a": -0.0, "b": 10**15, "c": 1e-300},
        {"html": "<img src=x onerror=alert(1)>", "template": "{{7*7}}", "formula": "=cmd()"},
        {"text": "\u202e\u0007\x1f", "none": None},
    ],
)
async def test_odd_but_sound_data_is_taken_as_it_is(engine: ShopEngine, data: dict[str, Any]) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.event("my_event", **data)
        await shopper.settled()
        assert shopper.of("error") == []


async def test_odd_page_is_a_page_after_a_reconnect_too(engine: ShopEngine, store: redis.Redis) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.view("product", "/p/\x1f{}", product={"id": "a\x1fb\x1f"}, category="\x1f")
        await shopper.settled()
        await shopper.reconnect()
        await shopper.event("page_dwell", ms=3)
        await shopper.settled()
        assert counters_of(store, engine.site, shopper.visitor)["dwell:product"] == 3
