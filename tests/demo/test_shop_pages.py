from urllib.parse import urlencode

import pytest

from engine.demo.catalog import load_catalog
from tests.demo.shopper import Shopper, demo_app

CATALOG = load_catalog()
LOOKING = [
    "/shop/",
    "/shop/search",
    "/shop/search?q=tea",
    "/shop/search?q=nothing-of-the-kind",
    "/shop/cart",
    *(f"/shop/c/{category.id}" for category in CATALOG.categories),
    *(f"/shop/p/{product.sku}" for product in CATALOG.products),
]
BUYING = ["/shop/cart", "/shop/checkout", "/shop/thanks"]


def a_buyer(language: str = "en") -> Shopper:
    """A shopper with an order placed and something new in the cart."""
    shopper = Shopper(language)
    shopper.add("letter-set")
    shopper.send("/shop/checkout", name="Mei", email="mei@example.com", address="Taipei")
    shopper.add("ash-mug", 2)
    return shopper


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("path", LOOKING)
def test_every_page_answers_in_both_languages(path: str, language: str) -> None:
    page = Shopper(language).open(path)
    assert (page.status, page.language) == (200, language)


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("path", BUYING)
def test_every_page_of_a_buyer_answers_in_both_languages(path: str, language: str) -> None:
    page = a_buyer(language).open(path)
    assert (page.status, page.language, page.path) == (200, language, path)


@pytest.mark.parametrize("path", [*LOOKING, *BUYING, "/shop/p/no-such-thing"])
def test_the_script_tag_is_all_the_shop_knows_of_the_engine(path: str) -> None:
    page = a_buyer().open(path)
    tag = '<script async src="/s.js" data-site="pk_demo"></script>'
    assert page.html.count(tag) == 1
    assert "shopbell" not in page.html.lower()
    assert all("src" not in script for script in page.scripts if script.get("data-site") is None)


@pytest.mark.parametrize(("language", "name"), [("en", "Huan Huan"), ("zh-TW", "緩緩選物")])
def test_the_shop_states_its_name_for_whoever_shares_a_page(language: str, name: str) -> None:
    assert f'<meta property="og:site_name" content="{name}">' in a_buyer(language).open("/shop/cart").html


@pytest.mark.parametrize("path", [*LOOKING, *BUYING])
def test_every_picture_and_link_of_a_page_leads_somewhere(path: str) -> None:
    shopper = a_buyer()
    page = shopper.open(path)
    addresses = {image["src"] or "" for image in page.images} | {link for link in page.links if link.startswith("/")}
    assert {address: shopper.status_of(address) for address in addresses} == dict.fromkeys(addresses, 200)


@pytest.mark.parametrize("path", [*LOOKING, *BUYING])
def test_every_picture_says_its_size_so_that_the_page_does_not_shift(path: str) -> None:
    for image in a_buyer().open(path).images:
        assert image["width"], image
        assert image["height"], image
        assert "alt" in image, image


def test_pictures_are_small_and_may_be_kept_for_good() -> None:
    shopper = Shopper()
    for image in shopper.open("/shop/").images + shopper.open("/shop/p/brass-pen").images:
        answer = shopper.browser.ask("GET", image["src"] or "")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert "immutable" in answer.headers["cache-control"]
        assert len(answer.content) < 8_000, image["src"]


@pytest.mark.parametrize("path", ["/shop/c/shoes", "/shop/p/no-such-thing", "/shop/nowhere/at/all"])
def test_what_is_not_there_is_a_page_of_the_shop_with_status_404(path: str) -> None:
    page = Shopper().open(path)
    assert page.status == 404
    assert "This shelf is empty" in page.text


def test_the_language_of_the_address_is_remembered() -> None:
    shopper = Shopper("en")
    assert shopper.open("/shop/?lang=zh-TW").language == "zh-TW"
    assert shopper.open("/shop/cart").language == "zh-TW"


def test_the_language_switch_leads_to_the_same_page_and_the_same_search() -> None:
    assert "/shop/search?q=a+%26+b&lang=zh-TW" in Shopper().open("/shop/search?q=a+%26+b&added=1").links


@pytest.mark.parametrize("path", [*LOOKING, "/shop/p/no-such-thing"])
def test_every_page_carries_the_strict_policy(path: str) -> None:
    policy = Shopper().open(path).headers["content-security-policy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["connect-src"] == "'self' ws: wss:"
    assert directives["trusted-types"] == "'none'"
    assert "unsafe" not in policy


def test_a_snippet_from_another_host_is_allowed_by_that_host_alone() -> None:
    page = Shopper(app=demo_app("https://bell.example:8443/s.js")).open("/shop/")
    assert "script-src 'self' https://bell.example:8443;" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", [*LOOKING, *BUYING])
def test_no_style_or_handler_stands_in_a_page(path: str) -> None:
    attributes = a_buyer().open(path).attributes
    assert [name for name in attributes if name == "style" or name.startswith("on")] == []


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "{query}"])
def test_a_hostile_query_is_only_text(query: str) -> None:
    page = Shopper().open(f"/shop/search?{urlencode({'q': query})}")
    assert query in page.text
    assert "<script>alert" not in page.html
    assert "<img src=x" not in page.html


def test_search_finds_names_in_both_languages_whatever_the_page_is_in() -> None:
    assert "1 found" in Shopper().open("/shop/search?q=灰釉").text
    assert "Ash-glaze mug" in Shopper().open("/shop/search?q=MUG").text


def test_few_left_the_last_one_and_sold_out_are_said() -> None:
    shopper = Shopper()
    assert "Only 3 left" in shopper.open("/shop/p/ash-mug").text
    assert "In stock" in shopper.open("/shop/p/linen-notebook").text
    sold_out = shopper.open("/shop/p/indigo-cloth")
    assert "Sold out" in sold_out.text
    assert "/shop/cart/add" not in sold_out.html


@pytest.mark.parametrize("sku", [product.sku for product in CATALOG.products])
def test_beside_each_product_stand_three_others_from_other_shelves(sku: str) -> None:
    product = CATALOG.product(sku)
    assert product is not None
    beside = CATALOG.beside(product)
    assert len({other.sku for other in beside}) == 3
    assert product.category.id not in {other.category.id for other in beside}
