"""A site's subscribers and answers over HTTP, for its own programs: ``/v1/subscribers`` and ``/v1/answers``."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from engine.edge.api import SiteOf
from engine.edge.clock import now_ms
from engine.edge.subscriber_links import links_of
from engine.edge.subscribers import UNSUBSCRIBED, Subscribers

_NOBODY_KEEPS_IT = {"Cache-Control": "no-store"}
_ADDRESS = r"^https?://[^\s\"'<>?#]+$"


class Leaving(BaseModel):
    """Who wants no more mail."""

    address: Annotated[str, Field(min_length=3, max_length=254)]


def subscriber_router(subscribers: Subscribers, site_that_asks: SiteOf, clock: Callable[[], int] = now_ms) -> APIRouter:
    """Return the routes. A list has at most 1,000 entries; the next ones are behind its last ``id``."""
    router = APIRouter()
    site = Depends(site_that_asks)
    after = Query(ge=0)

    @router.get("/v1/subscribers")
    async def list_subscribers(
        request: Request,
        asks: Annotated[str, site],
        after: Annotated[int, after] = 0,
        status: Literal["", "pending", "confirmed", "unsubscribed"] = "",
        engine: Annotated[str, Query(pattern=_ADDRESS, max_length=200)] = "",
    ) -> JSONResponse:
        """
        List who has subscribed, with the consent that each gave and the links for mails to them.

        ``engine`` is where browsers reach the engine, if that is not the address which this request came to.
        """
        base = engine or str(request.base_url)
        rows = await subscribers.subscribers(asks, after, status)
        return _listed("subscribers", [_without_token(row) | links_of(row, base, clock()) for row in rows])

    @router.post("/v1/subscribers/leave")
    async def leave(said: Leaving, asks: Annotated[str, site]) -> JSONResponse:
        """Note that somebody wants no more mail; twice is as once."""
        if not await subscribers.unsubscribe_address(asks, said.address, clock()):
            raise HTTPException(404, "nobody has subscribed with this address")
        return JSONResponse({"status": UNSUBSCRIBED}, headers=_NOBODY_KEEPS_IT)

    @router.get("/v1/answers")
    async def list_answers(asks: Annotated[str, site], after: Annotated[int, after] = 0) -> JSONResponse:
        """List what was answered in surveys and chats."""
        return _listed("answers", await subscribers.answers(asks, after))

    return router


def _without_token(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "token"}


def _listed(name: str, rows: list[dict[str, Any]]) -> JSONResponse:
    written = [{key: _written(value) for key, value in row.items()} for row in rows]
    return JSONResponse({name: written}, headers=_NOBODY_KEEPS_IT)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
