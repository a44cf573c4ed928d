"""
Render the operator's reference from the code: ``python -m tools.render_operating_reference``.

Writes what stands between the markers ``<!-- NAME -->`` and ``<!-- end -->`` of docs/reference/operating.md. A test
holds it current.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from engine.edge.metrics import HISTOGRAMS, NUMBERS, TALLIES
from engine.settings import OPTIONS, Settings

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "operating.md"
_SECTION = re.compile(r"<!-- (settings|metrics) -->\n.*?<!-- end -->", re.S)


def render_page(page: str) -> str:
    """Return the page with its tables rendered anew."""
    tables = {"settings": _settings(), "metrics": _metrics()}
    return _SECTION.sub(lambda match: f"<!-- {match[1]} -->\n\n{tables[match[1]]}\n\n<!-- end -->", page)


def _settings() -> str:
    def default(name: str) -> str:
        value = getattr(Settings(), name)
        return "" if value is None else f"`{value:g}`" if isinstance(value, float) else f"`{value}`"

    rows = [(f"`{each.flag}`", f"`{each.variable}`", default(each.name), each.help, each.expected) for each in OPTIONS]
    return _table(("flag", "variable", "default", "what it sets", "takes"), rows)


def _metrics() -> str:
    rows = [
        ("`shopbell_info`", "`version`", "The engine's version"),
        ("`shopbell_connections`", "", "Streams open now"),
        *((f"`shopbell_{name}_total`", "", said) for name, said in NUMBERS.items()),
        *((f"`shopbell_{name}_total`", ", ".join(map("`{}`".format, labels)), said)
          for name, (said, labels) in TALLIES.items()),
        *((f"`shopbell_{name}_seconds`", "histogram", said) for name, said in HISTOGRAMS.items()),
    ]  # fmt: skip
    return _table(("metric", "labels", "what it counts"), rows)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(heads), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Write it."""
    PAGE.write_text(render_page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
