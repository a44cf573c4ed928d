"""Where no WebSocket gets through: the same frames by Server-Sent Events and POSTs, or by POSTs alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
import redis

from engine.edge.post import ANSWER_WITHIN_S
from engine.edge.stream import MOST_FRAMES_BEFORE_WELCOME
from tests.live.behind import counters_of, logged_events
from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.other_ways import Writer, lines
from tests.waiting import eventually


@pytest.fixture
async def writer(engine: ShopEngine) -> AsyncIterator[Writer]:
    """A new visitor of such a network."""
    writer = Writer(engine)
    yield writer
    await writer.http.aclose()


async def test_post_carries_events_up_and_everything_else_down(
    engine: ShopEngine, store: redis.Redis, writer: Writer
) -> None:
    await writer.view("cart")
    await writer.event("page_dwell", ms=700)
    answer = await writer.post()
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
    assert writer.frames[0]["type"] == "welcome"
    assert writer.queue == []
    expected = {"views": 1, "views:cart": 1, "p:/cart": 1, "dwell": 700, "dwell:cart": 700}
    assert counters_of(store, engine.site, writer.visitor) == expected


async def test_popup_that_an_event_leads_to_is_in_the_answer_and_comes_again_until_it_is_viewed(writer: Writer) -> None:
    for _ in range(3):
        await writer.view("cart")
        await writer.post()
    assert writer.armed == {"page_dwell": [10_001]}
    await writer.event("page_dwell", ms=10_001)
    await writer.post()
    assert [show["rule"] for show in writer.of("show")] == ["cart-sweetener"]
    await writer.post()
    assert len({show["fire"] for show in writer.of("show")}) == 1
    assert len(writer.of("show")) == 2
    await writer.event("popup_view", fire=writer.of("show")[0]["fire"])
    await writer.post()
    await writer.post()
    assert len(writer.of("show")) <= 3
    before = len(writer.of("show"))
    await writer.post()
    assert len(writer.of("show")) == before


async def test_what_is_posted_twice_or_by_several_carriers_at_once_counts_once(
    engine: ShopEngine, store: redis.Redis, writer: Writer
) -> None:
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.view("cart")
        await shopper.settled()
        writer.token, writer.doc, writer.seq = shopper.token, shopper.doc, shopper.seq
        for _ in range(5):
            await writer.event("add_to_wishlist")
        for frame in writer.queue:
            await shopper.say(frame)
        left = list(writer.queue)
        await writer.post()
        writer.queue = left
        await writer.post()
        assert writer.queue == []
    assert counters_of(store, engine.site, shopper.visitor)["e:add_to_wishlist"] == 5
    assert len([seq for visitor, _, seq in logged_events(store, engine.site) if visitor == shopper.visitor]) == 6


async def test_document_that_is_left_without_a_connection_is_told_by_one_post_and_by_the_next_document(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper, writer: Writer
) -> None:
    async with shopper:
        await shopper.view("cart")
        await shopper.settled()
    await shopper.event("page_dwell", ms=900)
    next_one = shopper.next_document()
    body = lines([shopper.hello(), *shopper.queue])
    assert (await writer.send(body)).status_code == 200
    async with next_one:
        await next_one.view("home")
        await next_one.settled()
    counters = counters_of(store, engine.site, shopper.visitor)
    assert (counters["dwell:cart"], counters["views"]) == (900, 2)


async def test_events_of_a_stream_are_answered_by_its_way_down(
    engine: ShopEngine, store: redis.Redis, writer: Writer
) -> None:
    async with writer.listening() as stream:
        await writer.view("cart")
        assert (await writer.post(stream)).status_code == 202
        await writer.told()
        await writer.event("login")
        assert (await writer.post(stream)).status_code == 202
        await writer.told()
    assert len(writer.of("welcome")) == 1
    assert counters_of(store, engine.site, writer.visitor)["e:login"] == 1


async def test_stream_that_is_not_here_is_answered_in_the_answer(writer: Writer) -> None:
    await writer.view("cart")
    assert (await writer.post("another-process")).status_code == 200
    assert writer.queue == []


async def test_stream_of_one_document_takes_nothing_of_another(engine: ShopEngine, writer: Writer) -> None:
    other = Writer(engine)
    async with writer.listening() as stream:
        await writer.view("cart")
        await writer.post(stream)
        await other.view("home")
        assert (await other.post(stream)).status_code == 200
        await writer.told()
    assert other.visitor != writer.visitor
    await other.http.aclose()


async def test_refused_event_is_told_and_covered(writer: Writer) -> None:
    await writer.event("page_view", url="/basket", kind="basket")
    await writer.event("login")
    assert (await writer.post()).status_code == 200
    assert [error["code"] for error in writer.of("error")] == ["bad_event"]
    assert writer.queue == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, None),
        (b"{", 400, 1002),
        (b'{"type":"event","seq":1,"name":"login"}', 400, 4009),
        (b'{"type":"hello","v":7,"doc":"abcdefgh"}', 400, 4009),
        (b'"' + b"x" * 20_000 + b'"', 413, 1009),
        (b"\xff\xfe", 400, 1007),
        (b"x" * 60_000, 413, None),
    ],
    ids=["empty", "no JSON", "no hello", "another version", "long frame", "no UTF-8", "too long"],
)
async def test_bad_body_is_answered_like_a_bad_frame(
    engine: ShopEngine, writer: Writer, body: bytes, status: int, code: int | None
) -> None:
    answer = await writer.send(body)
    assert answer.status_code == status
    if code is not None:
        assert orjson.loads(answer.content.splitlines()[-1])["code"] == code
    assert engine.process.poll() is None


async def test_events_that_name_their_own_document_are_not_waited_for(writer: Writer) -> None:
    await writer.view("cart")
    writer.queue[0]["doc"] = writer.doc
    answer = await writer.post()
    assert writer.queue == []
    assert answer.elapsed.total_seconds() < ANSWER_WITHIN_S


async def test_post_of_more_events_than_may_come_before_a_welcome_is_told_how_far_it_came(writer: Writer) -> None:
    for _ in range(MOST_FRAMES_BEFORE_WELCOME + 50):
        await writer.event("login")
    await writer.post()
    assert [close["code"] for close in writer.of("close")] == [4008]
    assert len(writer.queue) == 50
    await writer.post()
    assert writer.queue == []


async def test_strangers_get_neither_way(engine: ShopEngine, writer: Writer) -> None:
    hello = lines([writer.hello()])
    assert (await writer.send(hello, Origin="https://elsewhere.example")).status_code == 403
    listened = await writer.http.get(
        "/v1/sse", params={"site": engine.site}, headers={"Origin": "https://else.example"}
    )
    assert listened.status_code == 403
    unknown = await writer.http.get("/v1/sse", params={"site": "pk_nobody"})
    assert (unknown.status_code, unknown.text) == (403, "unknown site key, or origin not allowed for it\n")
    async with httpx.AsyncClient(base_url=engine.url) as nobody:
        assert (await nobody.post("/v1/events", params={"site": engine.site}, content=hello)).status_code == 403
        assert (await nobody.get("/v1/sse", params={"site": engine.site})).status_code == 403


async def test_body_that_stops_on_the_way_leaves_nothing_behind(engine: ShopEngine, writer: Writer) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield lines([writer.hello()])
        raise OSError("the tunnel")

    with pytest.raises(OSError, match="the tunnel"):
        await writer.http.post("/v1/events", params={"site": engine.site}, content=half())
    await writer.view("home")
    assert (await writer.post()).status_code == 200
    await eventually(lambda: "Traceback" not in engine.output)
