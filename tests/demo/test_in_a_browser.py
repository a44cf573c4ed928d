"""The demo in a real browser: what only a browser can tell."""

import shutil
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from engine.demo import mount_demo

pytestmark = pytest.mark.e2e

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
LOOKING = ["/shop/", "/shop/c/tea", "/shop/p/ash-mug", "/shop/search?q=tea", "/shop/cart", "/shop/checkout"]
WATCH = """
  window.refused = [];
  addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective));
  window.shift = 0;
  new PerformanceObserver((list) => { for (const { value } of list.getEntries()) shift += value; })
    .observe({ type: "layout-shift", buffered: true });
"""


def a_state(**changes: Any) -> dict[str, Any]:
    """What the engine would answer for a shopper on the third visit of the cart."""
    rule = {"rule": "cart-hesitation", "name": "Cart hesitation", "state": "holds"}
    held = {"because": "page.dwell is more than 10s", "had": "4.2s"}
    return {
        "visitor": "v_one",
        "session": {"id": "s_one", "started_s_ago": 62},
        "page": {"kind": "cart", "path": "/shop/cart"},
        "counters": [{"name": "views(cart)", "value": 3, "text": "3"}],
        "armed": {"page_dwell": [10001], "exit_intent": True},
        "rules": [rule | held],
    } | changes


class Engine:
    """Answers ``/demo/state`` in the engine's place, to whoever shows the token ``known``."""

    def __init__(self) -> None:
        self.state = a_state()

    def answer(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer known":
            return JSONResponse({}, 401)
        return JSONResponse(self.state)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def address(engine: Engine) -> Iterator[str]:
    """The demo, served on a free port of this machine."""
    app = FastAPI()
    mount_demo(app, "/s.js", "pk_demo")
    app.add_api_route("/demo/state", engine.answer)
    app.add_api_route("/s.js", lambda: Response("", media_type="text/javascript"))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield browser
        browser.close()


def a_window(browser: Browser, address: str, width: int = 1280, token: str | None = None) -> BrowserContext:
    window = browser.new_context(base_url=address, locale="en-US", viewport={"width": width, "height": 800})
    window.add_init_script(WATCH)
    if token:
        window.add_init_script(f"localStorage.setItem('shopbell.token', '{token}')")
    return window


def fill_cart(page: Page) -> None:
    page.goto("/shop/p/ash-mug")
    page.click("text=Add to cart")


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_shop_keeps_its_policy_never_shifts_and_fits_the_window(browser: Browser, address: str, width: int) -> None:
    with a_window(browser, address, width) as window:
        page = window.new_page()
        fill_cart(page)
        for path in LOOKING:
            page.goto(path, wait_until="networkidle")
            told = page.evaluate("[refused, shift, document.documentElement.scrollWidth <= innerWidth]")
            assert told == [[], 0, True], path


def test_the_shop_sells_without_scripts(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, locale="zh-TW", java_script_enabled=False) as window:
        page = window.new_page()
        page.goto("/shop/p/ash-mug")
        page.click("text=加入購物車")
        page.click("text=查看購物車")
        page.click("text=前往結帳")
        page.get_by_label("姓名").fill("林小美")
        page.get_by_label("電子郵件").fill("mei@example.com")
        page.get_by_label("地址或門市").fill("台北市")
        page.click("text=送出訂單")
        assert page.locator(".order-number").inner_text().startswith("HH-")


def test_the_home_page_shows_what_the_engine_sees(browser: Browser, address: str) -> None:
    with a_window(browser, address, token="known") as window:
        page = window.new_page()
        page.goto("/")
        page.wait_for_selector(".rule")
        assert page.inner_text("#session") == "1:02"
        assert page.inner_text("#counters li") == "views(cart)\n3"
        assert page.inner_text(".rule-why") == "waits for page.dwell is more than 10s now 4.2s"
        assert page.locator(".chip").all_inner_texts() == ["10.0 s of attention on this page", "about to leave"]
        assert page.inner_text("#step-3 .step-note") == "listening for 10 s"
        assert page.evaluate("refused") == []


def test_the_home_page_follows_what_happens(browser: Browser, address: str, engine: Engine) -> None:
    with a_window(browser, address, token="known") as window:
        page = window.new_page()
        page.goto("/")
        page.wait_for_selector(".rule-holds")
        engine.state = a_state(rules=[{"rule": "cart-hesitation", "name": "Cart hesitation", "state": "fired"}])
        page.wait_for_selector(".rule-fired")
        assert page.locator(".steps .done").count() == 3


def test_the_home_page_tells_a_stranger_to_open_the_shop(browser: Browser, address: str) -> None:
    with a_window(browser, address) as window:
        page = window.new_page()
        page.goto("/")
        page.wait_for_selector("text=The engine has not met you yet")


def test_the_shop_opens_beside_the_home_page(browser: Browser, address: str) -> None:
    with a_window(browser, address, 1440) as window:
        page = window.new_page()
        page.goto("/")
        page.click("#beside")
        page.frame_locator("iframe").get_by_text("See the goods").wait_for()
        page.click("#beside")
        assert page.locator("iframe").count() == 0
