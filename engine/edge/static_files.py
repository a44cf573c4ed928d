"""The snippet as browsers get it: read once, compressed beforehand, and cached as long as its name allows."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from fastapi import APIRouter, Request, Response

from engine.refusal import Refusal

CORE_CACHE = "public, max-age=3600"
"""The snippet's name stands in the shop's pages and never changes: a new one is everywhere within an hour."""

HASHED_CACHE = "public, max-age=31536000, immutable"
"""A name with the hash of its content is of that content for ever."""

_HEADERS = {
    "Content-Type": "text/javascript; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""By preference, with the ending of the file that holds it."""

_PART_OF_CORE = re.compile(r"([a-z])\.[0-9a-f]+\.js")
"""What the core asks for by one letter and a hash; the parts of those parts have a name in between."""


class BadSnippet(Refusal):
    """The built snippet is not whole; the sentence names what is missing."""


@dataclass(frozen=True, slots=True)
class Script:
    """One script with its compressed forms, by encoding; "identity" is the plain one."""

    name: str
    bodies: dict[str, bytes]
    cache: str

    def answer(self, request: Request) -> Response:
        """Return the form that the browser takes, or 304 if it has it."""
        encoding = best_encoding(request.headers.get("accept-encoding", ""), self.bodies)
        body = self.bodies[encoding]
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        headers = {**_HEADERS, "Cache-Control": self.cache, "ETag": etag}
        if _names(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=headers)
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        headers["Content-Length"] = str(len(body))
        return Response(b"" if request.method == "HEAD" else body, headers=headers)


def snippet_router(folder: Path) -> APIRouter:
    """Return the routes of the scripts that ``manifest.json`` names. Raises BadSnippet."""
    core, *hashed = _manifest(folder)
    scripts = [_script(folder, core, CORE_CACHE), *(_script(folder, name, HASHED_CACHE) for name in hashed)]
    router = APIRouter()
    for script in scripts:
        router.add_api_route(f"/{script.name}", script.answer, methods=["GET", "HEAD"], include_in_schema=False)
    # for an hour after an upgrade pages have the s.js of before, which asks for its own renderer and its own other
    # parts: it gets these. A renderer of before gets no chunk of this one, as they fit only each other: it does without
    for script in scripts[1:]:
        part = _PART_OF_CORE.fullmatch(script.name)
        if part is not None:
            newest = replace(script, cache="no-cache")
            path = f"/{part[1]}.{{stamp}}.js"
            router.add_api_route(path, newest.answer, methods=["GET", "HEAD"], include_in_schema=False)
    return router


def renderer_address(folder: Path) -> str:
    """Return the path at which the built renderer is served. Raises BadSnippet."""
    return "/" + _manifest(folder)[1]


def best_encoding(accepted: str, offered: dict[str, bytes]) -> str:
    """Return the first of our encodings that an Accept-Encoding header takes; one it gives ``q=0`` it does not."""
    takes = {}
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        takes[name.strip()] = quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    for name in _ENCODINGS:
        if name in offered and takes.get(name, takes.get("*", False)):
            return name
    return "identity"


def _manifest(folder: Path) -> list[str]:
    """Return the names of the core, of the renderer, and of the renderer's chunks."""
    try:
        names = json.loads((folder / "manifest.json").read_text("utf-8"))
        return [Path(name).name for name in (names["core"], names["popups"], *names["chunks"])]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadSnippet(f"the built snippet in {folder} is not whole: manifest.json: {error}") from error


def _script(folder: Path, name: str, cache: str) -> Script:
    try:
        bodies = {"identity": (folder / name).read_bytes()}
        bodies |= {encoding: (folder / f"{name}{ending}").read_bytes() for encoding, ending in _ENCODINGS.items()}
    except OSError as error:
        raise BadSnippet(f"the built snippet in {folder} is not whole: {error}") from error
    return Script(name, bodies, cache)


def _names(if_none_match: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or "*" in tags
