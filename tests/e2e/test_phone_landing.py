"""The view that a phone lands on belongs to the shop: no popup but a bar, until the shopper has touched it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.visit import (
    Visit,
    popup_on,
    sent_from,
    wait_for_popup,
    wait_for_shows,
    wait_until,
    wait_until_old,
    wait_until_told,
)
from tests.engine_process import EngineProcess

pytestmark = pytest.mark.e2e

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
BAR_SAYS = "return document.querySelector('shopbell-root').shadowRoot.querySelector('.words').innerText === '%s'"


@pytest.fixture
def phone(browser: Browser, engine: EngineProcess) -> Iterator[Visit]:
    """A new visitor of the demo, on a phone."""
    with Visit(browser, engine.url, **PHONE) as visit:
        yield visit


def test_popup_waits_on_the_landing_view_until_the_shopper_touches_it(phone: Visit) -> None:
    page = phone.open("/shop/?utm_campaign=chats")
    wait_for_shows(page, 1)
    wait_until_old(page, page.evaluate("performance.now()") + 300)
    assert popup_on(page).count() == 0
    page.touchscreen.tap(5, 5)
    wait_for_popup(page)
    assert len(sent_from(page, "popup_view")) == 1


def test_popup_does_not_wait_on_a_view_that_the_shop_led_to(phone: Visit) -> None:
    page = phone.open("/shop/")
    page.evaluate("location = '/shop/c/tea'")
    page.wait_for_url("**/tea")
    wait_until_told(page)
    page.evaluate("shopbell('event', 'help_wanted')")
    wait_for_popup(page)


def test_bar_comes_at_once_takes_little_and_follows_the_cart(phone: Visit) -> None:
    page = phone.open("/shop/?utm_campaign=free-shipping")
    bar = wait_for_popup(page)
    box = bar.bounding_box()
    assert box is not None
    assert box["height"] <= 0.3 * PHONE["viewport"]["height"]
    page.evaluate(
        "shopbell('cart', {items: [{item_id: 'mug', price: 620, quantity: 2}], value: 1240, currency: 'TWD'})"
    )
    wait_until(page, BAR_SAYS % "NT$260 to go")
    page.evaluate(
        "shopbell('cart', {items: [{item_id: 'mug', price: 620, quantity: 3}], value: 1860, currency: 'TWD'})"
    )
    wait_until(page, BAR_SAYS % "You made it.")
    assert page.evaluate("watched.shifts") == []
