"""The demo's own home page: what to do in the shop, and live what the engine sees of this visitor."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from engine.demo.assets import load_assets
from engine.demo.catalog import HERE, load_texts
from engine.demo.language import LANGUAGES, Texts
from engine.demo.pages import (
    address_in,
    content_policy,
    html_response,
    keep_language,
    language_of,
    template_environment,
)
from engine.demo.structured import as_script_text

STATIC: Final = Path(__file__).parent / "static" / "home"
SCRIPT_TEXTS: Final = "script_"


def home_router() -> APIRouter:
    """Return the routes of ``/`` and of its files; what it shows it asks of ``/demo/state``, which is not here."""
    assets = load_assets(STATIC, "/demo/static")
    environment = template_environment()
    wordings = load_texts(HERE / "home-texts.yaml")
    policy = content_policy(None, frames="'self'")

    def home(request: Request) -> Response:
        language = language_of(request)
        other = next(known for known in LANGUAGES if known != language)
        said = {
            key.removeprefix(SCRIPT_TEXTS): text[language]
            for key, text in wordings.items()
            if key.startswith(SCRIPT_TEXTS)
        }
        values = {
            "t": Texts(wordings, language),
            "language": language,
            "other_language": {"tag": other, "url": address_in(request, other)},
            "asset": assets.url,
            "script_texts": as_script_text(said),
        }
        response = html_response(environment, "home.html", values, policy=policy)
        keep_language(request, response)
        return response

    def static(request: Request, name: str) -> Response:
        return assets.respond(request, name)

    router = APIRouter(include_in_schema=False)
    router.add_api_route("/", home, methods=["GET"])
    router.add_api_route("/demo/static/{name:path}", static, methods=["GET"])
    return router
