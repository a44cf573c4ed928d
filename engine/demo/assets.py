"""Static files of the demo, kept in memory: pictures, style sheets and the home page's script."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import Request, Response

MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
A_YEAR: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "public, no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; ``tag`` is a hash of its content."""

    body: bytes
    gzipped: bytes
    media_type: str
    tag: str


@dataclass(frozen=True, slots=True)
class Assets:
    """
    The files of one folder, by their names below it.

    Only what was in the folder at start can be asked for, so no name can lead out of it.
    """

    prefix: str
    files: Mapping[str, Asset]

    def url(self, name: str) -> str:
        """Return the address of a file; it changes with the content, so it may be cached for good."""
        return f"{self.prefix}/{name}?v={self.files[name].tag}"

    def respond(self, request: Request, name: str) -> Response:
        """Return the file called ``name``, or 404."""
        asset = self.files.get(name)
        if asset is None:
            return Response("there is no such file", 404, media_type="text/plain")
        headers = {
            "ETag": f'"{asset.tag}"',
            "Cache-Control": A_YEAR if request.query_params.get("v") == asset.tag else ASK_AGAIN,
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if asset.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.gzipped, headers={**headers, "Content-Encoding": "gzip"}, media_type=asset.media_type)
        return Response(asset.body, headers=headers, media_type=asset.media_type)


def load_assets(folder: Path, prefix: str) -> Assets:
    """Return the files below ``folder`` that have a media type of ours, to be served below ``prefix``."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in MEDIA_TYPES)
    return Assets(prefix, {path.relative_to(folder).as_posix(): read_asset(path) for path in found})


def read_asset(path: Path) -> Asset:
    body = path.read_bytes()
    tag = hashlib.sha256(body).hexdigest()[:12]
    return Asset(body, gzip.compress(body, 9, mtime=0), MEDIA_TYPES[path.suffix], tag)
