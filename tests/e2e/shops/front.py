"""The web server of a shop that is made as one of the platforms would make it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

HTML = "text/html; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a browser asks for; ``fields`` are those of a form, or of a JSON body."""

    method: str
    path: str
    query: dict[str, str]
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the shop answers."""

    text: str = ""
    kind: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: Any) -> Answer:
    """Answer a script of the page."""
    return Answer(json.dumps(value), JSON)


def see(path: str, **headers: str) -> Answer:
    """Send the browser elsewhere, as after a form."""
    return Answer("", HTML, 303, {"Location": path, **headers})


@dataclass(frozen=True, slots=True)
class Good:
    """Something that is for sale. ``price`` in major units."""

    id: str
    name: str
    price: float
    sku: str = ""


MUG = Good("101", "Ash mug", 24.5, "MUG-1")
CUP = Good("102", "Oak cup", 12.0, "CUP-1")
GOODS = {good.id: good for good in (MUG, CUP)}


class Front:
    """
    A shop with a cart. What it knows itself is what the engine should have been told.

    ``tag`` is the line that the merchant has pasted; pages put it where a merchant would.
    """

    home = "/"

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.cart: dict[str, int] = {}
        self.orders: list[dict[str, Any]] = []

    @property
    def value(self) -> float:
        """What is in the cart is worth."""
        return round(sum(GOODS[key].price * quantity for key, quantity in self.cart.items()), 2)

    @property
    def quantity(self) -> int:
        """How many pieces are in the cart."""
        return sum(self.cart.values())

    def put(self, key: str, quantity: int) -> None:
        """Put something into the cart."""
        self.cart[key] = self.cart.get(key, 0) + quantity

    def order(self, number: str) -> None:
        """Take the cart as an order."""
        self.orders.append({"transaction_id": number, "value": self.value, "quantity": self.quantity})
        self.cart = {}

    def answer(self, ask: Ask) -> Answer:
        """Answer the browser."""
        raise NotImplementedError

    def page(self, body: str, *, head: str = "", classes: str = "", title: str = "A shop") -> Answer:
        """Write a page."""
        top = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        icon = '<link rel="icon" href="data:,">'
        return Answer(f'{top}{icon}{head}{self.tag}</head><body class="{classes}">{body}</body></html>')


class Street:
    """Where the shops are, one at a time: all have the same address, so that one site of the engine serves them."""

    def __init__(self) -> None:
        self.front: Front | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Door, self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Door(BaseHTTPRequestHandler):
    def __init__(self, street: Street, *connection: object) -> None:
        self._street = street
        super().__init__(*connection)  # type: ignore[arg-type]

    def _answer(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        ask = Ask(self.command, unquote(url.path), dict(parse_qsl(url.query)), self._fields(body))
        assert self._street.front is not None
        answer = self._street.front.answer(ask)
        text = answer.text.encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": answer.kind, "Content-Length": str(len(text)), **answer.headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = _answer

    def _fields(self, body: bytes) -> dict[str, Any]:
        kind = self.headers.get("Content-Type") or ""
        if kind.startswith(JSON):
            return dict(json.loads(body))
        return dict(parse_qsl(body.decode(), keep_blank_values=True)) if "urlencoded" in kind else {}

    def log_message(self, *_: object) -> None:
        """Say nothing."""
