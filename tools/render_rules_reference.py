"""
Render the rule language's reference from the code: ``python -m tools.render_rules_reference``.

Writes the marked tables of rules/README.md and the two schemas beside it. A test holds them current.
"""

from __future__ import annotations

import json
from pathlib import Path

from engine.core.reference import render_page
from engine.core.rule_schema import rule_schema, site_schema

RULES = Path(__file__).parent.parent / "rules"


def rendered() -> dict[Path, str]:
    """Return every file that is rendered, with the text it should have."""
    readme = RULES / "README.md"
    schemas = {RULES / "rule.schema.json": rule_schema(), RULES / "site.schema.json": site_schema()}
    texts = {path: json.dumps(schema, ensure_ascii=False, indent=2) + "\n" for path, schema in schemas.items()}
    return {readme: render_page(readme.read_text("utf-8"))} | texts


def main() -> None:
    """Write them."""
    for path, text in rendered().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
