"""
Chromium over nothing but its own DevTools protocol.

Playwright gives every page the focus, keeps it visible and turns the back/forward cache off. Here a tab behind another
one is hidden, as it is for a shopper, and a page that was left may come back alive.
"""

import itertools
import json
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

from tests.e2e.chromium import FLAGS, WATCH, chromium_path
from tests.waiting import PATIENCE_S, wait_for

STARTS_WITHIN_S = 30


class Refused(Exception):
    """The browser refused a command, or its page threw."""


class BareTab:
    """One tab, known by the ids of its target and of the session that speaks to it."""

    def __init__(self, browser: "BareBrowser", target: str) -> None:
        self._browser = browser
        self._target = target
        self._session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._send("Page.enable")
        self._send("Page.addScriptToEvaluateOnNewDocument", source=WATCH)

    def run(self, expression: str) -> Any:
        """Return what an expression gives in the page. Raises Refused where it throws."""
        answer = self._send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise Refused(answer["exceptionDetails"])
        return answer["result"].get("value")

    def open(self, url: str) -> None:
        """Go to a page by its address, and wait until it is loaded."""
        self._send("Page.navigate", url=url)
        self.wait_until(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")

    def step(self, by: int) -> None:
        """Go back or forward in the tab's history, as the browser's own buttons do; ``wait_until`` it is there."""
        history = self._send("Page.getNavigationHistory")
        entry = history["entries"][history["currentIndex"] + by]
        self._send("Page.navigateToHistoryEntry", entryId=entry["id"])

    def set_state(self, state: str) -> None:
        """Freeze the page as a browser does with tabs in the back, or thaw it: ``frozen``, ``active``."""
        self._send("Page.setWebLifecycleState", state=state)

    def close(self) -> None:
        """Close the tab, as the shopper does."""
        self._browser.send("Target.closeTarget", targetId=self._target)

    def bring_to_front(self) -> None:
        """Show this tab in its window; the one that was shown is hidden."""
        self._send("Page.bringToFront")

    def wait_until(self, condition: str, within_s: float = PATIENCE_S) -> None:
        """Wait until an expression is true in the page, whichever page that is by then."""
        wait_for(lambda: self._holds(condition), within_s)

    def _holds(self, condition: str) -> bool:
        with suppress(Refused):  # the page is just being replaced
            return bool(self.run(condition))
        return False

    def _send(self, method: str, **params: Any) -> Any:
        return self._browser.send(method, self._session, **params)


class BareBrowser:
    """A Chromium process; leaving the ``with`` block ends it."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._contexts: list[str] = []
        self._socket: ClientConnection

    def __enter__(self) -> Self:
        own = ["--headless", "--remote-debugging-port=0", f"--user-data-dir={self._home.name}"]
        self._process = subprocess.Popen(
            [chromium_path(), *FLAGS, *own, "about:blank"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        address = wait_for(self._address, STARTS_WITHIN_S)
        self._socket = connect(address, max_size=None).__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.send("Browser.close")
        self._process.wait(15)
        self._socket.close()
        self._home.cleanup()

    def new_visitor(self) -> None:
        """Let the tabs opened from now on be those of somebody whom no shop knows."""
        self._contexts.append(self.send("Target.createBrowserContext")["browserContextId"])

    def new_tab(self) -> BareTab:
        """Open a tab in front of the visitor's others."""
        target = self.send("Target.createTarget", url="about:blank", browserContextId=self._contexts[-1])["targetId"]
        return BareTab(self, target)

    def open_unwatched(self, url: str) -> str:
        """Open a tab that nobody looks into, and return its target; ``BareTab`` looks into it later."""
        made = self.send("Target.createTarget", url=url, browserContextId=self._contexts[-1])
        return str(made["targetId"])

    def url_of(self, target: str) -> str:
        """Return where a tab is."""
        return str(self.send("Target.getTargetInfo", targetId=target)["targetInfo"]["url"])

    def leave(self) -> None:
        """Close the visitor's tabs and forget them."""
        self.send("Target.disposeBrowserContext", browserContextId=self._contexts.pop())

    def _address(self) -> str | None:
        """Return where the browser listens, as it writes it into its folder; None until it has."""
        file = Path(self._home.name) / "DevToolsActivePort"
        port, _, path = file.read_text().partition("\n") if file.exists() else ("", "", "")
        return f"ws://127.0.0.1:{port}{path}" if path else None

    def send(self, method: str, session: str | None = None, **params: Any) -> Any:
        """Give one command and return its answer; what the browser says meanwhile is not heard. Raises Refused."""
        number = next(self._ids)
        about = {"sessionId": session} if session else {}
        self._socket.send(json.dumps({"id": number, "method": method, "params": params, **about}))
        while (answer := json.loads(self._socket.recv(30))).get("id") != number:
            pass
        if "error" in answer:
            raise Refused(f"{method}: {answer['error']['message']}")
        return answer["result"]
