"""
The HTTP API of a site's own programs, under ``/v1/``: who asks, and what a refusal looks like.

Every request names its site by a secret key, ``Authorization: Bearer sk_...``; what it can reach is that
site's. A refusal is ``{"error": "a sentence"}``.
"""

from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request

SiteOf = Callable[[Request], Awaitable[str]]
"""A FastAPI dependency: returns the public key of the site that asks. Raises HTTPException 401."""


def site_that_asks(site_of: Callable[[str], Awaitable[str | None]]) -> SiteOf:
    """Return the dependency for routes that a secret key opens; ``site_of`` returns the site of a secret key."""

    async def dependency(request: Request) -> str:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        site = await site_of(secret.strip()) if scheme.lower() == "bearer" else None
        if site is None:
            raise HTTPException(
                401, "expected the header 'Authorization: Bearer sk_...'", {"WWW-Authenticate": "Bearer"}
            )
        return site

    return dependency
