"""A small shop with pages of its own; it knows nothing of what the script tag at the end of its head does."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from engine.demo.assets import load_assets
from engine.demo.catalog import HERE, load_catalog, load_texts
from engine.demo.language import Texts
from engine.demo.pages import language_of, template_environment
from engine.demo.storefront import SHOP, Storefront
from engine.demo.till import Till

STATIC: Final = Path(__file__).parent / "static" / "shop"
QUERY_LIMIT: Final = 80


class Shelves:
    """The pages on which one looks around: home, categories, products, search."""

    def __init__(self, front: Storefront) -> None:
        self.front = front

    def home(self, request: Request) -> Response:
        t = Texts(self.front.wordings, language_of(request))
        site = self.front.describe(request).site(t("brand"))
        return self.front.page(
            request, "shop/home.html", site, featured=self.front.catalog.featured(), shelf=self.front.catalog.on_shelf
        )

    def category(self, request: Request, category_id: str) -> Response:
        category = self.front.catalog.category(category_id)
        if category is None:
            return self.front.not_found(request)
        describe = self.front.describe(request)
        products = self.front.catalog.on_shelf(category)
        trail = describe.trail([self._root(request), (category.name[describe.language], f"c/{category.id}")])
        thing = describe.category(category, products, trail)
        return self.front.page(request, "shop/category.html", thing, category=category, products=products)

    def product(self, request: Request, sku: str) -> Response:
        product = self.front.catalog.product(sku)
        if product is None:
            return self.front.not_found(request)
        describe = self.front.describe(request)
        shelf = product.category
        steps = [self._root(request), (shelf.name[describe.language], f"c/{shelf.id}")]
        trail = describe.trail([*steps, (product.name[describe.language], f"p/{product.sku}")])
        return self.front.page(
            request,
            "shop/product.html",
            describe.product(product),
            trail,
            product=product,
            added="added" in request.query_params,
            related=self.front.catalog.beside(product),
        )

    def search(self, request: Request, q: str = "") -> Response:
        query = q.strip()[:QUERY_LIMIT]
        found = self.front.catalog.search(query)
        suggestions = [] if found else self.front.catalog.featured()[:4]
        return self.front.page(request, "shop/search.html", query=query, products=found, suggestions=suggestions)

    def static(self, request: Request, name: str) -> Response:
        return self.front.assets.respond(request, name)

    def nothing(self, request: Request) -> Response:
        return self.front.not_found(request)

    def _root(self, request: Request) -> tuple[str, str]:
        return Texts(self.front.wordings, language_of(request))("home"), ""


def open_storefront(snippet_src: str, site_key: str) -> Storefront:
    """Return the shop's parts, read from this package's files."""
    return Storefront(
        catalog=load_catalog(),
        wordings=load_texts(HERE / "texts.yaml"),
        environment=template_environment(),
        assets=load_assets(STATIC, f"{SHOP}/static"),
        snippet_src=snippet_src,
        site_key=site_key,
    )


def shop_router(snippet_src: str, site_key: str) -> APIRouter:
    """
    Return the shop's routes below ``/shop``.

    ``snippet_src`` and ``site_key`` make the one script tag in its pages; the address may name another host.
    """
    front = open_storefront(snippet_src, site_key)
    shelves, till = Shelves(front), Till(front)
    router = APIRouter(prefix=SHOP, include_in_schema=False)
    pages: dict[str, Callable[..., Response]] = {
        "/": shelves.home,
        "/c/{category_id}": shelves.category,
        "/p/{sku}": shelves.product,
        "/search": shelves.search,
        "/cart": till.cart,
        "/checkout": till.checkout,
        "/thanks": till.thanks,
        "/static/{name:path}": shelves.static,
        "/{rest:path}": shelves.nothing,
    }
    forms = {"/cart/add": till.add, "/cart/change": till.change, "/cart/code": till.enter_code, "/checkout": till.buy}
    for path, page in pages.items():
        router.add_api_route(path, page, methods=["GET"])
    for path, action in forms.items():
        router.add_api_route(path, action, methods=["POST"])
    return router
