"""The views of a single-page shop are exactly the routes it showed."""

import pytest
from playwright.sync_api import Page

from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.e2e.visit import Visit, visitor_of, wait_until_old, wait_until_told

pytestmark = pytest.mark.e2e

SETTLED_MS = 250
"""After so long, a change of address that is a view has been told."""

STEPS = [
    ("history.pushState(null, '', '/tea')", {"/tea": 1}),
    ("history.replaceState({at: 5}, '', location.href)", {}),
    ("history.replaceState(null, '', '/tea?sort=price')", {}),
    ("history.replaceState({at: 9}, '', location.href), history.pushState(null, '', '/tea/mug')", {"/tea/mug": 1}),
    ("location.hash = 'reviews'", {}),
    ("history.pushState(null, '', '/moved'), history.replaceState(null, '', '/paper')", {"/paper": 1}),
    ("history.back()", {"/tea/mug": 1}),
    ("history.go(-2)", {"/tea": 1}),
    ("history.forward()", {"/tea/mug": 1}),
    ("location.hash = '#/cups'", {"/tea/mug": 1}),
]


def take(page: Page, step: str, shown: str) -> None:
    """Do what a router does; when the page is where that leads, which takes a browser its time, let it settle."""
    page.evaluate(f"() => {{ {step} }}")
    page.wait_for_function("path => location.pathname === path", arg=shown)
    wait_until_old(page, page.evaluate("performance.now()") + SETTLED_MS)
    wait_until_told(page)


@pytest.mark.parametrize("has_navigation", [True, False], ids=["navigation API", "history"])
def test_every_route_counts_once_and_nothing_else_does(
    visit: Visit, shop: Shop, ledger: Ledger, has_navigation: bool
) -> None:
    page = visit.new_tab()
    if not has_navigation:
        page.add_init_script("delete window.navigation")
    page.goto(shop.url + "/")
    wait_until_told(page)
    expected, shown = {"/": 1}, "/"
    for step, views in STEPS:
        shown = next(iter(views), shown)
        take(page, step, shown)
        for path, count in views.items():
            expected[path] = expected.get(path, 0) + count
        assert ledger.views(visitor_of(page)) == expected, step
