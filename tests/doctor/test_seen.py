"""Among a page's links, those to a product and to the cart are found."""

from engine.doctor.seen import Link, likely_carts, likely_products

HOME = "https://shop.example/"


def a_link(path: str, text: str = "", *, marks: str = "", card: bool = False, around: bool = False) -> Link:
    return Link(f"https://shop.example{path}", text, marks, picture=card, price=card, around=around)


def test_cards_with_a_picture_and_a_price_come_before_the_menu() -> None:
    links = [
        a_link("/tea", "Tea", around=True),
        a_link("/ash-mug", "Ash mug", card=True),
        a_link("/stories", "Stories"),
    ]
    assert likely_products(links, HOME)[0] == "https://shop.example/ash-mug"


def test_address_that_says_product_comes_first() -> None:
    links = [a_link("/sale", card=True), a_link("/products/mug")]
    links += [a_link("/products/mug#reviews", card=True)]
    assert likely_products(links, HOME)[0] == "https://shop.example/products/mug"


def test_pages_that_are_no_products_are_left_alone() -> None:
    links = [a_link(path, card=True) for path in ("/", "/cart", "/account/login", "/blog/x", "/terms", "/a.pdf")]
    links += [Link("https://elsewhere.example/products/mug", "", "", True, True, False)]
    links += [a_link("/?add-to-cart=7", card=True)]
    assert likely_products(links, HOME) == []


def test_cart_is_found_by_address_words_and_marks_and_else_where_most_shops_have_it() -> None:
    usual = ["https://shop.example/cart", "https://shop.example/basket"]
    assert likely_carts([], HOME) == usual
    assert likely_carts([a_link("/de/warenkorb", "Warenkorb")], HOME) == ["https://shop.example/de/warenkorb", *usual]
    assert likely_carts([a_link("/order/now", "購物車")], HOME)[0] == "https://shop.example/order/now"
    assert likely_carts([a_link("/?add_to_cart=1", "Add to cart")], HOME) == usual
