"""
The HTTP API of a site's own programs, under ``/v1/``: who asks, and what a refusal looks like.

Every request names its site by a secret key, ``Authorization: Bearer sk_...``; what it can reach is that
site's. A refusal is ``{"error": "a sentence"}``.
"""

import logging
from collections.abc import Awaitable, Callable

import redis
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException as AnyHTTPException

SiteOf = Callable[[Request], Awaitable[str]]
"""A FastAPI dependency: returns the public key of the site that asks. Raises HTTPException 401."""


Note = Callable[[str, str, dict[str, str]], Awaitable[None]]
"""Adds to the audit log who does what, and what about."""

_READING = ("GET", "HEAD", "OPTIONS")
_NAMED = ("pool",)
"""What of a path the audit log may hold: never a visitor."""

_TRY_AGAIN = {"Retry-After": "60"}
_UNREACHABLE = (OSError, OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)
"""What networks, databases, Redis and the process that reads the archive raise where they do not answer."""

_log = logging.getLogger("shopbell.api")

MayAsk = Callable[[str], bool]
"""Tells whether an address may ask once more: whoever guesses keys does not even cost a look into the database."""


def site_that_asks(
    site_of: Callable[[str], Awaitable[str | None]],
    may_ask: MayAsk = lambda _peer: True,
    note: Note | None = None,
) -> SiteOf:
    """
    Return the dependency for routes that a secret key opens; ``site_of`` returns the site of a secret key.

    What a request is to change is noted before it is carried out.
    """

    async def dependency(request: Request) -> str:
        refuse_hasty(request, may_ask)
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        site = await site_of(secret.strip()) if scheme.lower() == "bearer" else None
        if site is None:
            raise HTTPException(
                401, "expected the header 'Authorization: Bearer sk_...'", {"WWW-Authenticate": "Bearer"}
            )
        if note is not None and request.method not in _READING:
            route = request.scope["route"].path
            await note(f"key {secret.strip().partition('.')[0]}", f"{request.method} {route}", _about(request, site))
        return site

    return dependency


def _about(request: Request, site: str) -> dict[str, str]:
    return {"site": site} | {name: str(value) for name, value in request.path_params.items() if name in _NAMED}


def refuse_hasty(request: Request, may_ask: MayAsk) -> None:
    """Refuse a request of an address that has asked too often. Raises HTTPException 429."""
    if not may_ask(request.client.host if request.client else ""):
        raise HTTPException(429, "too many requests, try again in a minute", _TRY_AGAIN)


def refusals_as_sentences(app: FastAPI) -> None:
    """Have an application answer every refusal as ``{"error": "a sentence"}``, also where a store does not answer."""

    async def refused(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, AnyHTTPException)  # noqa: S101
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)

    async def invalid(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"][1:])) or str(first["loc"][0])
        return JSONResponse({"error": f"{where}: {first['msg']}"}, 422)

    async def unreachable(_request: Request, error: Exception) -> JSONResponse:
        _log.warning("a request could not be answered now: %s", type(error).__name__)
        return JSONResponse({"error": "what this needs is not reachable, try again in a minute"}, 503, _TRY_AGAIN)

    for kind in _UNREACHABLE:
        app.add_exception_handler(kind, unreachable)
    app.add_exception_handler(AnyHTTPException, refused)
    app.add_exception_handler(RequestValidationError, invalid)
