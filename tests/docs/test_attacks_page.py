"""Every test that the page of attacks names is there."""

from __future__ import annotations

import re

from tests.docs.pages import CHECKOUT, DOCS

PAGE = DOCS / "reference" / "attacks.md"
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_attack_names_a_test_that_is_there() -> None:
    named = _NAMED.findall(PAGE.read_text("utf-8"))
    assert len(named) > 60
    missing = [f"{path}::{name}" for path, name in named if f"def {name}(" not in (CHECKOUT / path).read_text("utf-8")]
    assert missing == []


def test_every_row_names_one() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ") and "---" not in line]
    bare = [row for row in rows if not _NAMED.search(row) and not row.startswith("| attack |")]
    assert [row.split(" | ")[0] for row in bare if "make audit" not in row] == []
