"""The gallery: every kind of popup in every look and language, drawn by the renderer that shops get."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Final
from urllib.parse import urlencode

import yaml
from fastapi import APIRouter, Request, Response
from fastapi.params import Depends

from engine.core.popup import render
from engine.core.popup_parts import Given, Product
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet
from engine.core.themes import Theme
from engine.demo.assets import load_assets
from engine.demo.pages import content_policy, html_response, template_environment
from engine.demo.structured import as_script_text

HERE: Final = Path(__file__).parent
TEXTS: Final = HERE / "gallery-texts"
LANGUAGES: Final = tuple(sorted(path.stem for path in TEXTS.glob("*.yaml")))
SITE: Final = 'currency: TWD\nchannels: {line: "@huan-goods", messenger: huan.goods}\n'
PICTURES: Final = "/gallery/static/shop/products"
CART_VALUE: Final = 880

OWN: Final = "own"
THEMES: Final[dict[str, Theme | None]] = {
    "plain": None,
    "clay": Theme(accent="#b0413e", ground="#fffaf5", text="#33302c", radius=12),
    "forest": Theme(accent="#2f6b4f", ground="#f7faf5", text="#1f2a24", radius=4, font="serif"),
    "candy": Theme(accent="#d6246e", ground="#fff7fb", text="#3a2230", radius=24, font="rounded", side="left"),
    "sun": Theme(accent="#ffd400", ground="#ffffff", text="#222222", radius=8, dark="never"),
    "night": Theme(accent="#7cc4ff", ground="#16181d", text="#eef1f5", radius=12, dark="never"),
    "paper": Theme(accent="#111111", ground="#fdfcf8", text="#222222", radius=0, font="mono"),
}
"""Looks that differ in all that a theme can say; ``plain`` is a site that has set none."""


class Gallery:
    """The gallery's pages. ``own_theme`` returns the theme of a site, empty for whoever needed no key to look."""

    def __init__(self, renderer: str, own_theme: Callable[[str], Theme | None]) -> None:
        self.renderer = renderer
        self.own_theme = own_theme
        self.assets = load_assets(HERE / "static", "/gallery/static")
        self.environment = template_environment()

    def index(self, request: Request) -> Response:
        """Show all kinds in one look and one language."""
        theme, language = self._chosen(request)
        values = {
            "asset": self.assets.url,
            "kinds": KINDS,
            "choices": [("theme", self._themes(request), theme), ("language", LANGUAGES, language)],
            "stage": lambda kind: "/gallery/popup?" + urlencode({"kind": kind, "theme": theme, "language": language}),
        }
        policy = content_policy(None, frames="'self'")
        return html_response(self.environment, "gallery/index.html", values, policy=policy)

    def stage(self, request: Request) -> Response:
        """Show one popup in a page of a shop."""
        kind = request.query_params.get("kind", "")
        if kind not in KINDS:
            return Response("there is no such popup", 404, media_type="text/plain")
        theme, language = self._chosen(request)
        look = self._themes(request)[theme]
        popup = popup_of(kind, language, look)
        values = {
            "asset": self.assets.url,
            "kind": kind,
            "night": theme == "night",
            "popup": popup,
            "popup_text": as_script_text(popup),
            "products": popup_of("products", language, look)["products"],
            "renderer": self.renderer,
            "shop": texts_of(language)["shop"],
        }
        return html_response(self.environment, "gallery/stage.html", values, policy=content_policy(None))

    def static(self, request: Request, name: str) -> Response:
        """Return a file of the gallery."""
        return self.assets.respond(request, name)

    def _themes(self, request: Request) -> dict[str, Theme | None]:
        own = self.own_theme(getattr(request.state, "site", ""))
        return THEMES if own is None else {OWN: own, **THEMES}

    def _chosen(self, request: Request) -> tuple[str, str]:
        """Return the look and the language that the address asks for, or the first of each."""
        themes = self._themes(request)
        theme = request.query_params.get("theme", "")
        language = request.query_params.get("language", "")
        return theme if theme in themes else next(iter(themes)), language if language in LANGUAGES else "en"


def popup_of(kind: str, language: str, theme: Theme | None) -> dict[str, Any]:
    """Return one popup of the gallery as the renderer takes it."""
    rules = rules_in(language)
    (show,) = rules.by_id[kind].rule.shows
    site = replace(rules.site, theme=theme)
    given = Given(seed="a turn of the gallery's", products=_products(language), reference="gallery")
    return render(show, lambda _: CART_VALUE, language, site, given)


@cache
def texts_of(language: str) -> dict[str, str]:
    """Return the gallery's texts in a language."""
    texts: dict[str, str] = yaml.safe_load((TEXTS / f"{language}.yaml").read_text("utf-8"))
    return texts


@cache
def rules_in(language: str) -> RuleSet:
    """Return the gallery's popups in a language, read as a shop's rules are."""
    written = {name: json.dumps(text, ensure_ascii=False) for name, text in texts_of(language).items()}
    text = Template((HERE / "gallery-popups.yaml").read_text("utf-8")).substitute(written)
    return read_rules({"gallery.yaml": text, "site.yaml": f"{SITE}languages: [{language}]\n"})


def _products(language: str) -> tuple[Product, ...]:
    named = {"ash-mug": ("mug", 680), "indigo-cloth": ("cloth", 420), "canvas-tote": ("tote", 980)}
    texts = texts_of(language)
    return tuple(
        Product(sku, texts[name], price, "TWD", f"{PICTURES}/{sku}.svg", "/gallery/")
        for sku, (name, price) in named.items()
    )


KINDS: Final = tuple(rules_in("en").by_id)


def gallery_router(
    renderer: str, own_theme: Callable[[str], Theme | None], guards: Sequence[Depends] = ()
) -> APIRouter:
    """Return the routes of the gallery; ``guards`` say who may look, ``renderer`` is the built renderer's address."""
    gallery = Gallery(renderer, own_theme)
    router = APIRouter(prefix="/gallery", include_in_schema=False, dependencies=guards)
    router.add_api_route("/", gallery.index, methods=["GET"])
    router.add_api_route("/popup", gallery.stage, methods=["GET"])
    router.add_api_route("/static/{name:path}", gallery.static, methods=["GET"])
    return router
