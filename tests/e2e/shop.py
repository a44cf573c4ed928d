"""A shop on a host of its own, with pages as its tests write them; the engine is on another host."""

import re
import subprocess
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit


def site_key(data: Path, url: str) -> str:
    """Have an engine serve the shop at this address: add it to the engine's data folder with the command."""
    command = ["-m", "engine", "sites", "add", "Shop", "--origin", url, "--data", str(data)]
    said = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True).stdout
    match = re.search(r'data-site="(pk_\w+)"', said)
    assert match is not None, said
    return match[1]


class Shop:
    """
    Answers every path with a page that has nothing but the script tag, or with the one that was ``put`` there.

    ``key`` is its site key at the engine, ``tag`` what the merchant adds to each page.
    """

    def __init__(self) -> None:
        self.key = ""
        self.tag = ""
        self._pages: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def join(self, data: Path) -> str:
        """Have an engine serve this shop; return its key."""
        self.key = site_key(data, self.url)
        return self.key

    def wear(self, engine_url: str) -> None:
        """Put the engine's script tag into the pages."""
        self.tag = f'<script async src="{engine_url}/s.js" data-site="{self.key}"></script>'

    def put(self, path: str, *, head: str = "", body: str = "", tag: str | None = None) -> str:
        """Write a page of the shop and return its address; ``tag`` instead of the usual one."""
        self._pages[path] = self._page(head, body, self.tag if tag is None else tag)
        return self.url + path

    def clear(self) -> None:
        """Forget the pages that were put there."""
        self._pages.clear()

    def page_at(self, path: str) -> str:
        """Return the page of a path."""
        return self._pages.get(path) or self._page("", "<h1>A page</h1>", self.tag)

    @staticmethod
    def _page(head: str, body: str, tag: str) -> str:
        start = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>'
        return f'{start}<link rel="icon" href="data:,">{head}{tag}</head><body>{body}</body></html>'


class _Answer(BaseHTTPRequestHandler):
    def __init__(self, shop: Shop, *connection: object) -> None:
        self._shop = shop
        super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send the page."""
        page = self._shop.page_at(urlsplit(self.path).path).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
