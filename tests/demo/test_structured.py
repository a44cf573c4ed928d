import json
from dataclasses import replace

import pytest

from engine.demo.catalog import load_catalog
from engine.demo.language import money
from engine.demo.structured import Describe, as_script_text
from tests.demo.shopper import Shopper

CATALOG = load_catalog()


@pytest.mark.parametrize("sku", [product.sku for product in CATALOG.products])
def test_a_product_page_states_its_product_as_it_is_shown(sku: str) -> None:
    shown = CATALOG.product(sku)
    assert shown is not None
    page = Shopper().open(f"/shop/p/{shown.sku}")
    stated = page.thing("Product")
    offer = stated["offers"]
    assert stated["name"] in page.text
    assert money(offer["price"]) in page.text
    assert (stated["sku"], offer["priceCurrency"]) == (shown.sku, "TWD")
    assert offer["inventoryLevel"] == {"@type": "QuantitativeValue", "value": shown.stock}
    assert offer["availability"].endswith("OutOfStock" if shown.stock == 0 else "/InStock")
    assert stated["image"].startswith("http://shop.example/shop/static/products/")


def test_a_category_page_states_what_is_on_the_shelf() -> None:
    stated = Shopper("zh-TW").open("/shop/c/ceramics").thing("CollectionPage")
    items = stated["mainEntity"]["itemListElement"]
    assert (stated["name"], stated["identifier"]) == ("器皿", "ceramics")
    assert [item["item"]["sku"] for item in items] == ["ash-mug", "side-teapot", "rice-bowls"]
    assert [step["name"] for step in stated["breadcrumb"]["itemListElement"]] == ["首頁", "器皿"]


def test_the_home_page_states_the_site_and_where_to_search() -> None:
    stated = Shopper().open("/shop/").thing("WebSite")
    assert stated["url"] == "http://shop.example/shop/"
    assert (
        stated["potentialAction"]["target"]["urlTemplate"] == "http://shop.example/shop/search?q={search_term_string}"
    )


def test_the_cart_is_stated_on_every_page_as_an_order_whose_payment_is_due() -> None:
    shopper = Shopper()
    shopper.add("ash-mug", 2)
    for path in ("/shop/", "/shop/c/tea", "/shop/p/brass-pen", "/shop/cart", "/shop/checkout", "/shop/search?q=x"):
        assert shopper.open(path).thing("Order") == {
            "@context": "https://schema.org",
            "@type": "Order",
            "orderStatus": "https://schema.org/OrderPaymentDue",
            "orderedItem": [
                {
                    "@type": "OrderItem",
                    "orderQuantity": 2,
                    "orderedItem": {
                        "@type": "Product",
                        "sku": "ash-mug",
                        "name": "Ash-glaze mug",
                        "category": "Ceramics",
                        "offers": {"@type": "Offer", "price": 620, "priceCurrency": "TWD"},
                    },
                }
            ],
        }


def test_who_never_had_a_cart_is_told_of_none() -> None:
    assert "Order" not in Shopper().open("/shop/cart").kinds()


def test_a_cart_that_was_emptied_is_stated_empty() -> None:
    shopper = Shopper()
    shopper.add("ash-mug")
    page = shopper.send("/shop/cart/change", sku="ash-mug", quantity="0")
    assert page.thing("Order")["orderedItem"] == []


def test_a_discount_is_part_of_the_stated_cart() -> None:
    shopper = Shopper()
    shopper.add("ash-mug")
    stated = shopper.send("/shop/cart/code", code="add50").thing("Order")
    assert (stated["discount"], stated["discountCode"], stated["discountCurrency"]) == (50, "ADD50", "TWD")


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "a\u2028b & <!-- c", '"quoted" \\ back'])
def test_nothing_in_a_product_can_leave_the_script_element(name: str) -> None:
    product = replace(CATALOG.products[0], name={"en": name, "zh-TW": name})
    describe = Describe("http://shop.example/", "en", {product.sku: "x.svg"})
    text = as_script_text(describe.product(product))
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text)["name"] == name
