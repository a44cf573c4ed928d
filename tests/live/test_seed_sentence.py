"""A third visit to the cart, ten seconds there: a client that knows only the protocol sees one popup."""

import asyncio

import pytest

from tests.live.client import Shopper
from tests.waiting import eventually


async def third_visit(shopper: Shopper) -> None:
    for kind in ("cart", "home", "cart", "home", "cart"):
        await shopper.view(kind)
    await shopper.settled()


async def test_second_visit_to_the_cart_arms_nothing_and_the_third_arms_the_dwell(shopper: Shopper) -> None:
    async with shopper:
        for kind in ("cart", "home", "cart"):
            await shopper.view(kind)
        await shopper.settled()
        assert shopper.armed == {}
        await shopper.view("home")
        await shopper.view("cart")
        await shopper.settled()
        assert shopper.armed == {"page_dwell": [10_001]}


async def test_popup_comes_at_10001_ms_and_not_at_10000(shopper: Shopper) -> None:
    async with shopper:
        await third_visit(shopper)
        await shopper.event("page_dwell", ms=10_000)
        await shopper.settled()
        assert shopper.of("show") == []
        await shopper.event("page_dwell", ms=1)
        await shopper.settled()
        [show] = shopper.of("show")
    assert show["rule"] == "cart-sweetener"
    assert show["popup"]["kind"] == "chat"
    assert show["popup"]["text"] == "Still thinking? WELCOME100 takes some off today."
    assert show["popup"]["coupon"]["code"] == "WELCOME100"
    assert shopper.armed == {}


async def test_dwell_of_an_earlier_visit_does_not_count_for_this_one(shopper: Shopper) -> None:
    async with shopper:
        await third_visit(shopper)
        await shopper.event("page_dwell", ms=9_000)
        await shopper.view("cart")
        await shopper.event("page_dwell", ms=9_000)
        await shopper.settled()
        assert shopper.of("show") == []
        assert shopper.armed == {"page_dwell": [10_001]}


async def test_popup_comes_again_after_each_reconnect_until_it_was_viewed(shopper: Shopper) -> None:
    async with shopper:
        await third_visit(shopper)
        await shopper.event("page_dwell", ms=10_001)
        await shopper.settled()
        await shopper.reconnect()
        await eventually(lambda: len(shopper.of("show")) == 2)
        await shopper.reconnect()
        await eventually(lambda: len(shopper.of("show")) == 3)
        shows = shopper.of("show")
        assert len(shows) == 3
        assert len({show["fire"] for show in shows}) == 1
        await shopper.event("popup_view", fire=shows[0]["fire"])
        await shopper.settled()
        await shopper.reconnect()
        await shopper.event("copy")
        await shopper.settled()
        assert len(shopper.of("show")) == 3


async def test_popup_comes_again_to_its_own_document_only(shopper: Shopper) -> None:
    async with shopper:
        await third_visit(shopper)
        await shopper.event("page_dwell", ms=10_001)
        await shopper.settled()
        async with shopper.another_tab() as tab:
            await tab.view("home")
            await tab.settled()
            assert tab.of("show") == []


async def test_rule_fires_once_a_session_in_whichever_tab(shopper: Shopper) -> None:
    async with shopper:
        await third_visit(shopper)
        await shopper.event("page_dwell", ms=10_001)
        await shopper.settled()
        await shopper.event("popup_view", fire=shopper.of("show")[0]["fire"])
        await shopper.view("cart")
        await shopper.event("page_dwell", ms=10_001)
        await shopper.settled()
        assert len(shopper.of("show")) == 1
        async with shopper.another_tab() as tab:
            await tab.view("cart")
            await tab.event("page_dwell", ms=20_000)
            await tab.settled()
            assert tab.visitor == shopper.visitor
            assert tab.of("show") == []
            assert tab.armed == {}


@pytest.mark.parametrize("attempt", range(3))
async def test_of_two_tabs_with_the_same_moment_one_shows(shopper: Shopper, attempt: int) -> None:
    async with shopper:
        await third_visit(shopper)
        async with shopper.another_tab() as tab:
            await tab.view("cart")
            await tab.settled()
            assert tab.armed == {"page_dwell": [10_001]}
            await asyncio.gather(shopper.event("page_dwell", ms=10_001), tab.event("page_dwell", ms=10_001))
            await shopper.settled()
            await tab.settled()
            assert len(shopper.of("show") + tab.of("show")) == 1


async def test_moment_that_the_client_reports_unasked_fires_nothing_early(shopper: Shopper) -> None:
    async with shopper:
        await shopper.view("cart")
        await shopper.event("page_dwell", ms=60_000)
        await shopper.settled()
        assert shopper.of("show") == []


async def test_new_page_load_is_another_document_of_the_same_session(shopper: Shopper) -> None:
    async with shopper:
        await third_visit(shopper)
        first = shopper.of("welcome")[0]
    document = shopper.next_document()
    async with document:
        welcome = document.of("welcome")[0]
        await document.view("cart")
        await document.settled()
        assert (welcome["visitor"], welcome["session"]) == (first["visitor"], first["session"])
        assert (first["resumed"], welcome["resumed"]) == (False, True)
        assert welcome["seq"] == 0
        assert document.armed == {"page_dwell": [10_001]}
