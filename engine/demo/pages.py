"""How the demo's pages are made: templates, the language of a request, and the headers every page carries."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.demo.language import LANGUAGE_COOKIE, Language, choose_language, known_language, money

TEMPLATES: Final = Path(__file__).parent / "templates"
A_YEAR_S: Final = 31_536_000


def template_environment() -> Environment:
    """Return the templates' environment; whatever a template writes out is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["money"] = money
    return environment


def language_of(request: Request) -> Language:
    """Return the language this request's page is written in."""
    return choose_language(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language"),
    )


def address_in(request: Request, language: Language) -> str:
    """Return this page's own address, asking for another language."""
    kept = {key: value for key, value in request.query_params.items() if key in ("q",)}
    return f"{request.url.path}?{urlencode({**kept, 'lang': language})}"


def content_policy(snippet_src: str | None, *, frames: str = "'none'") -> str:
    """
    Return a strict Content-Security-Policy; no page of the demo needs an exception from it.

    A script tag from another host needs that host allowed, for the script and for what it talks to.
    """
    split = urlsplit(snippet_src or "")
    host = f" {split.scheme}://{split.netloc}" if split.netloc else ""
    directives = {
        "default-src": "'none'",
        "script-src": f"'self'{host}",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": f"'self'{host} ws: wss:",
        "frame-src": frames,
        "frame-ancestors": "'self'",
        "form-action": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def html_response(
    environment: Environment, template: str, values: dict[str, Any], *, policy: str, status: int = 200
) -> HTMLResponse:
    """Return a page made from ``template``; it is the shopper's own, so nobody between may keep it."""
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Cookie",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(environment.get_template(template).render(values), status, headers)


def keep_language(request: Request, response: Response) -> None:
    """Remember the language that the address asked for, if it asked for one we speak."""
    asked = known_language(request.query_params.get("lang"))
    if asked is not None:
        set_cookie(request, response, LANGUAGE_COOKIE, asked, path="/")


def set_cookie(request: Request, response: Response, name: str, value: str, *, path: str) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send along with a form."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=A_YEAR_S, path=path, httponly=True, samesite="lax", secure=secure)
