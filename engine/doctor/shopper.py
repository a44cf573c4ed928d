"""Goes through a shop in a headless browser, and hears what the snippet would tell the engine; no engine hears it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from engine.doctor.chromium import Chromium, PageFailed
from engine.doctor.seen import Link, Seen

HERE: Final = Path(__file__).parent
OWN_HOST: Final = "https://shopbell-doctor.invalid"
"""Where a page without a tag gets the snippet from: the browser is answered here, nothing goes out."""

LOADS_WITHIN_S: Final = 30.0
GREETS_WITHIN_S: Final = 4.0
QUIET_S: Final = 1.0
PATIENCE_S: Final = 6.0
"""A page is read when nothing was told for the one time, or the other has passed."""

CONSENT: Final = "shopbell('consent', {analytics: 'granted', marketing: 'granted'})"


class Shopper:
    """One shopper without a past. ``visit`` pages one after the other; ``cart`` is what the last of them told of it."""

    def __init__(self, browser: Chromium, snippet: Path) -> None:
        self._browser = browser
        self._snippet = snippet
        self._seen = Seen("")
        self._loaded = False
        self._told_at = 0.0
        self._listen()

    def visit(self, url: str) -> Seen:
        """Open a page, and return what was told of it."""
        self._seen, self._loaded = Seen(url), False
        try:
            failure = self._browser.send("Page.navigate", url=url).get("errorText")
        except PageFailed as error:
            failure = str(error)
        if failure:
            self._seen.problem = failure
            return self._seen
        if not self._browser.wait_until(lambda: self._loaded, LOADS_WITHIN_S):
            self._seen.problem = f"it was not loaded within {LOADS_WITHIN_S:g} s"
        self._wait_for_greeting()
        self._settle()
        self._seen.url = str(self._run("location.href") or url)
        return self._seen

    def links(self) -> list[Link]:
        """Return where the page leads."""
        found = self._run((HERE / "find.js").read_text()) or {"links": []}
        return [Link(**each) for each in found["links"]]

    def put_into_cart(self, selectors: Sequence[str]) -> str | None:
        """Press what puts the product into the cart; return what it says, None if there is nothing to press."""
        pressed = self._run((HERE / "press.js").read_text().replace("SELECTORS", json.dumps(list(selectors))))
        if pressed is not None:
            self._told_at = time.monotonic()
            self._browser.wait_until(lambda: "add_to_cart" in self._seen.names, PATIENCE_S)
            self._settle()
        return None if pressed is None else str(pressed)

    def _listen(self) -> None:
        browser = self._browser
        browser.on("Runtime.bindingCalled", lambda event: self._hear(json.loads(event["payload"])))
        browser.on("Page.loadEventFired", lambda _: self._load())
        browser.on("Network.responseReceived", self._note_answer)
        browser.on("Fetch.requestPaused", self._answer)
        for domain in ("Page", "Runtime", "Network"):
            browser.send(f"{domain}.enable")
        browser.send("Page.setBypassCSP", enabled=True)
        browser.send("Runtime.addBinding", name="shopbellDoctor")
        patterns = [f"{OWN_HOST}/*", "*/v1/events?site=*", "*/v1/sse?site=*"]
        browser.send("Fetch.enable", patterns=[{"urlPattern": each} for each in patterns])
        source = (HERE / "dry_engine.js").read_text().replace("ADDRESS", f"{OWN_HOST}/s.js")
        browser.send("Page.addScriptToEvaluateOnNewDocument", source=source)

    def _load(self) -> None:
        self._loaded = True

    def _hear(self, said: dict[str, Any]) -> None:
        self._told_at = time.monotonic()
        if "frame" in said:
            self._seen.hear(json.loads(said["frame"]))
        elif "tag" in said:
            self._seen.tag = said["tag"]
            self._seen.policies += said["policy"]
        elif "/s.js" in said.get("file", ""):
            self._seen.errors.append(said["error"])

    def _note_answer(self, event: dict[str, Any]) -> None:
        if event.get("type") == "Document":
            headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
            self._seen.status = event["response"]["status"]
            self._seen.policies = [headers["content-security-policy"]] if "content-security-policy" in headers else []

    def _answer(self, event: dict[str, Any]) -> None:
        """Give the page the snippet of this version; keep what would go to a real engine."""
        url, request = event["request"]["url"], event["requestId"]
        file = self._snippet / url.rpartition("/")[2].partition("?")[0]
        if not url.startswith(OWN_HOST) or not file.is_file():
            self._browser.tell("Fetch.failRequest", requestId=request, errorReason="BlockedByClient")
            return
        headers = {"Content-Type": "text/javascript; charset=utf-8", "Access-Control-Allow-Origin": "*"}
        self._browser.tell(
            "Fetch.fulfillRequest",
            requestId=request,
            responseCode=200,
            responseHeaders=[{"name": name, "value": value} for name, value in headers.items()],
            body=base64.b64encode(file.read_bytes()).decode("ascii"),
        )

    def _wait_for_greeting(self) -> None:
        """Wait for the snippet's first word; where it waits for the shopper's consent, give it."""
        if self._browser.wait_until(lambda: self._seen.greeted, GREETS_WITHIN_S):
            return
        if self._run(f"typeof shopbell === 'function' && ({CONSENT}, true)"):
            self._seen.asks_consent = self._browser.wait_until(lambda: self._seen.greeted, GREETS_WITHIN_S)

    def _settle(self) -> None:
        ends = time.monotonic() + PATIENCE_S
        self._browser.wait_until(lambda: time.monotonic() > min(ends, self._told_at + QUIET_S), PATIENCE_S + QUIET_S)

    def _run(self, expression: str) -> Any:
        try:
            return self._browser.run(expression)
        except PageFailed:
            return None
