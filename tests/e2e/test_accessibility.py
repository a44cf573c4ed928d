"""Popups for everybody: axe finds nothing, the keyboard reaches all, nothing moves for whom motion is too much."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.visit import Visit, sent_from, wait_for_popup, wait_until_gone
from tests.engine_process import EngineProcess

pytestmark = pytest.mark.e2e

AXE = Path(__file__).parents[2] / "js-snippet/node_modules/axe-core/axe.min.js"
FOCUS = """() => {
  let focused = document.activeElement;
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused.getAttribute('aria-label') || focused.innerText;
}"""

STYLES = """() => [...document.querySelector('shopbell-root').shadowRoot.querySelectorAll('*')]
  .map(getComputedStyle)
  .map(({animationName, transitionDuration}) => [animationName, transitionDuration])"""


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("campaign", ["chats", "coupons"])
def test_axe_finds_nothing_wrong_with_a_page_that_shows_a_popup(
    browser: Browser, engine: EngineProcess, campaign: str, width: int
) -> None:
    with Visit(browser, engine.url, viewport={"width": width, "height": 800}) as visit:
        page = visit.open(f"/shop/p/ash-mug?utm_campaign={campaign}")
        wait_for_popup(page)
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        wrong = {each["id"]: [node["html"] for node in each["nodes"]] for each in found["violations"]}
        assert wrong == {}, json.dumps(wrong, indent=2)


def focus_of(page: Page) -> str:
    """Return what the focused element says of itself."""
    words: str = page.evaluate(FOCUS)
    return words.strip()


def test_coupon_takes_the_focus_keeps_it_and_gives_it_back(visit: Visit) -> None:
    page = visit.open("/shop/p/ash-mug")
    page.get_by_role("button", name="Add to cart").focus()
    page.evaluate("shopbell('event', 'gift_wanted')")
    wait_for_popup(page)
    assert "Before you go" in focus_of(page)
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(focus_of(page))
    assert {"Close", "Copy code", "To the cart"} <= set(reached)
    assert "Add to cart" not in reached
    page.keyboard.press("Escape")
    wait_until_gone(page)
    assert focus_of(page) == "Add to cart"
    assert len(sent_from(page, "popup_close")) == 1


def test_chat_leaves_the_focus_alone_until_the_keyboard_comes_to_it(visit: Visit) -> None:
    page = visit.open("/shop/checkout")
    last = page.get_by_role("link").last
    last.focus()
    before = focus_of(page)
    page.evaluate("shopbell('event', 'help_wanted')")
    chat = wait_for_popup(page)
    assert focus_of(page) == before
    page.keyboard.press("Tab")
    assert focus_of(page) == "Close"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focus_of(page) == "Delivery"
    page.keyboard.press("Enter")
    chat.get_by_text("Two to three days.").wait_for()
    page.keyboard.press("Escape")
    wait_until_gone(page)
    assert focus_of(page) == before


def test_close_button_gives_the_focus_back_to_the_page(visit: Visit) -> None:
    page = visit.open("/shop/p/ash-mug")
    page.get_by_role("button", name="Add to cart").focus()
    page.evaluate("shopbell('event', 'gift_wanted')")
    wait_for_popup(page).get_by_role("button", name="Close").click()
    assert focus_of(page) == "Add to cart"


@pytest.fixture(params=["reduce", "no-preference"])
def motion(request: pytest.FixtureRequest) -> str:
    choice: str = request.param
    return choice


@pytest.fixture
def calm_visit(browser: Browser, engine: EngineProcess, motion: str) -> Iterator[Visit]:
    with Visit(browser, engine.url, reduced_motion=motion) as visit:
        yield visit


def test_popup_moves_unless_the_shopper_asked_for_less_motion(calm_visit: Visit, motion: str) -> None:
    page = calm_visit.open("/shop/?utm_campaign=chats")
    wait_for_popup(page).get_by_role("button", name="Just looking").click()
    moves = [style for style in page.evaluate(STYLES) if style != ["none", "0s"]]
    assert (moves == []) is (motion == "reduce")
