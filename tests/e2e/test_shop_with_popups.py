"""Every page of the demo shop, with a popup on it: nothing moves, nothing is refused, nothing complains."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.visit import Visit, go, popup_on, wait_for_popup
from tests.engine_process import EngineProcess

pytestmark = pytest.mark.e2e

WIDTHS = (360, 768, 1440)
PAGES = ["/shop/", "/shop/c/tea", "/shop/p/ash-mug", "/shop/search?q=tea", "/shop/cart", "/shop/checkout"]


@pytest.fixture
def visits(browser: Browser, engine: EngineProcess) -> Iterator[list[Visit]]:
    """New visitors of the demo with a phone, a tablet and a desktop."""
    with ExitStack() as stack:
        sizes = [{"width": width, "height": 800} for width in WIDTHS]
        yield [stack.enter_context(Visit(browser, engine.url, viewport=size)) for size in sizes]


def test_no_popup_on_any_page_shifts_the_layout_or_offends_the_policy(visits: list[Visit]) -> None:
    pages = [visit.open("/shop/p/ash-mug?utm_campaign=tour") for visit in visits]
    for page in pages:
        converse(page)
        page.click("text=Add to cart")
    for path in PAGES:
        for page in pages:
            go(page, path)
        for page in pages:
            wait_for_popup(page).get_by_role("button", name="Copy").click()
            check(page)
    for page in pages:
        buy(page)
    for page in pages:
        wait_for_popup(page)
        check(page)
    assert [(visit.said, visit.thrown) for visit in visits] == [([], [])] * len(visits)


def converse(page: Page) -> None:
    """Answer a chat, and have its answer."""
    chat = wait_for_popup(page)
    chat.get_by_role("button", name="Just looking").click()
    chat.get_by_text("Gladly.").wait_for()
    check(page)


def buy(page: Page) -> None:
    """Send the order."""
    page.get_by_label("Name", exact=True).fill("Mei")
    page.get_by_label("E-mail").fill("mei@example.com")
    page.get_by_label("Address").fill("Taipei")
    page.click("text=Place the order")
    page.wait_for_url("**/shop/thanks")


def check(page: Page) -> None:
    """The popup goes, and the page is as if there had been none."""
    popup_on(page).get_by_role("button", name="Close").click()
    popup_on(page).wait_for(state="detached")
    told = page.evaluate("[watched.shifts, watched.refused, watched.thrown]")
    assert told == [[], [], []], (page.url, page.viewport_size)
