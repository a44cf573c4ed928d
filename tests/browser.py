"""Asks an application over HTTP as a browser would, without a port."""

import httpx
from fastapi import APIRouter, FastAPI


def a_browser(router: APIRouter) -> httpx.AsyncClient:
    """Return a client of an application that has just these routes."""
    app = FastAPI()
    app.include_router(router)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://engine.test")
