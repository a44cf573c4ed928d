"""Whether browsers reach the engine at its public address: over TLS, its script and its stream."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from engine.doctor.findings import MISSING, NOTE, OK, Finding

WITHIN_S = 10.0
_UPGRADE = "let the proxy pass upgrades on (see the how-to 'Run in production')"


def public_address(url: str) -> Iterator[Finding]:
    """Say what comes back from the engine's public address."""
    base, host = url.rstrip("/"), urlsplit(url).hostname or ""
    if urlsplit(url).scheme == "https":
        yield Finding(OK, "the public address has TLS")
    elif host not in ("localhost", "127.0.0.1", "::1"):
        yield Finding(
            MISSING,
            f"{base} has no TLS: pages served over https load nothing from it",
            "put a proxy with a certificate in front",
        )
    yield from _script(f"{base}/s.js")
    yield from _stream(base.replace("http", "ws", 1))


def _script(url: str) -> Iterator[Finding]:
    try:
        with urllib.request.urlopen(url, timeout=WITHIN_S) as answer:  # noqa: S310 - http or https: the command has looked
            kind = answer.headers.get("Content-Type", "")
    except (urllib.error.URLError, TimeoutError) as error:
        yield Finding(
            MISSING, f"{url} does not come: {getattr(error, 'reason', error)}", "look at the proxy and the engine's log"
        )
        return
    if "javascript" in kind:
        yield Finding(OK, f"{url} comes")
    else:
        yield Finding(
            MISSING, f"{url} is {kind or 'of no kind'}, expected JavaScript", "lead the whole host to the engine"
        )


def _stream(base: str) -> Iterator[Finding]:
    """Ask for the stream of a site that is not there: an engine that is reached refuses it with 403."""
    try:
        with connect(f"{base}/v1/stream?site=doctor", open_timeout=WITHIN_S):
            yield Finding(NOTE, "the stream was opened for a site that is not there: is this a Shopbell engine?")
    except InvalidStatus as refusal:
        if refusal.response.status_code == 403:
            yield Finding(OK, "WebSockets get through to the engine")
        else:
            yield Finding(
                MISSING,
                f"a WebSocket was answered {refusal.response.status_code}, expected 403 from the engine",
                _UPGRADE,
            )
    except (WebSocketException, OSError, TimeoutError) as error:
        yield Finding(MISSING, f"no WebSocket gets through: {error}", _UPGRADE)
