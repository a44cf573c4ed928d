"""Popups of products: shown with what there is to show, and held back where there is nothing."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.golden import read_sessions, run_session
from engine.core.popup_parts import Given, Product
from tests.edge.tabs import rules_of
from tests.stations import Stations

RECENT = """
- rule: seen
  when: [page is cart]
  show: {products: {title: Seen a moment ago, from: recently_viewed}}
"""
NEW = """
- rule: new
  when: [page is cart]
  show: {products: {title: New, from: new}}
"""
SITE = """
holdout: 0%
policy: {quiet: 0s, popups_per_session: 9}
feeds: {new: {url: "https://shop.example/new.json"}}
"""


def mug(product_id: str = "mug") -> dict[str, Any]:
    return {"id": product_id, "name": f"A {product_id}", "price": 680, "currency": "TWD"}


async def test_popup_shows_what_the_session_looked_at() -> None:
    stations = Stations(rules_of(RECENT, SITE))
    await stations.views("product", product=mug())
    await stations.views("product", product=mug("towel"))
    await stations.views("cart")
    (show,) = stations.of("show")
    assert show["popup"]["products"] == [
        {"id": "towel", "name": "A towel", "url": "/product", "price": "NT$680"},
        {"id": "mug", "name": "A mug", "url": "/product", "price": "NT$680"},
    ]


async def test_popup_without_a_product_holds() -> None:
    stations = Stations(rules_of(RECENT, SITE))
    await stations.views("cart")
    assert stations.of("show") == []
    assert stations.counts["held seen no_products"] == 1
    assert stations.store.claims == []


@pytest.mark.parametrize("names", [["Mug"], []])
async def test_popup_shows_what_a_feed_has(names: list[str]) -> None:
    stations = Stations(rules_of(NEW, SITE))
    products = tuple(Product(name, name, url="/") for name in names)
    stations.arbiter.given_to = lambda _tab, _show: Given(products=products)
    await stations.views("cart")
    assert [each["popup"]["products"][0]["name"] for each in stations.of("show")] == names


def test_golden_sessions_hold_a_popup_without_a_product() -> None:
    sessions = """
- session: nothing looked at yet
  events:
    - {page_view: {kind: cart, url: /cart}}
  holds: {seen: no_products}
- session: a mug
  events:
    - {page_view: {kind: product, url: /p/mug, product: {id: mug, name: Mug}}}
    - {page_view: {kind: cart, url: /cart}}
  fires: [seen]
"""
    rules = rules_of(RECENT, SITE)
    outcomes = [run_session(rules, each) for each in read_sessions({"a.yaml": sessions})]
    assert [str(each) for each in outcomes if not each.passed] == []
