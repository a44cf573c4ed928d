"""A walk through a shop of each platform: what the engine has heard is what the shop itself says."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.shops.bigcommerce import BigCommerce
from tests.e2e.shops.evershop import EverShop
from tests.e2e.shops.front import Front
from tests.e2e.shops.magento import Magento
from tests.e2e.shops.prestashop import PrestaShop
from tests.e2e.shops.shopify import Shopify
from tests.e2e.shops.shopware import OldShopware, Shopware
from tests.e2e.shops.stroll import Stroll
from tests.e2e.shops.woocommerce import WooCommerce

pytestmark = pytest.mark.e2e


Enter = Callable[[type[Front]], Stroll]


def product(view: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a page view says of its product."""
    said = view.get("product") or {}
    return view["kind"], said.get("id"), said.get("name"), said.get("price"), said.get("currency")


def added(stroll: Stroll, times: int) -> list[list[tuple[str, float]]]:
    """Wait until so many adds and nothing more can be told; return what went into the cart, event by event."""
    stroll.wait("add_to_cart", lambda heard: len(heard) >= times)
    stroll.settle()
    return [
        [(item["item_id"], item.get("quantity", 1)) for item in each["items"]] for each in stroll.heard("add_to_cart")
    ]


def test_shopify_is_read_from_its_globals_and_its_cart(stroll: Enter) -> None:
    tab = stroll(Shopify)
    assert [tab.go(path)["kind"] for path in ("/", "/collections/all", "/search", "/pages/about")] == [
        "home", "category", "search", "other",
    ]  # fmt: skip
    assert product(tab.go("/products/ash-mug")) == ("product", "101", "Ash mug", 24.5, "EUR")
    tab.press("[name=add]")
    assert tab.cart(24.5, 1) == (24.5, 1)
    tab.press("[name=add]")
    assert tab.cart(49.0, 2) == (49.0, 2)
    assert added(tab, 2) == [[("101", 1)], [("101", 1)]]
    tab.go("/products/oak-cup")
    tab.press("[name=add]")
    assert tab.here()["kind"] == "cart"
    assert tab.cart(61.0, 3) == (61.0, 3)
    tab.press("#less")
    assert tab.cart(36.5, 2) == (36.5, 2)
    assert added(tab, 3) == [[("101", 1)], [("101", 1)], [("102", 1)]]
    assert [each["items"][0]["quantity"] for each in tab.heard("remove_from_cart")] == [1]
    assert tab.complaints == []


def test_woocommerce_is_read_by_its_events_and_its_store_api(stroll: Enter) -> None:
    tab = stroll(WooCommerce)
    assert [tab.go(path)["kind"] for path in ("/", "/shop/")] == ["home", "category"]
    tab.press("text=Add Oak cup")
    assert tab.cart(12.0, 1) == (12.0, 1)
    assert product(tab.go("/product/ash-mug/")) == ("product", "101", "Ash mug", 24.5, "EUR")
    tab.press("#block-add")
    assert tab.cart(36.0, 3) == (36.0, 3)
    tab.press(".single_add_to_cart_button")
    tab.page.wait_for_url("**/101-mug/")
    assert product(tab.here()) == ("product", "101", "Ash mug", 24.5, "EUR")
    assert tab.cart(60.5, 4) == (60.5, 4)
    assert added(tab, 3) == [[("102", 1)], [("102", 2)], [("101", 1)]]
    assert [tab.go(path)["kind"] for path in ("/cart/", "/checkout/")] == ["cart", "checkout"]
    assert tab.go("/checkout/order-received/1042/?key=wc_order_x")["kind"] == "thanks"
    (order,) = tab.wait("purchase", bool)
    assert (order["transaction_id"], order["value"], order["currency"]) == ("1042", 60.5, "EUR")
    assert sum(item["quantity"] for item in order["items"]) == 4
    assert tab.cart(0, 0) == (0, 0)
    assert (tab.heard("remove_from_cart"), tab.complaints) == ([], [])


def test_woocommerce_handlers_that_stood_on_the_body_are_still_called(stroll: Enter) -> None:
    tab = stroll(WooCommerce)
    tab.page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { document.body.onadded_to_cart = () => { window.mine = 1 } })"
    )
    tab.go("/shop/")
    tab.press("text=Add Oak cup")
    assert tab.cart(12.0, 1) == (12.0, 1)
    assert tab.page.evaluate("mine") == 1


def test_magento_is_read_from_its_body_and_the_browsers_storage(stroll: Enter) -> None:
    tab = stroll(Magento)
    paths = ("/", "/ceramics.html", "/catalogsearch/result/?q=mug")
    assert [tab.go(path)["kind"] for path in paths] == ["home", "category", "search"]
    assert product(tab.go("/ash-mug.html")) == ("product", "MUG-1", "Ash mug", 24.5, "EUR")
    tab.page.fill("[name=qty]", "2")
    tab.press("#product-addtocart-button")
    assert tab.cart(49.0, 2) == (49.0, 2)
    tab.go("/oak-cup.html")
    tab.press("#product-addtocart-button")
    assert tab.cart(61.0, 3) == (61.0, 3)
    assert added(tab, 2) == [[("MUG-1", 2)], [("CUP-1", 1)]]
    assert tab.go("/checkout/cart/")["kind"] == "cart"
    tab.press("text=x")
    assert tab.cart(49.0, 2) == (49.0, 2)
    assert tab.go("/checkout/")["kind"] == "checkout"
    assert tab.go("/checkout/onepage/success/")["kind"] == "thanks"
    (order,) = tab.wait("purchase", bool)
    assert {key: order[key] for key in ("transaction_id", "value", "currency")} == {
        "transaction_id": "000000042", "value": 49.0, "currency": "EUR",
    }  # fmt: skip
    assert tab.complaints == []


def test_prestashop_is_read_from_its_global(stroll: Enter) -> None:
    tab = stroll(PrestaShop)
    assert [tab.go(path)["kind"] for path in ("/", "/3-ceramics", "/search?s=mug", "/content/4-about")] == [
        "home", "category", "search", "other",
    ]  # fmt: skip
    assert product(tab.go("/ceramics/101-ash-mug.html")) == ("product", "101", "Ash mug", 24.5, "EUR")
    tab.press("[data-button-action]")
    assert tab.cart(24.5, 1) == (24.5, 1)
    tab.press("[data-button-action]")
    assert tab.cart(49.0, 2) == (49.0, 2)
    assert added(tab, 2) == [[("101", 1)], [("101", 1)]]
    assert [tab.go(path)["kind"] for path in ("/cart?action=show", "/order")] == ["cart", "checkout"]
    assert tab.go("/order-confirmation?id_cart=7&id_order=9&key=k")["kind"] == "thanks"
    (order,) = tab.wait("purchase", bool)
    assert (order["transaction_id"], order["value"], order["currency"]) == ("XKBKNABJK", 49.0, "EUR")
    assert (tab.heard("remove_from_cart"), tab.complaints) == ([], [])


@pytest.mark.parametrize("release", [Shopware, OldShopware])
def test_shopware_is_read_from_its_routes_and_hidden_lines(stroll: Enter, release: type[Front]) -> None:
    tab = stroll(release)
    paths = ("/", "/Ceramics/", "/search?search=mug")
    assert [tab.go(path)["kind"] for path in paths] == ["home", "category", "search"]
    assert product(tab.go("/detail/ash-mug")) == ("product", "MUG-1", "Ash mug", 24.5, "EUR")
    tab.press(".btn-buy")
    assert tab.cart(24.5, 1) == (24.5, 1)
    tab.press(".btn-buy")
    assert tab.cart(49.0, 2) == (49.0, 2)
    assert added(tab, 2) == [[("MUG-1", 1)], [("MUG-1", 1)]]
    assert [tab.go(path)["kind"] for path in ("/checkout/cart", "/checkout/confirm")] == ["cart", "checkout"]
    assert tab.go("/checkout/finish?orderId=1")["kind"] == "thanks"
    (order,) = tab.wait("purchase", bool)
    said = [order[key] for key in ("transaction_id", "value", "tax", "shipping", "currency")]
    assert said == ["10042", 49.0, 3.9, 4.99, "EUR"]
    assert tab.complaints == []


def test_evershop_is_read_from_its_context_and_asked_again_after_a_change(stroll: Enter) -> None:
    tab = stroll(EverShop)
    paths = ("/", "/ceramics", "/search?keyword=mug", "/page/about")
    assert [tab.go(path)["kind"] for path in paths] == ["home", "category", "search", "other"]
    assert product(tab.go("/ceramics/ash-mug")) == ("product", "MUG-1", "Ash mug", 24.5, None)
    tab.press("[data-sku]")
    assert tab.cart(24.5, 1) == (24.5, 1)
    assert product(tab.go("/ceramics/oak-cup")) == ("product", "CUP-1", "Oak cup", 12, "EUR")
    tab.press("[data-sku]")
    assert tab.cart(36.5, 2) == (36.5, 2)
    assert added(tab, 2) == [[("MUG-1", 1)], [("CUP-1", 1)]]
    assert tab.go("/cart")["kind"] == "cart"
    tab.press("[data-remove]")
    assert tab.cart(24.5, 1) == (24.5, 1)
    assert [tab.go(path)["kind"] for path in ("/checkout", "/checkout/success/dbe7a34e")] == ["checkout", "thanks"]
    (order,) = tab.wait("purchase", bool)
    assert [order[key] for key in ("transaction_id", "value", "currency")] == ["10001", 24.5, "EUR"]
    assert [item["item_id"] for item in order["items"]] == ["MUG-1"]
    assert tab.cart(0, 0) == (0, 0)
    assert ([each["items"][0]["item_id"] for each in tab.heard("remove_from_cart")], tab.complaints) == (["CUP-1"], [])


def test_bigcommerce_is_read_from_its_theme_and_its_storefront_api(stroll: Enter) -> None:
    tab = stroll(BigCommerce)
    paths = ("/", "/ceramics/", "/search.php?search_query=mug", "/about-us/")
    assert [tab.go(path)["kind"] for path in paths] == ["home", "category", "search", "other"]
    view = tab.go("/ash-mug/")
    assert (product(view), view["product"]["stock"]) == (("product", "101", "Ash mug", 24.5, "EUR"), 7)
    tab.press("#form-action-addToCart")
    assert tab.cart(24.5, 1) == (24.5, 1)
    tab.go("/oak-cup/")
    tab.press("#form-action-addToCart")
    assert tab.cart(36.5, 2) == (36.5, 2)
    assert added(tab, 2) == [[("101", 1)], [("102", 1)]]
    assert tab.go("/cart.php")["kind"] == "cart"
    tab.press(".cart-remove")
    assert tab.cart(24.5, 1) == (24.5, 1)
    assert [tab.go(path)["kind"] for path in ("/checkout", "/checkout/order-confirmation")] == ["checkout", "thanks"]
    (order,) = tab.wait("purchase", bool)
    assert [order[key] for key in ("transaction_id", "value", "currency")] == ["1042", 19.5, "EUR"]
    assert [(item["item_id"], item["item_variant"]) for item in order["items"]] == [("101", "Red")]
    assert tab.cart(0, 0) == (0, 0)
    assert ([each["items"][0]["item_id"] for each in tab.heard("remove_from_cart")], tab.complaints) == (["102"], [])
