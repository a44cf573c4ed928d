"""The demo: a small shop below ``/shop/`` and, at ``/``, a page that shows what the engine sees of its visitor."""

from fastapi import FastAPI

from engine.demo.home import home_router
from engine.demo.shop import shop_router


def mount_demo(app: FastAPI, snippet_src: str, site_key: str) -> None:
    """
    Add the demo's pages to ``app``; its home page asks ``/demo/state``, which ``app`` answers itself.

    ``snippet_src`` is the address of the snippet as a merchant would paste it, ``site_key`` the site's public key.
    """
    app.include_router(home_router())
    app.include_router(shop_router(snippet_src, site_key))
