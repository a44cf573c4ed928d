"""A shopper for tests: opens the demo's pages, reads what they say to people and to machines, sends their forms."""

import asyncio
import json
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Cookies, Response

from engine.demo import mount_demo


class Page(HTMLParser):
    """What is in a page: its things in JSON-LD, pictures, links, form actions, scripts, and its visible text."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.text
        self.path = response.url.path
        self.things: list[dict[str, Any]] = []
        self.images: list[dict[str, str | None]] = []
        self.links: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.attributes: set[str] = set()
        self.language = ""
        self.text = ""
        self._inside = ""
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.attributes |= set(named)
        if tag in ("script", "style"):
            self._inside = named.get("type") or "script"
            self.scripts.append(named)
        elif tag == "img":
            self.images.append(named)
        elif tag in ("a", "link"):
            self.links.append(named.get("href") or "")
        elif tag == "html":
            self.language = named.get("lang") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "application/ld+json":
            self.things.append(json.loads(data))
        elif not self._inside:
            self.text += " ".join(data.split()) + " "

    def thing(self, kind: str) -> dict[str, Any]:
        """Return the one thing of this type that the page states."""
        found = [thing for thing in self.things if thing["@type"] == kind]
        assert len(found) == 1, f"{len(found)} things of type {kind}"
        return found[0]

    def kinds(self) -> list[str]:
        return [thing["@type"] for thing in self.things]


@cache
def demo_app(snippet_src: str = "/s.js") -> FastAPI:
    app = FastAPI()
    mount_demo(app, snippet_src, "pk_demo")
    return app


@dataclass
class Browser:
    """Asks ``app`` directly, one request at a time; keeps cookies and follows redirects."""

    app: FastAPI
    headers: dict[str, str] = field(default_factory=dict)
    cookies: Cookies = field(default_factory=Cookies)

    def ask(self, method: str, path: str, *, follow: bool = True, **rest: Any) -> Response:
        return asyncio.run(self._ask(method, path, follow, rest))

    async def _ask(self, method: str, path: str, follow: bool, rest: dict[str, Any]) -> Response:
        async with AsyncClient(
            transport=ASGITransport(self.app),
            base_url="http://shop.example",
            headers=self.headers,
            cookies=self.cookies,
            follow_redirects=follow,
        ) as client:
            answer = await client.request(method, path, **rest)
            self.cookies = client.cookies
            return answer


@dataclass
class Shopper:
    """Somebody in the demo with a browser without scripts."""

    language: str = "en"
    app: FastAPI = field(default_factory=demo_app)

    def __post_init__(self) -> None:
        self.browser = Browser(self.app, {"Accept-Language": self.language})

    def open(self, path: str) -> Page:
        return Page(self.browser.ask("GET", path))

    def status_of(self, path: str) -> int:
        return self.browser.ask("GET", path).status_code

    def send(self, path: str, **form: str) -> Page:
        return Page(self.browser.ask("POST", path, data=form))

    def add(self, sku: str, quantity: int = 1) -> Page:
        return self.send("/shop/cart/add", sku=sku, quantity=str(quantity))

    def set_cookie(self, name: str, value: str) -> None:
        """Send this cookie and no other."""
        self.browser.headers["Cookie"] = f"{name}={value}"
