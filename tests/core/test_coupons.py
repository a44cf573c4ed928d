"""Coupons as values: how codes are compared, and the shop's address that puts one to use."""

from __future__ import annotations

import pytest

from engine.core.coupons import DIGITS, LETTERS, apply_url, combinations, fold
from tests.core.reading import problem, read_site


@pytest.mark.parametrize("written", ["Save-10", " SAVE-10 ", "save-10"])
def test_codes_are_compared_in_any_case(written: str) -> None:
    assert fold(written) == "save-10"


def test_pattern_makes_as_many_codes_as_it_has_letters_and_digits() -> None:
    assert combinations("SAVE") == 1
    assert combinations("SAVE-??#") == len(LETTERS) ** 2 * len(DIGITS)


def test_generated_codes_hold_nothing_that_looks_like_something_else() -> None:
    assert not set("0O1IL5S8BZ") & set(LETTERS + DIGITS)
    assert len(set(LETTERS)) == len(LETTERS)


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("https://shop.example/discount/{code}", "https://shop.example/discount/A%2FB%20%26%3F"),
        ("/discount/{code}?redirect=/cart", "/discount/A%2FB%20%26%3F?redirect=/cart"),
        ("shopify", "/discount/A%2FB%20%26%3F"),
        ("woocommerce", "/cart/?apply_coupon=A%2FB%20%26%3F"),
    ],
)
def test_code_is_put_into_the_address_of_the_shop_and_cannot_change_it(setting: str, address: str) -> None:
    assert apply_url(read_site(f"coupon_url: '{setting}'").coupon_url, "A/B &?") == address


def test_shop_without_an_address_has_none() -> None:
    assert apply_url(read_site("").coupon_url, "SAVE10") == ""


@pytest.mark.parametrize(
    "setting",
    ["shop", "https://shop.example/discount/", "//evil.example/{code}", "javascript:alert({code})", "/dis count/{code}",
     "https://{code}.example/", "https:///{code}", "http://[::1/{code}", "/a\\\\{code}"],
)  # fmt: skip
def test_address_that_cannot_put_a_code_to_use_is_refused(setting: str) -> None:
    assert "expected an address such as https://shop.example/discount/{code}" in problem("", f'coupon_url: "{setting}"')


def test_shop_system_that_is_nearly_known_is_named() -> None:
    assert problem("", "coupon_url: shopfy").endswith("(did you mean 'shopify'?)")
    assert problem("", "coupon_url: []") == (
        "site.yaml:1:13: expected an address that holds {code}, or one of shopify, woocommerce, found a list"
    )
