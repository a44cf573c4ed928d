"""Links lead somewhere: to a file of the repository, and to a heading that is there."""

from pathlib import Path

import pytest

from tests.docs.pages import CHECKOUT, DOCS, all_pages, anchors, links, name_of


@pytest.mark.parametrize("page", all_pages(), ids=name_of)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    lost = [target for target in links(page) if not target.startswith(("http:", "https:")) and not leads(page, target)]
    assert lost == []


def leads(page: Path, target: str) -> bool:
    """Tell whether a relative link of a page leads to a file, and to a heading in it."""
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists() or not file.is_relative_to(CHECKOUT):
        return False
    return not anchor or anchor in anchors(file)


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    index = DOCS / "README.md"
    linked = {(DOCS / target.partition("#")[0]).resolve() for target in links(index)}
    missing = {page for page in DOCS.rglob("*.md") if page != index} - linked
    assert {name_of(page) for page in missing} == set()
