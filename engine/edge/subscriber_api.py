"""A site's subscribers and answers over HTTP, for its own programs: ``/v1/subscribers`` and ``/v1/answers``."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from engine.edge.api import SiteOf
from engine.edge.subscribers import Subscribers

_NOBODY_KEEPS_IT = {"Cache-Control": "no-store"}


def subscriber_router(subscribers: Subscribers, site_that_asks: SiteOf) -> APIRouter:
    """Return the routes. A list has at most 1,000 entries; the next ones are behind its last ``id``."""
    router = APIRouter()
    site = Depends(site_that_asks)
    after = Query(ge=0)

    @router.get("/v1/subscribers")
    async def list_subscribers(asks: Annotated[str, site], after: Annotated[int, after] = 0) -> JSONResponse:
        """List who has subscribed, with the consent that each gave."""
        return _listed("subscribers", await subscribers.subscribers(asks, after))

    @router.get("/v1/answers")
    async def list_answers(asks: Annotated[str, site], after: Annotated[int, after] = 0) -> JSONResponse:
        """List what was answered in surveys and chats."""
        return _listed("answers", await subscribers.answers(asks, after))

    return router


def _listed(name: str, rows: list[dict[str, Any]]) -> JSONResponse:
    written = [{key: _written(value) for key, value in row.items()} for row in rows]
    return JSONResponse({name: written}, headers=_NOBODY_KEEPS_IT)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
