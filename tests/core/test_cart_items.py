"""What is kept of the cart, and what can be looked for in it."""

from __future__ import annotations

import json

from engine.core.cart_items import MOST_KEPT, CartItems, CartPart, read_items, written_items


def test_ids_and_categories_are_kept_once_and_folded() -> None:
    kept = json.loads(
        written_items(
            [
                {"item_id": "A-1", "item_category": "Shoes", "item_category2": "Sale"},
                {"item_id": "a-1", "item_category": "shoes"},
                {"item_id": 7},
                {"item_name": "no id"},
            ]
        )
    )
    assert kept == [["a-1", "7"], ["shoes", "sale"]]


def test_so_many_are_kept_and_long_ones_as_a_digest() -> None:
    ids, _ = json.loads(written_items([{"item_id": f"{n}" + "x" * 80} for n in range(200)]))
    assert len(ids) == MOST_KEPT
    items = CartItems((ids[0],), (), "")
    assert CartPart("sku", "0" + "x" * 80) in items


def test_cart_holds_an_item_a_category_or_the_product_of_this_page() -> None:
    items = read_items([["a-1"], ["shoes"]], "A-1")
    assert CartPart("sku", "a-1") in items
    assert CartPart("sku", "shoes") not in items
    assert CartPart("category", "shoes") in items
    assert CartPart("product") in items
    assert CartPart("product") not in read_items([["a-1"], []], "")
    assert CartPart("product") not in read_items(0, "a-1")


def test_parts_and_items_are_said_as_a_rule_would() -> None:
    said = [str(CartPart(*each)) for each in (("product",), ("sku", "product"), ("sku", "a b"), ("category", "red"))]
    assert said == ["product", '"product"', '"a b"', "category(red)"]
    assert str(read_items([["a-1", "b 2"], []], "")) == '[a-1, "b 2"]'
