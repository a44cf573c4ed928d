"""Shops of no platform: what their data layers, forms and addresses say is heard once, and nothing of them breaks."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.ledger import Ledger
from tests.e2e.shops.front import CUP, MUG, Front
from tests.e2e.shops.plain import Tagged, Workshop
from tests.e2e.shops.stroll import Stroll
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

Enter = Callable[[type[Front]], Stroll]

GTAG = "window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments) };"
STUB = "window.shopbell = window.shopbell || function () { (shopbell.q = shopbell.q || []).push(arguments) };"
MANAGER = """
  window.managed = [];
  const found = dataLayer.push;
  dataLayer.push = function (...entries) { managed.push(...entries); return found.apply(this, entries) };
"""
SEGMENT_STUB = """
  window.analytics = [];
  for (const name of ["track", "page", "on"]) analytics[name] = (...args) => analytics.push([name, ...args]);
"""
SEGMENT = """
  const early = window.analytics;
  const heard = [];
  window.analytics = {
    on: (name, act) => heard.push(act),
    track: (name, props) => heard.forEach((act) => act(name, props)),
  };
  setTimeout(() => early.filter(([name]) => name === "track").forEach(([, ...args]) => analytics.track(...args)), 300);
"""


def tagged(**scripts: str) -> type[Tagged]:
    """Return a shop with these scripts in its pages, by path."""
    return type("Shop", (Tagged,), {"scripts": {f"/{path}": text for path, text in scripts.items()}})


def ids(heard: list[dict[str, Any]]) -> list[str]:
    """Return what the items of events are called."""
    return [item["item_id"] for each in heard for item in each["items"]]


def test_data_layer_is_heard_in_all_its_forms(stroll: Enter) -> None:
    tab = stroll(tagged(varukorg=GTAG + Tagged.push("add_to_cart", MUG)))
    assert tab.go("/varukorg")["kind"] == "cart"
    call = Tagged.entry("add_to_cart", CUP)["ecommerce"]
    tab.page.evaluate(f"() => gtag('event', 'add_to_cart', {json.dumps(call)})")
    tab.wait("add_to_cart", lambda heard: ids(heard) == ["MUG-1", "CUP-1"])
    tab.page.evaluate(f"() => {{ {MANAGER} {Tagged.push('view_item', CUP)} }}")
    assert tab.page.evaluate("[managed.length, dataLayer.length]") == [1, 3]
    tab.page.evaluate(
        f"() => {{ dataLayer = [{json.dumps(Tagged.entry('begin_checkout', MUG))}]; document.body.append('') }}"
    )
    tab.page.evaluate(f"() => {{ {Tagged.push('add_to_wishlist', CUP)} }}")
    tab.wait("add_to_wishlist", bool)
    assert [ids(tab.heard(name)) for name in ("add_to_cart", "view_item", "begin_checkout", "add_to_wishlist")] == [
        ["MUG-1", "CUP-1"], ["CUP-1"], ["MUG-1"], ["CUP-1"],
    ]  # fmt: skip
    assert tab.complaints == []


def test_cart_that_only_events_tell_of_is_added_up_until_it_is_ordered(stroll: Enter) -> None:
    order = Tagged.entry("purchase", MUG, 2)
    order["ecommerce"]["transaction_id"] = "T-1"
    thanks = f"dataLayer.push({json.dumps(order)}); shopbell('event', 'purchase', {json.dumps(order['ecommerce'])});"
    tab = stroll(tagged(shop=GTAG, thanks=GTAG + STUB + thanks))
    tab.go("/shop")
    twice = Tagged.push("add_to_cart", MUG)
    tab.page.evaluate(f"() => {{ {twice} {twice} {Tagged.push('add_to_cart', CUP)} }}")
    tab.shop.put(MUG.id, 1)
    tab.shop.put(CUP.id, 1)
    assert tab.cart(36.5, 2) == (36.5, 2)
    tab.page.evaluate(f"() => {{ {Tagged.push('remove_from_cart', CUP)} }}")
    tab.shop.cart = {MUG.id: 1}
    assert tab.cart(24.5, 1) == (24.5, 1)
    for _ in range(2):
        tab.go("/thanks")
    tab.settle()
    assert [each["transaction_id"] for each in tab.heard("purchase")] == ["T-1"]
    assert tab.heard("cart")[-1]["items"] == []


def test_segment_is_heard_before_and_after_its_library_has_come(stroll: Enter) -> None:
    added = "analytics.track('Product Added', {product_id: '507f', name: 'Mug', price: 24.5, quantity: 1});"
    tab = stroll(tagged(shop=SEGMENT_STUB + added))
    tab.go("/shop")
    tab.wait("add_to_cart", bool)
    tab.page.evaluate(f"() => {{ {SEGMENT}; document.body.append('') }}")
    tab.settle()
    tab.page.evaluate("() => analytics.track('Products Searched', {query: 'mug'})")
    assert tab.wait("search", bool) == [{"search_term": "mug"}]
    assert ids(tab.heard("add_to_cart")) == ["507f"]


def test_plain_shop_is_read_by_its_addresses_its_markup_and_its_forms(stroll: Enter) -> None:
    tab = stroll(Workshop)
    assert (tab.go("/一覧")["kind"], tab.go("/about")["kind"]) == ("category", "other")
    view = tab.go("/items/101")
    assert (view["kind"], view["product"]["id"], view["product"]["price"]) == ("product", "101", 24.5)
    tab.press("button")
    tab.page.wait_for_url("**/%E3%82%AB%E3%83%BC%E3%83%88")
    assert tab.here()["kind"] == "cart"
    assert tab.cart(49.0, 2) == (49.0, 2)
    tab.settle()
    assert [each["items"][0]["quantity"] for each in tab.heard("add_to_cart")] == [2]
    assert tab.complaints == []


def test_site_says_which_kind_of_page_an_address_is(stroll: Enter, ledger: Ledger) -> None:
    tab = stroll(Workshop)
    assert tab.go("/my-things")["kind"] == "other"
    tab.go("/till/pay")
    visitor = tab.visitor
    wait_for(lambda: ledger.count(visitor, "views:cart") == 1 and ledger.count(visitor, "views:checkout") == 1)
