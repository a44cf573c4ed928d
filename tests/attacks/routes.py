"""
Every address that the engine answers, each with what it asks for; the tests of this folder walk them all.

A new route without an entry here fails ``test_sites_apart.py``: say there who may ask it, and how it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.app import create_app
from engine.settings import Settings

OPEN, KEY, BROWSER, PAGE = "open", "secret key", "secret key in a browser", "page of the site"
LINK = "whoever has the link of a mail"
OPERATOR = "operator"
"""Of all sites: the proxy in front keeps the public away."""


@dataclass(frozen=True, slots=True)
class Probe:
    """
    One way to ask a route. ``{visitor}`` and ``{pool}`` in the path are those of the shop that is asked about.

    ``answers`` are the statuses of a shop's own key asking about its own things.
    """

    method: str
    path: str
    who: str = OPEN
    body: dict[str, Any] | None = None
    answers: tuple[int, ...] = (200,)


PROBES: dict[tuple[str, str], Probe] = {
    ("GET", "/healthz"): Probe("GET", "/healthz"),
    ("GET", "/readyz"): Probe("GET", "/readyz"),
    ("GET", "/metrics"): Probe("GET", "/metrics", OPERATOR),
    ("GET", "/gallery/"): Probe("GET", "/gallery/", BROWSER),
    ("GET", "/gallery/popup"): Probe("GET", "/gallery/popup?kind=chat", BROWSER),
    ("GET", "/gallery/static/{name:path}"): Probe("GET", "/gallery/static/gallery/gallery.css", BROWSER),
    ("GET", "/v1/visitors/{visitor}/why"): Probe("GET", "/v1/visitors/{visitor}/why", KEY),
    ("GET", "/v1/visitors/{visitor}"): Probe("GET", "/v1/visitors/{visitor}", KEY),
    ("GET", "/v1/coupons/{pool}"): Probe("GET", "/v1/coupons/{pool}", KEY),
    ("GET", "/v1/refused"): Probe("GET", "/v1/refused", KEY),
    ("GET", "/v1/subscribers"): Probe("GET", "/v1/subscribers", KEY),
    # tests/edge/test_subscriber_links.py asks them with a link that is good
    ("GET", "/v1/subscribers/confirm"): Probe("GET", "/v1/subscribers/confirm?token=guessed", LINK, answers=(404,)),
    ("POST", "/v1/subscribers/confirm"): Probe("POST", "/v1/subscribers/confirm?token=guessed", LINK, answers=(404,)),
    ("GET", "/v1/subscribers/unsubscribe"): Probe(
        "GET", "/v1/subscribers/unsubscribe?token=guessed", LINK, answers=(404,)
    ),
    ("POST", "/v1/subscribers/unsubscribe"): Probe(
        "POST", "/v1/subscribers/unsubscribe?token=guessed", LINK, answers=(404,)
    ),
    # of a stranger: each shop's own subscriber stays for the others to ask about
    ("POST", "/v1/subscribers/leave"): Probe(
        "POST", "/v1/subscribers/leave", KEY, {"address": "nobody@shop.example"}, (404,)
    ),
    ("GET", "/v1/answers"): Probe("GET", "/v1/answers", KEY),
    ("POST", "/v1/coupons/{pool}/codes"): Probe(
        "POST", "/v1/coupons/{pool}/codes", KEY, {"codes": ["ANOTHER-1"]}, (201,)
    ),
    # tests/live/test_other_ways.py asks them as a page does
    ("GET", "/v1/debug"): Probe("GET", "/v1/debug", PAGE, answers=(403,)),
    ("GET", "/v1/sse"): Probe("GET", "/v1/sse", PAGE, answers=(403,)),
    ("POST", "/v1/events"): Probe("POST", "/v1/events", PAGE, {"type": "hello"}, (403,)),
    ("POST", "/v1/pixel"): Probe("POST", "/v1/pixel", PAGE, {"type": "hello"}, (400,)),
    # tests/edge/test_first_party_cookie.py asks them as a page does; without the setting they are not there
    ("PUT", "/v1/cookie"): Probe("PUT", "/v1/cookie", PAGE, answers=(404,)),
    ("DELETE", "/v1/cookie"): Probe("DELETE", "/v1/cookie", PAGE, answers=(404,)),
    # the last one: it takes away what the others ask about
    ("DELETE", "/v1/visitors/{visitor}"): Probe("DELETE", "/v1/visitors/{visitor}", KEY, answers=(202,)),
}
"""How each route is asked, by method and path."""

_SCRIPT = re.compile(r"/[a-z](\.[a-z]+)?\.([0-9a-f]{10}|\{stamp\})\.js|/s\.js|/[a-z]\.[a-z.]+\.[0-9a-f]+\.js")


def all_routes(demo: bool = False) -> list[tuple[str, str]]:
    """Return method and path of everything that an engine answers, but for the snippet's files."""
    settings = Settings(redis_url="redis://127.0.0.1:1", data=Path("nowhere"), demo=demo)
    found = {
        (method, route.path)
        for route in _walk(create_app(settings).routes)
        for method in route.methods or ()
        if method not in ("HEAD", "OPTIONS") and not _SCRIPT.fullmatch(route.path)
    }
    return sorted(found)


def _walk(routes: Any) -> Iterator[Any]:
    for route in routes:
        candidates = getattr(route, "effective_candidates", None)
        if candidates is not None:
            yield from _walk(candidates())
        elif getattr(route, "path", None) is not None:
            yield route
