"""A visitor's windows under Playwright, and what they ask of a page."""

from typing import Any, Self

from playwright.sync_api import Browser, Frame, Locator, Page

from tests.e2e.chromium import WATCH
from tests.waiting import wait_for

DESKTOP = {"width": 1280, "height": 800}

Shown = Page | Frame
"""Where a page is shown: in a tab, or in a frame of another page."""

TOLD = """() => {
  const sent = watched.sent.filter(({ type, doc }) => type === "event" && !doc);
  const done = watched.received.filter(({ type, doc }) => (type === "ack" || type === "welcome") && !doc);
  return sent.length > 0 && sent.at(-1).seq <= Math.max(0, ...done.map(({ seq }) => seq));
}"""


class Visit:
    """
    The browser of somebody whom no shop knows; leaving the ``with`` block closes it.

    ``options`` are those of Playwright's browser context. ``said`` is what complaints stood in the console, ``thrown``
    what no page caught.
    """

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.said: list[str] = []
        self.thrown: list[str] = []
        self._context = browser.new_context(**{"base_url": url, "locale": "en-US", "viewport": DESKTOP, **options})
        self._context.add_init_script(WATCH)
        self._context.on("console", lambda message: self._hear(message.type, message.text))
        self._context.on("weberror", lambda error: self.thrown.append(str(error.error)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def open(self, *paths: str) -> Page:
        """Open a tab, and these pages in it one after the other, each until the engine has heard of it."""
        page = self.new_tab()
        for path in paths:
            go(page, path)
        return page

    def new_tab(self) -> Page:
        """Open a tab with nothing in it."""
        return self._context.new_page()

    def allow(self, *permissions: str) -> None:
        """Let pages do what a shopper would be asked for."""
        self._context.grant_permissions(list(permissions))

    def _hear(self, kind: str, text: str) -> None:
        """Keep what the console says, except what is no complaint."""
        if kind in ("error", "warning"):
            self.said.append(text)


def go(page: Page, path: str) -> None:
    """Go to a page and wait until the engine has acknowledged all that was told of it."""
    page.goto(path)
    wait_until_told(page)


def wait_until_told(page: Page, within_s: float = 10.0) -> None:
    """Wait until the page has told its view, and the engine has acknowledged everything so far."""
    wait_for(lambda: page.evaluate(TOLD), within_s)


def visitor_of(page: Page) -> str:
    """Return who the page's last welcome said it is."""
    name: str = wait_for(
        lambda: page.evaluate("window.watched?.received.findLast(({type}) => type === 'welcome')?.visitor")
    )
    return name


def arms_on(page: Page) -> list[dict[str, Any]]:
    """Return what the engine armed on the page, one after the other."""
    arms: list[dict[str, Any]] = page.evaluate("watched.received.flatMap(({arm}) => arm ? [arm] : [])")
    return arms


def sent_from(page: Shown, name: str) -> list[dict[str, Any]]:
    """Return the page's own events of this name that went out, also those sent again."""
    own = "name => watched.sent.filter((frame) => frame.name === name && !frame.doc)"
    events: list[dict[str, Any]] = page.evaluate(own, name)
    return events


def shows_on(page: Page) -> list[str]:
    """Return the firings that the engine sent to the page, also those that came again."""
    fires: list[str] = page.evaluate("watched.received.filter(({type}) => type === 'show').map(({fire}) => fire)")
    return fires


def popup_on(page: Shown) -> Locator:
    """Return the popup of the page."""
    return page.locator("shopbell-root .panel")


def wait_for_popup(page: Shown, within_s: float = 10.0) -> Locator:
    """Wait until a popup is painted and its view reported, and has stopped moving."""
    wait_for(lambda: sent_from(page, "popup_view"), within_s)
    still = "document.querySelector('shopbell-root').shadowRoot.getAnimations().length === 0"
    wait_for(lambda: page.evaluate(still))
    return popup_on(page)


def wait_until_gone(page: Page) -> None:
    """Wait until no popup is left, and the engine knows what became of it."""
    popup_on(page).wait_for(state="detached")
    wait_until_told(page)


def wait_until_old(page: Page, ms: int) -> None:
    """Wait until the page is so old by its own clock: whatever could happen by then has happened."""
    wait_for(lambda: page.evaluate("performance.now()") > ms)
