"""Who a shopper is to the engine."""

import pytest

from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.e2e.visit import Visit, visitor_of
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e


def test_two_tabs_that_a_new_visitor_opens_at_once_are_one_visitor(visit: Visit, shop: Shop, ledger: Ledger) -> None:
    tabs = [visit.new_tab(), visit.new_tab()]
    for tab, path in zip(tabs, ("/one", "/two"), strict=True):
        tab.evaluate("url => { location = url }", shop.url + path)  # does not wait for the page
    for tab in tabs:
        tab.wait_for_url(shop.url + "/*")
    visitors = {visitor_of(tab) for tab in tabs}
    assert len(visitors) == 1
    wait_for(lambda: ledger.views(*visitors) == {"/one": 1, "/two": 1})
