"""Pages for the operator alone: the browser asks for a secret key of the site, as a password."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request

from engine.edge.api import MayAsk, refuse_hasty

Guard = Callable[[Request], Awaitable[None]]
"""A FastAPI dependency that lets a request pass. Raises HTTPException 401."""

_ASK = {"WWW-Authenticate": 'Basic realm="Shopbell, the password is a secret key", charset="UTF-8"'}


def key_in_browser(site_of: Callable[[str], Awaitable[str | None]], may_ask: MayAsk = lambda _peer: True) -> Guard:
    """
    Return the dependency for pages that a secret key opens; ``site_of`` returns the site of a secret key.

    The request's state holds the site from then on, as ``site``.
    """

    async def guard(request: Request) -> None:
        refuse_hasty(request, may_ask)
        site = await site_of(_password(request.headers.get("authorization", "")))
        if site is None:
            raise HTTPException(401, "expected a secret key of the site as the password", _ASK)
        request.state.site = site

    return guard


def _password(header: str) -> str:
    """Return the password of a Basic Authorization header, empty where there is none."""
    scheme, _, written = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(written, validate=True).decode("utf-8").partition(":")[2].strip()
    except (binascii.Error, UnicodeDecodeError):
        return ""
