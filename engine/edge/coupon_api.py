"""Coupons over HTTP, for a shop's own programs: put codes into a pool, ask what is left. No route tells a code."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.edge.api import SiteOf
from engine.edge.coupon_pools import BadCoupons, add_codes, check_codes, find_pool, stocks

MOST_CODES = 10_000


class Codes(BaseModel):
    """Codes for a pool: all of them are taken over, or none."""

    codes: Annotated[list[str], Field(min_length=1, max_length=MOST_CODES)]


def coupon_router(database: AsyncEngine, site_that_asks: SiteOf) -> APIRouter:
    """Return the routes; each is about the site whose secret key asks."""
    router = APIRouter(prefix="/v1/coupons")

    @router.post("/{pool}/codes", status_code=201)
    async def put_codes(pool: str, said: Codes, site: Annotated[str, Depends(site_that_asks)]) -> dict[str, Any]:
        try:
            numbered = check_codes(enumerate(said.codes, 1))
            async with database.begin() as connection:
                await _known(connection, site, pool)
                added = await add_codes(connection, site, pool, numbered)
        except BadCoupons as error:
            raise HTTPException(409, str(error)) from error
        return {"pool": pool, "added": added}

    @router.get("/{pool}")
    async def stock(pool: str, site: Annotated[str, Depends(site_that_asks)]) -> dict[str, Any]:
        async with database.connect() as connection:
            await _known(connection, site, pool)
            found = next(each for each in await stocks(connection, site) if each.pool.name == pool)
        return {"pool": pool, "left": found.left, "total": found.total}

    return router


async def _known(connection: AsyncConnection, site: str, pool: str) -> None:
    try:
        await find_pool(connection, site, pool)
    except BadCoupons as error:
        raise HTTPException(404, str(error)) from error
