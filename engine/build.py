"""Which build of the engine this is: its hot path compiled, or pure Python. They do the same."""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec

COMPILED, PURE = "compiled", "pure Python"


def build() -> str:
    """Return what the engine's hot path is run as."""
    found = find_spec("engine.pipeline")
    is_compiled = found is not None and (found.origin or "").endswith(tuple(EXTENSION_SUFFIXES))
    return COMPILED if is_compiled else PURE
