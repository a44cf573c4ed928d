"""What the reference says in tables is what the code says."""

from pathlib import Path

import pytest

from tests.docs.pages import name_of
from tests.docs.render import COMMAND, PAGES, render


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_rendered_tables_are_current(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text == render(text), f"{name_of(page)} is not what the code says, run: {COMMAND}"
