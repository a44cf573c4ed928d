"""Whatever comes twice is counted once, through any number of reconnects and documents."""

import asyncio
from dataclasses import dataclass

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.live.behind import counters_of, expected_counters, logged_events
from tests.live.client import Frame, Shopper
from tests.live.engine_process import ORIGIN, ShopEngine


@pytest.mark.parametrize("times", [2, 3])
async def test_events_sent_several_times_count_once(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper, times: int
) -> None:
    async with shopper:
        for _ in range(5):
            await again(shopper, times, await shopper.view("cart"), shopper.queue[-1])
            await again(shopper, times, await shopper.event("page_dwell", ms=700), shopper.queue[-1])
            await again(shopper, times, await shopper.event("add_to_wishlist", value=3), shopper.queue[-1])
        await shopper.settled()
        assert counters_of(store, engine.site, shopper.visitor) == {
            "views": 5, "views:cart": 5, "p:/cart": 5, "dwell": 3_500, "dwell:cart": 3_500, "e:add_to_wishlist": 5
        }  # fmt: skip


async def again(shopper: Shopper, times: int, seq: int, frame: Frame) -> None:
    assert frame["seq"] == seq
    for _ in range(times - 1):
        await shopper.say(frame)


async def test_everything_said_again_in_a_row_counts_once(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper
) -> None:
    said: list[Frame] = []
    async with shopper:
        for kind in ("home", "product", "cart"):
            await shopper.view(kind)
            await shopper.event("page_dwell", ms=1_000)
            said += shopper.queue[-2:]
        for frame in [*said, *said]:
            await shopper.say(frame)
        await shopper.event("login")
        await shopper.settled()
        counters = counters_of(store, engine.site, shopper.visitor)
    assert counters["views"] == 3
    assert (counters["dwell"], counters["dwell:cart"], counters["e:login"]) == (3_000, 1_000, 1)


async def test_old_page_view_said_again_does_not_turn_the_page_back(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper
) -> None:
    async with shopper:
        await shopper.view("home")
        first = shopper.queue[-1]
        await shopper.view("cart")
        await shopper.settled()
        await shopper.say(first)
        await shopper.event("page_dwell", ms=500)
        await shopper.settled()
        counters = counters_of(store, engine.site, shopper.visitor)
    assert (counters.get("dwell:home"), counters["dwell:cart"]) == (None, 500)


async def test_reconnect_in_the_middle_sends_what_was_not_acknowledged(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper
) -> None:
    async with shopper:
        for n in range(30):
            await shopper.view("cart")
            await shopper.event("page_dwell", ms=10)
            if n % 3 == 0:
                welcome = await shopper.reconnect()
                assert welcome["resumed"] is True
        await shopper.settled()
        counters = counters_of(store, engine.site, shopper.visitor)
    assert (counters["views:cart"], counters["dwell:cart"]) == (30, 300)


async def test_welcome_tells_what_is_applied(shopper: Shopper) -> None:
    async with shopper:
        await shopper.view("cart")
        await shopper.event("login")
        await shopper.settled()
        assert (await shopper.reconnect())["seq"] == 2


async def test_what_a_document_left_behind_is_sent_by_the_next_and_belongs_to_its_own_page(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper
) -> None:
    async with shopper:
        await shopper.view("cart")
        await shopper.settled()
        await shopper.drop()
        await shopper.event("page_dwell", ms=4_200)
        await shopper.event("add_to_cart", value=5)
    document = shopper.next_document()
    async with document:
        await document.view("home")
        await document.event("page_dwell", ms=1)
        await document.settled()
        carried = [ack for ack in document.of("ack") if "doc" in ack]
        assert [(ack["doc"], ack["seq"]) for ack in carried][-1] == (shopper.doc, 3)
        counters = counters_of(store, engine.site, document.visitor)
        assert (counters["dwell:cart"], counters["dwell:home"], counters["e:add_to_cart"]) == (4_200, 1, 1)
        assert {(document.visitor, shopper.doc, n) for n in (1, 2, 3)} <= logged_events(store, engine.site)


async def test_event_that_arrived_and_is_carried_all_the_same_counts_once(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper
) -> None:
    async with shopper:
        await shopper.view("cart")
        await shopper.event("page_dwell", ms=4_200)
        left = list(shopper.queue)
        await shopper.settled()
    shopper.queue = left
    for _ in range(2):
        async with shopper.next_document() as document:
            await document.settled()
            assert counters_of(store, engine.site, document.visitor)["dwell:cart"] == 4_200
            assert counters_of(store, engine.site, document.visitor)["views"] == 1


@dataclass(frozen=True)
class Deed:
    """One event, and what goes wrong around it."""

    name: str
    kind: str
    ms: int
    times: int
    reconnect: bool
    leave: bool


DEEDS = st.builds(
    Deed,
    name=st.sampled_from(["page_view", "page_dwell", "login", "search"]),
    kind=st.sampled_from(["home", "cart", "product"]),
    ms=st.integers(0, 5_000),
    times=st.integers(1, 3),
    reconnect=st.sampled_from([False, False, False, True]),
    leave=st.sampled_from([False, False, False, False, True]),
)


@settings(max_examples=15)
@given(deeds=st.lists(DEEDS, min_size=1, max_size=25))
def test_counters_are_those_of_a_dict_whatever_goes_wrong(
    engine: ShopEngine, store: redis.Redis, deeds: list[Deed]
) -> None:
    events, shopper = asyncio.run(live_through(engine, deeds))
    assert counters_of(store, engine.site, shopper.visitor) == expected_counters(events)


async def live_through(engine: ShopEngine, deeds: list[Deed]) -> tuple[list[tuple[str, str, Frame]], Shopper]:
    """Do all deeds; return each event once, with the kind of its page, and the last document."""
    events: list[tuple[str, str, Frame]] = []
    shopper = Shopper(engine.stream, ORIGIN)
    await shopper.connect()
    for deed in [Deed("page_view", "home", 0, 1, reconnect=False, leave=False), *deeds]:
        if deed.name == "page_view":
            await shopper.view(deed.kind)
        else:
            await shopper.event(deed.name, **({"ms": deed.ms} if deed.name == "page_dwell" else {}))
        frame = {
            "type": "event",
            "seq": shopper.seq,
            "name": deed.name,
            "data": {"ms": deed.ms, **(shopper.page or {})},
        }
        for _ in range(deed.times - 1):
            await shopper.say(frame)
        assert shopper.page is not None
        events.append((deed.name, shopper.page["kind"], {"ms": deed.ms}))
        if deed.reconnect:
            await shopper.reconnect()
        if deed.leave:
            await shopper.drop()
            page = shopper.page
            shopper = shopper.next_document()
            shopper.page = page
            await shopper.connect()
            await shopper.view("home", "/home")
            events.append(("page_view", "home", {}))
    await shopper.settled()
    await shopper.leave()
    return events, shopper
