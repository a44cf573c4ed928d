"""A popup in the demo's gallery: a shop-like page under the strictest policy, with the renderer that shops get."""

from typing import Any, Self
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page

from tests.e2e.visit import Visit, popup_on, wait_until

SEEN = """
  const panel = document.querySelector('shopbell-root')?.shadowRoot.querySelector('.panel');
  return window.reported?.some(({ name }) => name === 'popup_view') && !panel.parentNode.getAnimations().length;
"""
AGAIN = """async (changes) => {
  shown.close();
  reported.length = 0;
  const { open } = await import(document.documentElement.dataset.renderer);
  const popup = { ...JSON.parse(document.getElementById('popup').textContent), ...changes };
  window.shown = open(popup, (name, more) => reported.push({ name, ...more }));
}"""
FOCUS = """() => {
  let focused = document.activeElement;
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused.getAttribute('aria-label') || focused.innerText || focused.id;
}"""


class GalleryStage:
    """One tab that shows one popup after the other; leaving the ``with`` block closes it."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self._visit = Visit(browser, url, **options)
        self.page: Page

    def __enter__(self) -> Self:
        self._visit.__enter__()
        self.page = self._visit.new_tab()
        return self

    def __exit__(self, *exception: object) -> None:
        self._visit.__exit__(*exception)

    def show(self, kind: str, language: str = "en", theme: str = "plain", **changes: Any) -> Locator:
        """Show a popup of the gallery, with ``changes`` in its JSON, and return it once it is painted and still."""
        self.page.goto("/gallery/popup?" + urlencode({"kind": kind, "theme": theme, "language": language}))
        if changes:
            wait_until(self.page, "return window.shown")
            self.page.evaluate(AGAIN, changes)
        wait_until(self.page, SEEN)
        return popup_on(self.page)

    def told(self, name: str) -> list[dict[str, Any]]:
        """Return what the popup reported under this name."""
        mine = "name => reported.filter((each) => each.name === name).map(({ name, ...data }) => data)"
        reports: list[dict[str, Any]] = self.page.evaluate(mine, name)
        return reports

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, words: str) -> None:
        """Go with the tabulator to what calls itself so."""
        for _ in range(30):
            self.press("Tab")
            if self.focus == words:
                return
        raise AssertionError(f"the tabulator does not come to {words!r}, the last one was {self.focus!r}")

    @property
    def focus(self) -> str:
        """What the focused element says of itself."""
        words: str = self.page.evaluate(FOCUS)
        return words.strip()

    @property
    def harm(self) -> list[Any]:
        """What moved in the page's layout, what its policy refused, and what was thrown or said in the console."""
        told: list[Any] = self.page.evaluate("[...watched.shifts, ...watched.refused, ...watched.thrown]")
        return told + self._visit.said + self._visit.thrown
