"""One visitor over HTTP, for the shop's own programs: what is held, and to have it erased."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from fastapi.responses import JSONResponse

from engine.edge.api import SiteOf
from engine.edge.archive_reading import Reader
from engine.edge.eraser import Stores
from engine.edge.visitor_file import visitor_file

VISITOR = re.compile(r"[a-z2-7]{26}")
NO_VISITOR = "is no visitor's id, expected 26 of the letters a to z and the digits 2 to 7"

Erase = Callable[[str, str], Awaitable[None]]
"""Has a site's visitor erased; their open pages end."""


def visitor_router(stores: Stores, site_that_asks: SiteOf, erase: Erase, reader: Reader | None = None) -> APIRouter:
    """Return the routes; ``reader`` reads what is recorded, if that is not to be done in this process."""
    router = APIRouter()
    asks = Depends(site_that_asks)

    @router.get("/v1/visitors/{visitor}")
    async def held(visitor: Annotated[str, Path()], site: Annotated[str, asks]) -> JSONResponse:
        """Return everything that is held about a visitor."""
        _check(visitor)
        found = await visitor_file(stores, site, visitor, _now_ms(), reader)
        if found is None:
            raise HTTPException(404, f"nothing is held about a visitor {visitor!r} of this site")
        return JSONResponse(found, headers={"Cache-Control": "no-store"})

    @router.delete("/v1/visitors/{visitor}")
    async def forget(visitor: Annotated[str, Path()], site: Annotated[str, asks]) -> JSONResponse:
        """Have a visitor erased: it is on record when this answers, and carried out within minutes."""
        _check(visitor)
        await erase(site, visitor)
        return JSONResponse({"site": site, "visitor": visitor, "erasing": True}, 202)

    return router


def _check(visitor: str) -> None:
    if not VISITOR.fullmatch(visitor):
        raise HTTPException(422, f"{visitor[:40]!r} {NO_VISITOR}")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
