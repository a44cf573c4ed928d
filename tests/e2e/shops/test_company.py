"""Beside the readers: a merchant who reports by himself, and a page that is against everybody."""

import json
import re
from collections.abc import Callable

import pytest

from tests.e2e.shops.front import MUG, Front
from tests.e2e.shops.plain import Tagged
from tests.e2e.shops.stroll import Stroll
from tests.e2e.shops.test_layers import GTAG, ids, tagged

pytestmark = pytest.mark.e2e

Enter = Callable[[type[Front]], Stroll]


def test_what_the_merchant_says_with_a_call_is_not_counted_twice(stroll: Enter) -> None:
    tab = stroll(tagged(shop=GTAG))
    tab.go("/shop")
    said = json.dumps(Tagged.entry("add_to_cart", MUG)["ecommerce"])
    tab.page.evaluate(f"() => {{ shopbell('event', 'add_to_cart', {said}); {Tagged.push('add_to_cart', MUG)} }}")
    tab.settle()
    assert ids(tab.heard("add_to_cart")) == ["MUG-1"]


def test_tag_manager_names_the_site_in_the_address_of_the_script(stroll: Enter) -> None:
    tab = stroll(tagged())
    source = re.sub(r'.*src="([^"]+)" data-site="(\w+)".*', r"\1?site=\2", tab.shop.tag)
    tab.shop.tag = f"""<script>
      const script = document.createElement("script"); script.async = true; script.src = "{source}";
      document.head.append(script);
    </script>"""
    assert tab.go("/")["kind"] == "home"


HOSTILE = """
  Object.prototype.items = [{item_id: "x"}]; Object.prototype.event = "purchase"; Object.prototype.transaction_id = 1;
  Array.prototype.flatMap = Array.prototype.includes = () => { throw new Error("mine") };
  window.dataLayer = [Object.freeze({event: "add_to_cart"}), null, 7,
    new Proxy({}, {get() { throw new Error("mine") }}), {get event() { throw new Error("mine") }}];
  window.analytics = {on() { throw new Error("mine") }};
  window.Shopify = {get routes() { throw new Error("mine") }}; window.ShopifyAnalytics = {meta: 3};
  window.prestashop = {on: 5, cart: "x", page: null}; window.activeRoute = {};
"""


def test_hostile_page_hears_nothing_of_the_readers(stroll: Enter) -> None:
    tab = stroll(tagged(bad=HOSTILE))
    tab.page.goto("/bad")
    tab.page.wait_for_timeout(0)
    tab.page.evaluate("() => { dataLayer.push({event: 'mine'}); document.body.append('') }")
    since = tab.page.evaluate("performance.now()")
    tab.page.wait_for_function(f"performance.now() > {since + 1_000}")
    assert tab.page.evaluate("[dataLayer.length, watched.thrown.length]") == [6, 0]
    assert tab.complaints == []
