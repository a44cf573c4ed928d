"""
Firefox over WebDriver BiDi, without a driver program between.

As in ``bare_browser``, a tab behind another one is hidden, and a page that was left may come back alive.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

from tests.e2e.chromium import WATCH
from tests.waiting import PATIENCE_S, wait_for

STARTS_WITHIN_S = 60


class Refused(Exception):
    """The browser refused a command, or its page threw."""


def firefox_path() -> str:
    """Return the browser's program: the one that ``SHOPBELL_TEST_FIREFOX`` names, else Firefox on the PATH."""
    path = os.environ.get("SHOPBELL_TEST_FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    assert path, "no firefox-esr or firefox on the PATH, run: tools/need-firefox"
    return path


class FirefoxTab:
    """One tab of a ``Firefox``."""

    def __init__(self, browser: "Firefox", context: str) -> None:
        self._browser = browser
        self._context = context

    def run(self, expression: str) -> Any:
        """Return what an expression gives in the page, as far as JSON can say it. Raises Refused where it throws."""
        answer = self._browser.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise Refused(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def open(self, url: str) -> None:
        """Go to a page by its address, and wait until it is loaded."""
        self._browser.send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def step(self, by: int) -> None:
        """Go back or forward in the tab's history; ``wait_until`` it is there."""
        self._browser.send("browsingContext.traverseHistory", context=self._context, delta=by)

    def press(self, selector: str) -> None:
        """Press what the selector finds inside the popup, as a mouse would."""
        where = f"document.querySelector('shopbell-root').shadowRoot.querySelector({json.dumps(selector)})"
        box = self.run(f"{where}.getBoundingClientRect()")
        at = {"x": int(box["x"] + box["width"] / 2), "y": int(box["y"] + box["height"] / 2)}
        moves = [
            {"type": "pointerMove", **at},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": moves}
        self._browser.send("input.performActions", context=self._context, actions=[mouse])

    def bring_to_front(self) -> None:
        """Show this tab in its window; the one that was shown is hidden."""
        self._browser.send("browsingContext.activate", context=self._context)

    def resize(self, width: int, height: int) -> None:
        """Give the page a window of this size."""
        size = {"width": width, "height": height}
        self._browser.send("browsingContext.setViewport", context=self._context, viewport=size)

    def wait_until(self, condition: str, within_s: float = PATIENCE_S) -> None:
        """Wait until an expression is true in the page, whichever page that is by then."""
        wait_for(lambda: self._holds(condition), within_s)

    def _holds(self, condition: str) -> bool:
        with suppress(Refused):  # the page is just being replaced
            return bool(self.run(condition))
        return False


class Firefox:
    """A Firefox process; leaving the ``with`` block ends it."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._said = Path(self._home.name) / "said.log"
        self._contexts: list[str] = []
        self._socket: ClientConnection

    def __enter__(self) -> Self:
        own = ["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", self._home.name]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [firefox_path(), *own, "about:blank"], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                env={**os.environ, "HOME": self._home.name},
            )  # fmt: skip
        self._socket = connect(f"{wait_for(self._address, STARTS_WITHIN_S)}/session", max_size=None).__enter__()
        self.send("session.new", capabilities={})
        self.send("script.addPreloadScript", functionDeclaration=f"() => {{{WATCH}}}")
        return self

    def __exit__(self, *_: object) -> None:
        self.send("browser.close")
        self._process.wait(30)
        self._socket.close()
        self._home.cleanup()

    def new_visitor(self) -> None:
        """Let the tabs opened from now on be those of somebody whom no shop knows."""
        self._contexts.append(self.send("browser.createUserContext")["userContext"])

    def new_tab(self) -> FirefoxTab:
        """Open a tab in front of the visitor's others."""
        tab = self.send("browsingContext.create", type="tab", userContext=self._contexts[-1])
        return FirefoxTab(self, tab["context"])

    def leave(self) -> None:
        """Close the visitor's tabs and forget them."""
        self.send("browser.removeUserContext", userContext=self._contexts.pop())

    def _address(self) -> str | None:
        """Return where the browser listens, as it says it; None until it does."""
        assert self._process.poll() is None, self._said.read_text()
        found = re.search(r"BiDi listening on (ws://\S+)", self._said.read_text())
        return found and found[1]

    def send(self, method: str, **params: Any) -> Any:
        """Give one command and return its answer; what the browser says meanwhile is not heard. Raises Refused."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv(60))).get("id") != number:
            pass
        if answer["type"] == "error":
            raise Refused(f"{method}: {answer['message']}")
        return answer["result"]
