"""The sentence that the product is about, on what a newcomer starts: ``make run``, the playbook, real ten seconds."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.e2e.make_run import MakeRun
from tests.e2e.threshold import ARMED_AT_MS, hesitate
from tests.e2e.visit import Visit, arms_on, go, popup_on, sent_from, wait_until_gone

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeRun]:
    with MakeRun(tmp_path_factory.mktemp("newcomer")) as engine:
        yield engine


@pytest.fixture
def newcomer(browser: Browser, running: MakeRun) -> Iterator[Visit]:
    with Visit(browser, running.url) as visit:
        yield visit


def rule_on(home: Page, rule: str) -> Locator:
    """Return what the demo's home page shows of a rule."""
    return home.locator(f"#rules > li[data-key={rule}]")


def test_make_run_ends_in_a_page_that_leads_to_a_shop(newcomer: Visit, running: MakeRun) -> None:
    assert f"Open {running.url}/ in a browser." in running.output
    home = newcomer.new_tab()
    home.goto("/")
    home.get_by_text("The engine has not met you yet").wait_for()
    with home.expect_popup() as opened:
        home.get_by_role("link", name="Open the shop in a new tab").click()
    opened.value.get_by_role("link", name="See the goods").wait_for()
    home.get_by_role("status").get_by_text("Live").wait_for()
    assert (newcomer.said, newcomer.thrown) == ([], [])


def test_third_visit_of_the_cart_and_ten_seconds_open_the_chat_with_the_coupon_once(
    newcomer: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    page = newcomer.new_tab()
    crossing = hesitate(page)
    with capsys.disabled():
        print(f"\nseed sentence: {crossing}")  # noqa: T201
    assert crossing.painted > crossing.reached >= ARMED_AT_MS
    chat = popup_on(page)
    assert "WELCOME100 takes NT$100 off if you order today." in chat.inner_text()
    assert chat.get_by_role("button", name="How long is delivery?").is_visible()
    chat.get_by_role("button", name="Close").click()
    wait_until_gone(page)
    go(page, "/shop/c/tea")
    go(page, "/shop/cart")
    assert not any("page_dwell" in arm for arm in arms_on(page))
    home = newcomer.new_tab()
    home.goto("/")
    rule_on(home, "cart-hesitation").get_by_text("fired", exact=True).wait_for()
    assert home.locator(".steps .done").count() == 3
    assert (newcomer.said, newcomer.thrown) == ([], [])


def test_home_page_follows_the_shopper_in_another_tab(newcomer: Visit) -> None:
    home = newcomer.new_tab()
    home.goto("/")
    shop = newcomer.open("/shop/", "/shop/cart")
    counter = home.locator("#counters > li[data-key='views(cart)']")
    waits = rule_on(home, "cart-hesitation").locator(".rule-why")
    counter.get_by_text("1", exact=True).wait_for()
    waits.get_by_text("views(cart) is more than 2").wait_for()
    for path in ("/shop/c/tea", "/shop/cart", "/shop/", "/shop/cart"):
        go(shop, path)
    counter.get_by_text("3", exact=True).wait_for()
    waits.get_by_text("page.dwell is more than 10s").wait_for()
    home.locator("#armed").get_by_text("10.0 s of attention on this page").wait_for()
    home.locator("#step-3").get_by_text("listening for 10 s").wait_for()
    assert home.inner_text("#now") == "cart · /shop/cart"
    assert sent_from(shop, "page_dwell") == []
