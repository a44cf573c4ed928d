"""``GET /v1/debug``: whether a merchant's link may open the overlay in the pages of a site."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from engine.core.debug_links import read_debug
from engine.core.tokens import Secret
from engine.edge.api import MayAsk, refuse_hasty

_HEADERS = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
"""The answer says nothing but yes or no: any page may ask."""


def debug_router(secrets: Callable[[], Sequence[Secret]], may_ask: MayAsk, now_ms: Callable[[], int]) -> APIRouter:
    """Return the route; ``secrets`` are read at each request, so that a key that was replaced counts no longer."""
    router = APIRouter()

    @router.get("/v1/debug", include_in_schema=False)
    async def debug(request: Request, site: str = "", link: str = "") -> JSONResponse:
        refuse_hasty(request, may_ask)
        until_s = read_debug(secrets(), site, link, now_ms() / 1000)
        if until_s is None:
            return JSONResponse({"error": "this debug link is not valid, or no longer"}, 403, _HEADERS)
        return JSONResponse({"until_s": until_s}, headers=_HEADERS)

    return router
