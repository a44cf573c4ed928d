"""The lines of ``site.yaml`` that say what kind of page an address is."""

from __future__ import annotations

import json
import re

_BARE = re.compile(r"/[\w./~-]*(\*)?")
_MANY = ("product", "category")
"""Kinds of which a shop has many pages, mostly below one part of its addresses."""


def lines_for(kind: str, path: str) -> str:
    """Return them for a readable path; of a kind with many pages, for all that stand beside this one."""
    folder, _, name = path.rpartition("/")
    pattern = f"{folder}/*" if kind in _MANY and folder and name else path
    return f"pages:\n  {kind}: {pattern if _BARE.fullmatch(pattern) else json.dumps(pattern, ensure_ascii=False)}"
