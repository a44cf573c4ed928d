"""The merchant's overlay: only by a link that the engine has signed, true to what is told, harmless to the page."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Locator, Page

from tests.e2e.shop import Shop
from tests.e2e.test_hard_pages import LOCKED
from tests.e2e.visit import Visit, wait_until_told
from tests.engine_process import EngineProcess

pytestmark = pytest.mark.e2e

A_PRODUCT = """<script type="application/ld+json">{"@type": "Product", "sku": "mug", "name": "Ash mug",
"offers": {"price": 620}}</script>"""


def debug_link(engine: EngineProcess, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command for the engine's data folder."""
    command = [sys.executable, "-m", "engine", "sites", "debug-link", *words, "--data", str(engine.data)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def signed(engine: EngineProcess, shop_host: Shop) -> str:
    """What stands behind the question mark, as the command prints it."""
    said = debug_link(engine, shop_host.key).stdout.strip()
    assert said.startswith(f"{shop_host.url}/?shopbell=debug-")
    return said.partition("?")[2]


@pytest.fixture
def link(signed: str, shop: Shop) -> str:
    """A link into the shop, whose pages are forgotten after the test."""
    return signed


def overlay(page: Page) -> Locator:
    return page.locator("shopbell-debug .panel")


def fact(page: Page, name: str) -> Locator:
    return overlay(page).locator(f"dt:text-is('{name}') + dd")


def test_overlay_says_what_was_told_and_what_is_missing(visit: Visit, shop: Shop, link: str) -> None:
    shop.put("/mug", head=A_PRODUCT)
    page = visit.open(f"{shop.url}/mug?{link}")
    overlay(page).wait_for()
    assert fact(page, "Page").inner_text() == "product /mug"
    assert fact(page, "Product").inner_text() == "Ash mug, 620"
    assert overlay(page).locator(".hints").inner_text() == "The price has no currency."
    page.evaluate("shopbell('cart', {items: [{item_id: 'mug', price: 620, quantity: 1}], currency: 'TWD'})")
    fact(page, "Cart").get_by_text("1 line, 620 TWD", exact=True).wait_for()
    assert fact(page, "Engine").inner_text() == "connected, by WebSocket"
    told = overlay(page).locator(".told li")
    told.first.get_by_text("✓").wait_for()
    assert [re.sub(r"\s+", " ", each) for each in told.all_inner_texts()] == [
        "✓ cart 1 × 620 TWD",
        "✓ page_view product /mug",
    ]
    assert page.evaluate("watched.shifts") == []
    assert (visit.said, visit.thrown) == ([], [])


def test_overlay_goes_along_and_can_be_folded_and_closed(visit: Visit, shop: Shop, link: str) -> None:
    shop.put("/", body='<a href="/other?colour=red#top">Other</a>')
    page = visit.open(f"{shop.url}/?{link}")
    overlay(page).wait_for()
    page.get_by_role("link", name="Other").click()
    page.wait_for_url(f"{shop.url}/other?colour=red&{link}#top")
    overlay(page).get_by_role("button", name="Make it small").click()
    assert not fact(page, "Page").is_visible()
    overlay(page).get_by_role("button", name="Make it large").click()
    fact(page, "Page").get_by_text("other /other", exact=True).wait_for()
    assert 'pages: {cart: "/other"}' in overlay(page).locator(".hints").inner_text()
    overlay(page).get_by_role("button", name="Close").click()
    assert overlay(page).count() == 0


def test_overlay_stands_in_a_page_of_the_strictest_policy(
    visit: Visit, shop: Shop, engine: EngineProcess, link: str
) -> None:
    policy = f"{LOCKED}; script-src {engine.url}; connect-src {engine.url} {engine.url.replace('http', 'ws')}"
    shop.put("/cart", head=f'<meta http-equiv="Content-Security-Policy" content="{policy}">')
    page = visit.open(f"{shop.url}/cart?{link}")
    overlay(page).wait_for()
    assert overlay(page).evaluate("(panel) => getComputedStyle(panel).borderRadius") == "14px"
    assert (page.evaluate("watched.refused"), visit.said, visit.thrown) == ([], [], [])


@pytest.mark.parametrize("forged", ["shopbell=debug", "shopbell=debug-k1-ffffffff-AAAAAAAAAAAAAAAAAAAAAA"])
def test_link_that_nobody_signed_shows_nothing_and_disturbs_nothing(visit: Visit, shop: Shop, forged: str) -> None:
    page = visit.new_tab()
    with page.expect_response("**/v1/debug?*") as answered:
        page.goto(f"{shop.url}/?{forged}")
    assert answered.value.status == 403
    wait_until_told(page)
    assert (overlay(page).count(), visit.thrown) == (0, [])


def test_hours_that_cannot_be_and_a_shop_that_is_not_there_are_refused(engine: EngineProcess, shop: Shop) -> None:
    refused = debug_link(engine, shop.key, "--hours", "0")
    assert (refused.returncode, refused.stderr) == (1, "shopbell: --hours is 0, expected a number from 1 to 720\n")
    assert "no site has the key 'pk_nobody'" in debug_link(engine, "pk_nobody").stderr


def test_on_a_phone_it_begins_small_at_the_top(visit: Visit, shop: Shop, link: str) -> None:
    page = visit.new_tab()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{shop.url}/cart?{link}")
    overlay(page).wait_for()
    box = overlay(page).bounding_box()
    assert box is not None
    assert box["height"] < 60
    assert box["y"] < 20
