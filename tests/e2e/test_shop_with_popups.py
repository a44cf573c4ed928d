"""Every page of the demo shop, with a popup on it: nothing moves, nothing is refused, nothing complains."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.e2e.visit import Visit, popup_on, wait_for_popup
from tests.engine_process import EngineProcess

pytestmark = pytest.mark.e2e

PHONE, TABLET, DESKTOP = 360, 768, 1440
LOOKING = ["/shop/c/tea", "/shop/p/ash-mug", "/shop/search?q=tea", "/shop/cart", "/shop/checkout"]


@pytest.fixture(params=[PHONE, TABLET, DESKTOP])
def sized_visit(request: pytest.FixtureRequest, browser: Browser, engine: EngineProcess) -> Iterator[Visit]:
    """A new visitor of the demo with a phone, a tablet and a desktop."""
    with Visit(browser, engine.url, viewport={"width": request.param, "height": 800}) as visit:
        yield visit


def test_no_popup_on_any_page_shifts_the_layout_or_offends_the_policy(sized_visit: Visit) -> None:
    page = sized_visit.open("/shop/p/ash-mug?utm_campaign=tour")
    answer(wait_for_popup(page))
    check(page)
    page.click("text=Add to cart")
    for path in LOOKING:
        page.goto(path)
        wait_for_popup(page).get_by_role("button", name="Copy").click()
        check(page)
    buy(page)
    wait_for_popup(page)
    check(page)
    assert (sized_visit.said, sized_visit.thrown) == ([], [])


def answer(chat: Locator) -> None:
    """Have a conversation."""
    chat.get_by_role("button", name="Just looking").click()
    chat.get_by_text("Gladly.").wait_for()


def check(page: Page) -> None:
    """The popup goes, and the page is as if there had been none."""
    popup_on(page).get_by_role("button", name="Close").click()
    popup_on(page).wait_for(state="detached")
    told = page.evaluate("[watched.shifts, watched.refused, watched.thrown]")
    assert told == [[], [], []], page.url


def buy(page: Page) -> None:
    """Send the order."""
    page.get_by_label("Name", exact=True).fill("Mei")
    page.get_by_label("E-mail").fill("mei@example.com")
    page.get_by_label("Address").fill("Taipei")
    page.click("text=Place the order")
    page.wait_for_url("**/shop/thanks")
