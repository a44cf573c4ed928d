"""
Takes the pictures that the documents show: ``python -m tests.e2e.screenshots [FOLDER]`` (default: docs/images).

The texts are the playbook's; only its thresholds are shortened, so that nobody waits for a picture.
"""

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from engine.demo.gallery import KINDS
from engine.edge.shipped_files import playbook_folder
from tests.e2e.chromium import chromium
from tests.e2e.gallery_stage import GalleryStage
from tests.e2e.make_run import ROOT
from tests.e2e.montage import montage
from tests.e2e.visit import Visit, go, wait_for_popup, wait_until
from tests.engine_process import EngineProcess

DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SMALL_DESKTOP: dict[str, Any] = {"viewport": {"width": 1200, "height": 750}}
DEVICES = {"desktop": DESKTOP, "phone": PHONE}
LANGUAGES = ("en", "zh-TW")
RULES = ("site.yaml", "cart-hesitation.yaml", "exit-intent-full-cart.yaml")
KINDS_AT_ONCE: dict[str, tuple[int, float, str, dict[str, Any]]] = {
    "kinds-desktop": (3, 0.4, "en", {"viewport": {"width": 1280, "height": 800}}),
    "kinds-phone": (6, 0.6, "zh-TW", {"viewport": {"width": 390, "height": 760}}),
    "kinds-dark": (6, 0.6, "ar", {"viewport": {"width": 390, "height": 760}, "color_scheme": "dark"}),
}
"""Pictures of all kinds: how many stand beside each other, how large, in which language and on which screen."""

THRESHOLD = re.compile(r"(\.dwell > )\d+s")
LEAVE = """document.body.dispatchEvent(
  new MouseEvent("mouseout", { bubbles: true, relatedTarget: null, clientY: -1 }),
)"""
HESITATION = ("/shop/cart", "/shop/c/tea", "/shop/cart", "/shop/c/ceramics", "/shop/cart")


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, chromium() as browser:
        quick = write_rules(Path(data) / "rules")
        with EngineProcess(Path(data) / "quick", "--rules", str(quick), command="demo") as engine:
            shoot_popups(browser, engine.url, folder)
            for name, (columns, scale, language, options) in KINDS_AT_ONCE.items():
                pictures = shoot_kinds(browser, engine.url, language, options)
                montage(browser, pictures, columns, scale, folder / f"{name}.webp")
        with EngineProcess(Path(data) / "real", "--rules", str(playbook_folder()), command="demo") as engine:
            shoot_demo(browser, engine.url, folder)


def write_rules(folder: Path) -> Path:
    """Write the plays that are shown, with short thresholds; return their folder."""
    folder.mkdir()
    for name in RULES:
        text = (playbook_folder() / name).read_text()
        (folder / name).write_text(THRESHOLD.sub(r"\g<1>300ms", text))
    return folder


def fill_cart(page: Page) -> None:
    """Put two things into the cart, as a shopper does."""
    for sku in ("ash-mug", "alishan-oolong"):
        go(page, f"/shop/p/{sku}")
        page.locator("form.buy button").click()


def hesitate(page: Page) -> None:
    """Be at the cart for the third time."""
    fill_cart(page)
    for path in HESITATION:
        go(page, path)


def be_about_to_leave(page: Page) -> None:
    """Turn away from a page, with something in the cart."""
    fill_cart(page)
    go(page, "/shop/c/ceramics")
    wait_until(page, "return watched.received.some(({ arm }) => arm?.exit_intent)")
    page.evaluate(LEAVE)


PLAYS: dict[str, Callable[[Page], None]] = {"chat": hesitate, "coupon": be_about_to_leave}


def shoot_popups(browser: Browser, url: str, folder: Path) -> None:
    """Take each popup on each device in each language."""
    for device, options in DEVICES.items():
        for language in LANGUAGES:
            for kind, play in PLAYS.items():
                with Visit(browser, url, locale=language, **options) as visit:
                    page = visit.new_tab()
                    play(page)
                    if "has_touch" in options:
                        page.touchscreen.tap(5, 5)  # until then a phone has just landed, and shows none
                    wait_for_popup(page)
                    page.screenshot(path=folder / f"{kind}-{device}-{language}.png")


def shoot_kinds(browser: Browser, url: str, language: str, options: dict[str, Any]) -> list[bytes]:
    """Return a picture of each kind of popup in the gallery."""
    with GalleryStage(browser, url, **options) as stage:
        pictures = []
        for kind in KINDS:
            stage.show(kind, language)
            pictures.append(stage.page.screenshot())
        return pictures


def shoot_demo(browser: Browser, url: str, folder: Path) -> None:
    """Take the shop's home page, the demo's while the shopper hesitates, and both beside each other in the end."""
    with Visit(browser, url, **SMALL_DESKTOP) as visit:
        shop = visit.open("/shop/")
        shop.screenshot(path=folder / "demo-shop.png")
        hesitate(shop)
        home = visit.new_tab()
        home.goto("/")
        home.locator("#armed").get_by_text("10.0 s of attention").wait_for()
        home.screenshot(path=folder / "demo-dashboard.png", full_page=True)
        shop.close()  # or both pages would have the attention, and the popup
        home.set_viewport_size(DESKTOP["viewport"])
        home.click("#beside")
        beside = home.locator("iframe").element_handle().content_frame()
        assert beside is not None
        beside.get_by_role("link", name="Cart").click()
        beside.wait_for_url("**/shop/cart")
        wait_for_popup(beside, within_s=20)
        home.locator("#rules").get_by_text("fired").wait_for()
        home.screenshot(path=folder / "demo-beside.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/images")
