"""Puts the compiled hot path into a wheel: ``HATCH_BUILD_HOOK_ENABLE_CUSTOM=1 python -m build --wheel``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledHotPath(BuildHookInterface[Any]):
    """Without it the wheel is pure Python, and does the same. With it the wheel is for one Python on one system."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, and add what came of it."""
        sys.path.insert(0, self.root)
        from tools.compile_engine import compile_into

        folder = Path(self.root, ".cache", "wheel")
        compile_into(folder)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        for made in folder.rglob("*.so"):
            build_data["force_include"][str(made)] = str(made.relative_to(folder))
