import re

import pytest

from tests.demo.shopper import Shopper

FILLED_IN = {"name": "Mei Lin", "email": "mei@example.com", "address": "1 Slow Street, Taipei"}


def test_adding_to_the_cart_leads_back_to_the_product_and_says_so() -> None:
    page = Shopper().add("ash-mug", 2)
    assert page.path == "/shop/p/ash-mug"
    assert "Ash-glaze mug is in your cart." in page.text


def test_adding_again_adds_up_to_what_is_in_stock() -> None:
    shopper = Shopper()
    shopper.add("ash-mug", 2)
    shopper.add("ash-mug", 2)
    assert shopper.open("/shop/cart").thing("Order")["orderedItem"][0]["orderQuantity"] == 3


def test_the_cart_shows_its_lines_sums_and_what_is_missing_for_free_shipping() -> None:
    shopper = Shopper()
    shopper.add("ash-mug", 2)
    text = shopper.open("/shop/cart").text
    for shown in ("Ash-glaze mug", "NT$620", "NT$1,240", "NT$80", "NT$1,320", "NT$260 more for free shipping"):
        assert shown in text


def test_quantities_are_changed_and_lines_removed() -> None:
    shopper = Shopper()
    shopper.add("ash-mug")
    shopper.add("letter-set")
    changed = shopper.send("/shop/cart/change", sku="letter-set", quantity="4")
    assert "NT$1,580" in changed.text
    assert "You have free shipping" in changed.text
    removed = shopper.send("/shop/cart/change", sku="ash-mug", quantity="0")
    assert "Ash-glaze mug" not in removed.text
    assert removed.path == "/shop/cart"


@pytest.mark.parametrize("quantity", ["", "-3", "many", "1e3", "99999999999999999999", "\N{SUPERSCRIPT TWO}"])
def test_a_quantity_that_is_no_number_changes_nothing(quantity: str) -> None:
    shopper = Shopper()
    shopper.add("letter-set", 2)
    page = shopper.send("/shop/cart/change", sku="letter-set", quantity=quantity)
    assert page.thing("Order")["orderedItem"][0]["orderQuantity"] == 2


def test_what_the_shop_does_not_sell_cannot_be_added() -> None:
    page = Shopper().add("../../etc/passwd")
    assert page.path == "/shop/cart"
    assert "Your cart is empty." in page.text


def test_what_is_sold_out_cannot_be_added() -> None:
    page = Shopper().add("indigo-cloth")
    assert "is in your cart" not in page.text
    assert page.thing("Order")["orderedItem"] == []


def test_a_known_code_lowers_the_total_and_can_be_taken_away() -> None:
    shopper = Shopper()
    shopper.add("ash-mug")
    assert "NT$600" in shopper.send("/shop/cart/code", code="welcome100").text
    assert "NT$700" in shopper.send("/shop/cart/code", code="").text


def test_an_unknown_code_is_refused_in_words() -> None:
    shopper = Shopper()
    shopper.add("ash-mug")
    assert "We do not know that code." in shopper.send("/shop/cart/code", code="<b>FREE").text


def test_checking_out_gives_an_order_number_and_empties_the_cart() -> None:
    shopper = Shopper()
    shopper.add("ash-mug", 2)
    page = shopper.send("/shop/checkout", **FILLED_IN)
    assert page.path == "/shop/thanks"
    placed, due = (thing for thing in page.things if thing["@type"] == "Order")
    assert re.fullmatch(r"HH-[0-9A-Z]{8}", placed["orderNumber"])
    assert placed["orderNumber"] in page.text
    assert placed["orderStatus"] == "https://schema.org/OrderProcessing"
    assert placed["orderedItem"][0]["orderQuantity"] == 2
    assert due["orderedItem"] == []
    assert "NT$1,320" in page.text


def test_reloading_the_thanks_page_shows_the_same_order() -> None:
    shopper = Shopper()
    shopper.add("ash-mug")
    first = shopper.send("/shop/checkout", **FILLED_IN)
    assert shopper.open("/shop/thanks").things == first.things


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Please tell us a name"),
        ("name", "x" * 81, "Please tell us a name"),
        ("email", "mei@example", "Please give an e-mail address"),
        ("address", "", "Please tell us where to send it"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_stays_filled_in(field: str, value: str, sentence: str) -> None:
    shopper = Shopper()
    shopper.add("ash-mug")
    page = shopper.send("/shop/checkout", **{**FILLED_IN, field: value})
    assert page.status == 422
    assert sentence in page.text
    assert all(f'value="{other}"' in page.html for name, other in FILLED_IN.items() if name != field)


def test_what_was_filled_in_is_shown_again_only_as_text() -> None:
    shopper = Shopper()
    shopper.add("ash-mug")
    page = shopper.send("/shop/checkout", name='"><script>alert(1)</script>', email="", address="x")
    assert "<script>alert" not in page.html
    assert "&lt;script&gt;alert(1)" in page.html


@pytest.mark.parametrize("path", ["/shop/checkout", "/shop/thanks"])
def test_without_a_cart_or_an_order_one_is_led_to_the_cart(path: str) -> None:
    assert Shopper().open(path).path == "/shop/cart"


def test_an_order_without_a_cart_is_led_to_the_cart() -> None:
    assert Shopper().send("/shop/checkout", **FILLED_IN).path == "/shop/cart"


@pytest.mark.parametrize(
    "cookie", ["ash-mug.999!", "x" * 4000, "%00%ff!<script>", "ash-mug.1!FREE", "!!!", "ash-mug.1_ash-mug.1"]
)
@pytest.mark.parametrize("name", ["huan_cart", "huan_order", "lang"])
def test_altered_cookies_are_harmless(name: str, cookie: str) -> None:
    for path in ("/shop/", "/shop/cart", "/shop/checkout", "/shop/thanks"):
        shopper = Shopper()
        shopper.set_cookie(name, cookie)
        page = shopper.open(path)
        assert page.status == 200
        assert "<script>" not in page.html


def test_cookies_are_kept_from_scripts_and_from_other_sites() -> None:
    shopper = Shopper()
    answer = shopper.browser.ask("POST", "/shop/cart/add", follow=False, data={"sku": "ash-mug"})
    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]


def test_a_form_sent_from_another_site_is_refused() -> None:
    answer = Shopper().browser.ask(
        "POST", "/shop/cart/add", data={"sku": "ash-mug"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert (answer.status_code, answer.json()["detail"]) == (403, "the form was not sent from this shop's own pages")


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"sku=" + b"x" * 16_384, 413), (b"a=1&" * 40, 400), (b"\xff\xfe=%ff%00&sku=%", 200)],
)
def test_a_form_that_is_too_big_or_broken_is_no_error_of_ours(body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert Shopper().browser.ask("POST", "/shop/cart/change", content=body, headers=headers).status_code == status
