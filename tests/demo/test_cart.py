import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.demo.cart import DISCOUNTS, Cart, place_order, read_cart, read_order
from engine.demo.catalog import Product, load_catalog

CATALOG = load_catalog()


def product(sku: str) -> Product:
    found = CATALOG.product(sku)
    assert found is not None
    return found


def a_cart(code: str = "", **quantities: int) -> Cart:
    cart = Cart().with_code(code)
    for sku, quantity in quantities.items():
        cart = cart.with_quantity(product(sku.replace("_", "-")), quantity)
    return cart


def test_subtotal_is_price_times_quantity_of_all_lines() -> None:
    assert a_cart(ash_mug=2, letter_set=3).subtotal == 2 * 620 + 3 * 240


def test_below_1500_shipping_costs_80_and_the_cart_says_what_is_missing() -> None:
    cart = a_cart(ash_mug=2)
    assert (cart.missing_for_free_shipping, cart.shipping, cart.total) == (260, 80, 1320)


def test_from_1500_shipping_is_free() -> None:
    cart = a_cart(alishan_oolong=1, brass_pen=1)
    assert (cart.missing_for_free_shipping, cart.shipping, cart.total) == (0, 0, 1960)


def test_an_empty_cart_costs_nothing() -> None:
    assert (Cart().subtotal, Cart().shipping, Cart().total) == (0, 0, 0)


@pytest.mark.parametrize("written", ["WELCOME100", " welcome100 "])
def test_a_discount_code_takes_its_amount_off(written: str) -> None:
    assert a_cart(written, ash_mug=1).total == 620 - 100 + 80


def test_a_discount_never_exceeds_what_the_goods_cost() -> None:
    assert Cart().with_code("WELCOME100").total == 0


def test_a_code_the_shop_does_not_know_is_none() -> None:
    assert a_cart("MAKE-IT-FREE", ash_mug=1).code == ""


def test_a_line_holds_at_most_what_is_in_stock() -> None:
    assert a_cart(ash_mug=9).count == 3


def test_a_line_holds_at_most_ten() -> None:
    assert a_cart(letter_set=99).count == 10


def test_what_is_sold_out_cannot_be_put_in() -> None:
    assert a_cart(indigo_cloth=1) == Cart()


@pytest.mark.parametrize("quantity", [0, -1])
def test_no_quantity_takes_the_product_out_and_keeps_the_rest(quantity: int) -> None:
    cart = a_cart(ash_mug=1, letter_set=1).with_quantity(product("ash-mug"), quantity)
    assert [line.product.sku for line in cart.lines] == ["letter-set"]


@given(
    st.dictionaries(st.sampled_from([product.sku for product in CATALOG.products]), st.integers(-5, 2000), max_size=12),
    st.sampled_from(["", *DISCOUNTS]),
)
def test_a_cart_comes_back_from_its_cookie_as_it_was(quantities: dict[str, int], code: str) -> None:
    cart = Cart().with_code(code)
    for sku, quantity in quantities.items():
        cart = cart.with_quantity(product(sku), quantity)
    assert read_cart(cart.to_cookie(), CATALOG) == cart


@given(st.text(max_size=200) | st.from_regex(r"([a-z-]{1,12}\.-?[0-9]{1,6}_?){0,6}!?[A-Z0-9]{0,12}", fullmatch=True))
def test_whatever_a_cookie_holds_the_cart_is_one_that_could_be_bought(cookie: str) -> None:
    cart = read_cart(cookie, CATALOG)
    assert all(0 < line.quantity <= line.product.most for line in cart.lines)
    assert cart.total >= 0


@pytest.mark.parametrize(
    "cookie",
    ["", "!", "ash-mug", "ash-mug.", "ash-mug.-1", "ash-mug.0", "no-such.2", "ash-mug.2x", "ash-mug.٣", "." * 5000],
)
def test_a_cookie_that_is_no_cart_is_an_empty_one(cookie: str) -> None:
    assert read_cart(cookie, CATALOG).lines == ()


def test_an_order_comes_back_from_its_cookie_as_it_was() -> None:
    order = place_order(a_cart("ADD50", ash_mug=2))
    assert read_order(order.to_cookie(), CATALOG) == order


def test_no_two_orders_have_one_number() -> None:
    assert len({place_order(a_cart(ash_mug=1)).number for _ in range(200)}) == 200


@pytest.mark.parametrize(
    "cookie", [None, "", "HH-22222222", "HH-22222222!!", "HH-2222222!ash-mug.1!", "<b>!ash-mug.1!"]
)
def test_a_cookie_that_is_no_order_is_none(cookie: str | None) -> None:
    assert read_order(cookie, CATALOG) is None
