"""Networks that let no WebSocket through, in Firefox: popups come all the same, and every event counts once."""

import pytest

from tests.e2e.firefox import Firefox, FirefoxTab
from tests.e2e.ledger import Ledger
from tests.e2e.survival.conftest import Town
from tests.e2e.survival.network import Way
from tests.e2e.survival.test_networks import FOUND_OUT_S
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

TOKEN = "localStorage.getItem('shopbell.token')"
WAY = "JSON.parse(sessionStorage.getItem('shopbell.way') ?? '[]')[1]"
POPUP = "document.querySelector('shopbell-root') !== null"
WISHES = "[...Array(20).keys()].forEach((n) => shopbell('event', 'wished', { n }))"


def shown_in(browser: Firefox, town: Town) -> FirefoxTab:
    """Open the cart, and wait until the popup of its rule is there."""
    tab = browser.new_tab()
    tab.open(f"{town.shop.url}/cart")
    tab.wait_until(POPUP, FOUND_OUT_S)
    return tab


def visitor_in(tab: FirefoxTab) -> str:
    token: str = tab.run(TOKEN)
    return token.split(".")[1]


def test_popup_comes_by_an_event_stream_and_the_last_words_of_the_page_by_a_post(
    stranger: Firefox, town: Town, books: Ledger
) -> None:
    town.network.websockets = Way.REFUSED
    tab = shown_in(stranger, town)
    tab.wait_until(f"{WAY} === 'sse'", FOUND_OUT_S)
    visitor = visitor_in(tab)
    tab.run(WISHES)
    wait_for(lambda: books.count(visitor, "e:wished") == 20)
    tab.open(f"{town.shop.url}/next")
    wait_for(lambda: books.views(visitor) == {"/cart": 1, "/next": 1})
    wait_for(lambda: books.last_words(visitor))
    assert (books.firings(visitor), tab.run("watched.thrown")) == (["attention"], [])


def test_popup_comes_in_the_answers_to_posts_where_event_streams_are_held_back(
    stranger: Firefox, town: Town, books: Ledger
) -> None:
    town.network.websockets = Way.REFUSED
    town.network.events = Way.HELD
    tab = shown_in(stranger, town)
    tab.wait_until(f"{WAY} === 'post'", FOUND_OUT_S)
    visitor = visitor_in(tab)
    tab.run(WISHES)
    wait_for(lambda: books.count(visitor, "e:wished") == 20)
    assert (books.views(visitor), books.firings(visitor)) == ({"/cart": 1}, ["attention"])
    assert tab.run("watched.thrown") == []
