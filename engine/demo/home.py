"""The demo's own home page: what to do in the shop, and live what the engine sees of this visitor."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from engine.demo.assets import load_assets
from engine.demo.catalog import HERE, load_texts
from engine.demo.language import LANGUAGES, Language, Texts
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


class Home:
    """The home page and its files; what it shows it asks of ``/demo/state``, which is not here."""

    def __init__(self) -> None:
        self.assets = load_assets(STATIC, "/demo/static")
        self.environment = template_environment()
        self.wordings = load_texts(HERE / "home-texts.yaml")
        self.policy = content_policy(None, frames="'self'")

    def page(self, request: Request) -> Response:
        language = language_of(request)
        other = next(known for known in LANGUAGES if known != language)
        values = {
            "t": Texts(self.wordings, language),
            "language": language,
            "other_language": {"tag": other, "url": address_in(request, other)},
            "asset": self.assets.url,
            "script_texts": as_script_text(self.script_texts(language)),
        }
        response = html_response(self.environment, "home.html", values, policy=self.policy)
        keep_language(request, response)
        return response

    def script_texts(self, language: Language) -> dict[str, str]:
        """Return the wordings that the page's script says."""
        said = (key for key in self.wordings if key.startswith(SCRIPT_TEXTS))
        return {key.removeprefix(SCRIPT_TEXTS): self.wordings[key][language] for key in said}

    def static(self, request: Request, name: str) -> Response:
        return self.assets.respond(request, name)


def home_router() -> APIRouter:
    """Return the routes of ``/`` and of its files."""
    home = Home()
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/", home.page, methods=["GET"])
    router.add_api_route("/demo/static/{name:path}", home.static, methods=["GET"])
    return router
