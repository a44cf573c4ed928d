"""A visitor's windows under Playwright, and what they ask of a page."""

from typing import Any, Self

from playwright.sync_api import Browser, Frame, Locator, Page

from tests.e2e.chromium import WATCH
from tests.waiting import PATIENCE_S

DESKTOP = {"width": 1280, "height": 800}

Shown = Page | Frame
"""Where a page is shown: in a tab, or in a frame of another page."""

WAIT = """limit => new Promise((done, fail) => {
  const condition = () => {%s};
  const late = performance.now() + limit;
  const look = () => {
    const seen = condition();
    if (seen) done(seen);
    else if (performance.now() > late) fail(new Error(`not so within ${limit} ms: ${condition}`));
    else setTimeout(look, 20);
  };
  look();
})"""

TOLD = """
  const sent = watched.sent.filter(({ type, doc }) => type === "event" && !doc);
  const done = watched.received.filter(({ type, doc }) => (type === "ack" || type === "welcome") && !doc);
  return sent.some(({ name }) => name === "page_view") && sent.at(-1).seq <= Math.max(0, ...done.map(({ seq }) => seq));
"""

VIEWED = "return watched.sent.some(({ name, doc }) => name === 'popup_view' && !doc)"
STILL = "return document.querySelector('shopbell-root').shadowRoot.getAnimations().length === 0"
WHO = "return watched.received.findLast(({ type }) => type === 'welcome')?.visitor"


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


def wait_until(page: Shown, body: str, within_s: float = PATIENCE_S) -> Any:
    """
    Wait, in the page itself, until a function with this body returns something true, and return it.

    Playwright's own wait compiles its text in the page, which a strict policy forbids.
    """
    return page.evaluate(WAIT % body, within_s * 1000)


def wait_until_told(page: Page, within_s: float = PATIENCE_S) -> None:
    """Wait until the page has told its view, and the engine has acknowledged everything so far."""
    wait_until(page, TOLD, within_s)


def visitor_of(page: Page) -> str:
    """Return who the page's last welcome said it is."""
    name: str = wait_until(page, WHO)
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


def wait_for_shows(page: Page, count: int) -> list[str]:
    """Wait until the engine sent so many firings to the page, and return them, also those that came again."""
    shows = "const shows = watched.received.filter(({ type }) => type === 'show')"
    fires: list[str] = wait_until(page, f"{shows}; return shows.length === {count} && shows.map(({{ fire }}) => fire)")
    return fires


def popup_on(page: Shown) -> Locator:
    """Return the popup of the page."""
    return page.locator("shopbell-root .panel")


def wait_for_popup(page: Shown, within_s: float = PATIENCE_S) -> Locator:
    """Wait until a popup is painted and its view reported, and has stopped moving."""
    wait_until(page, VIEWED, within_s)
    wait_until(page, STILL)
    return popup_on(page)


def wait_until_gone(page: Page) -> None:
    """Wait until no popup is left, and the engine knows what became of it."""
    popup_on(page).wait_for(state="detached")
    wait_until_told(page)


def wait_until_old(page: Page, ms: float) -> None:
    """Wait until the page is so old by its own clock: whatever could happen by then has happened."""
    wait_until(page, f"return performance.now() > {ms}", ms / 1000 + 10)
