"""Tabs that hide each other, pages that come back: what only a browser with real visibility shows."""

import pytest

from tests.e2e.bare_browser import BareBrowser, BareTab
from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

THRESHOLD_MS = 1500
POPUP = "document.querySelector('shopbell-root') !== null"


def visitor_of(tab: BareTab) -> str:
    tab.wait_until("watched.received.length > 0")
    name: str = tab.run("watched.received[0].visitor")
    return name


def test_tab_in_the_background_earns_no_dwell(alone: BareBrowser, shop: Shop, ledger: Ledger) -> None:
    cart = alone.new_tab()
    cart.open(f"{shop.url}/cart?utm_campaign=attention")
    cart.wait_until("watched.received.some(({arm}) => arm?.page_dwell)")
    other = alone.new_tab()
    other.open(f"{shop.url}/other")
    assert cart.run("[document.visibilityState, document.hasFocus()]") == ["hidden", False]
    other.wait_until(f"performance.now() > {THRESHOLD_MS + 200}")
    assert not cart.run(POPUP)
    earned_ms = ledger.count(visitor_of(cart), "dwell:cart")
    assert 0 < earned_ms < THRESHOLD_MS
    cart.bring_to_front()
    cart.wait_until(POPUP)
    assert ledger.count(visitor_of(cart), "dwell:cart") > THRESHOLD_MS
    assert not other.run(POPUP)


def test_hidden_page_reports_its_dwell(alone: BareBrowser, shop: Shop, ledger: Ledger) -> None:
    tab = alone.new_tab()
    tab.open(f"{shop.url}/p/mug")
    tab.wait_until("performance.now() > 500")
    visitor = visitor_of(tab)
    assert ledger.count(visitor, "dwell") == 0
    alone.new_tab()
    wait_for(lambda: ledger.count(visitor, "dwell"))
    sent = tab.run("watched.sent.filter(({name}) => name === 'page_dwell').map(({data}) => data.ms)")
    assert [ledger.count(visitor, "dwell")] == sent
    assert 0 < sent[0] < tab.run("performance.now()")


def test_page_that_comes_back_alive_has_another_view_and_another_connection(
    alone: BareBrowser, shop: Shop, ledger: Ledger
) -> None:
    tab = alone.new_tab()
    tab.open(f"{shop.url}/first")
    visitor = visitor_of(tab)
    tab.run("window.lives = 1; addEventListener('pageshow', ({persisted}) => { lives += persisted; }); true")
    tab.open(f"{shop.url}/second")
    wait_for(lambda: ledger.views(visitor) == {"/first": 1, "/second": 1})
    tab.step(-1)
    tab.wait_until("window.lives === 2")
    wait_for(lambda: ledger.views(visitor) == {"/first": 2, "/second": 1})
    assert tab.run("watched.sockets.map(({readyState}) => readyState)") == [3, 1]  # closed, open
    tab.step(1)
    wait_for(lambda: ledger.views(visitor) == {"/first": 2, "/second": 2})
    tab.step(-1)
    tab.wait_until("window.lives === 3")
    wait_for(lambda: ledger.views(visitor) == {"/first": 3, "/second": 2})
    assert tab.run("watched.thrown") == []


def test_page_that_is_left_reports_its_dwell(alone: BareBrowser, shop: Shop, ledger: Ledger) -> None:
    tab = alone.new_tab()
    tab.open(f"{shop.url}/cart")
    visitor = visitor_of(tab)
    left = tab.run("watched.sent[0].doc")
    tab.wait_until("performance.now() > 400")
    tab.open(f"{shop.url}/other")
    wait_for(lambda: ledger.count(visitor, "dwell:cart"))
    assert ledger.count(visitor, "dwell:other") == 0
    wait_for(lambda: ledger.last_words(visitor) == [left])
