"""
A visitor's token in a cookie of the shop's own host: Safari keeps such a one for longer than its seven days.

Only where the operator says on which path of the shop the engine is. The snippet asks for it (``PUT /v1/cookie``)
once the shopper is known with consent, and takes it back (``DELETE``). No script reads it; connections renew it.

Another site cannot make use of it. It goes along with no request from elsewhere (SameSite), and the request that
sets it has to come from a page of the shop's own (Origin), with a token that is signed for this very shop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from engine.core import origins, tokens
from engine.edge.api import MayAsk, refuse_hasty

NAME = "__Secure-shopbell"
RENEW_AFTER_MS = 24 * 3600 * 1000
LONGEST_BODY = 256

SiteOf = Callable[[str], Any]


class FirstPartyCookie:
    """``path`` is where the shop's host leads to the engine, such as ``/bell``; empty: there are no cookies."""

    def __init__(self, path: str, token_keys: Sequence[tokens.Secret], clock: Callable[[], int]) -> None:
        self._path = path
        self._token_keys = token_keys
        self._clock = clock

    def token_in(self, site: str, headers: Mapping[str, str]) -> str | None:
        """Return the token that a request's cookie holds for this site. Whatever a client sends is looked at."""
        if not self._path or NAME not in headers.get("cookie", ""):
            return None
        try:
            found = SimpleCookie(headers["cookie"]).get(NAME)
        except CookieError:
            return None
        return found.value if found is not None and self._read(site, found.value) else None

    def renewed(self, site: str, token: str) -> str | None:
        """Return the header that sets the cookie anew, None for one that is young or none of ours."""
        said = self._read(site, token)
        if said is None or self._clock() - said.issued_ms < RENEW_AFTER_MS:
            return None
        return self._header(tokens.sign(self._token_keys[0], site, said.visitor, said.session, self._clock()))

    def kept(self, site: str, token: str) -> str | None:
        """Return the header that keeps a visitor's token; None for what is no token of a visitor of this site."""
        said = self._read(site, token)
        return None if not self._path or said is None or tokens.is_fleeting(said.visitor) else self._header(token)

    def dropped(self) -> str:
        """Return the header that removes the cookie."""
        return self._header("", 0)

    def _read(self, site: str, token: str) -> tokens.Token | None:
        return tokens.read(self._token_keys, site, token, self._clock())

    def _header(self, value: str, seconds: int = tokens.LIFETIME_MS // 1000) -> str:
        return f"{NAME}={value}; Path={self._path}; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"


def cookie_router(
    cookies: Callable[[], FirstPartyCookie], site_of: SiteOf, path: str, may_ask: MayAsk = lambda _peer: True
) -> APIRouter:
    """Return the routes that the snippet asks; ``may_ask`` tells whether an address may once more."""
    router = APIRouter()

    def check(request: Request) -> str:
        """Return the site that a page of its own asks for; every other request is refused."""
        refuse_hasty(request, may_ask)
        key = request.query_params.get("site", "")
        site = site_of(key)
        allowed = site.origins if site is not None else frozenset()
        headers = request.headers
        if not path:
            raise HTTPException(404, "this engine keeps no cookies, expected --cookie-path")
        if not origins.allowed(headers.get("origin"), allowed, headers.get("host"), request.url.scheme):
            raise HTTPException(403, "unknown site key, or origin not allowed for it")
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise HTTPException(403, "request from another host than the cookie's, expected the shop's own")
        return key

    @router.put("/v1/cookie", include_in_schema=False)
    async def keep(request: Request) -> Response:
        """Keep the token that the body holds."""
        site, body = check(request), await _short_body(request)
        header = cookies().kept(site, body)
        if header is None:
            raise HTTPException(422, "the body is no token of a visitor of this site")
        return _answer(header)

    @router.delete("/v1/cookie", include_in_schema=False)
    async def drop(request: Request) -> Response:
        """Remove the cookie."""
        check(request)
        return _answer(cookies().dropped())

    return router


async def _short_body(request: Request) -> str:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            raise HTTPException(413, f"body exceeds limit of {LONGEST_BODY} bytes")
    return body.decode("ascii", "replace").strip()


def _answer(header: str) -> Response:
    return Response(status_code=204, headers={"Set-Cookie": header, "Cache-Control": "no-store"})
