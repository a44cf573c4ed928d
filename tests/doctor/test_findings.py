"""What the doctor says of pages: a sentence for each thing, and what to add where it is missing."""

import json
from typing import Any

import pytest

from engine.core.rulefile import read_rules
from engine.doctor import findings
from engine.doctor.findings import Finding, Leaf, as_json, as_text
from engine.doctor.seen import Seen


def a_page(kind: str = "product", **told: Any) -> Seen:
    seen = Seen("https://shop.example/mug", status=200, tag="https://bell.example/s.js")
    seen.hear({"type": "hello"})
    seen.hear({"type": "event", "name": "page_view", "data": {"url": "/mug", "kind": kind, **told}})
    return seen


def said(found: Any) -> list[str]:
    return [f"{each.level}: {each.sentence}" for each in found]


def test_page_that_is_known_for_what_it_is_is_well() -> None:
    seen = a_page(product={"id": "mug", "name": "Mug", "price": 620, "currency": "TWD"})
    assert said([*findings.of_any(seen, ""), *findings.of_kind(seen, "product"), *findings.of_product(seen)]) == [
        "ok: the script tag is there: https://bell.example/s.js",
        "ok: it is known as a product page",
        "ok: its product is 'mug', Mug",
        "ok: its price is 620 TWD",
    ]


def test_page_of_another_kind_is_told_how_to_say_its_own() -> None:
    (found,) = findings.of_kind(a_page("other"), "cart")
    assert (found.level, found.sentence) == ("missing", "it is taken for an other page, expected cart")
    assert 'data-shopbell-page="cart"' in found.advice
    assert found.paste == "pages:\n  cart: /mug"
    assert as_text([Leaf("cart page", "", [found])]).splitlines()[-2:] == [
        "              pages:",
        "                cart: /mug",
    ]


@pytest.mark.parametrize(
    ("wanted", "address", "line"),
    [
        ("cart", "/my-things/", "cart: /my-things"),
        ("cart", "/#/bag?x=1", 'cart: "/#/bag"'),
        ("cart", "/%E3%82%AB%E3%83%BC%E3%83%88", "cart: /カート"),
        ("cart", "/till: now", 'cart: "/till: now"'),
        ("product", "/p/ash-mug.html", "product: /p/*"),
        ("product", "/ash-mug", "product: /ash-mug"),
        ("home", "/", "home: /"),
    ],
)
def test_lines_to_paste_are_taken_and_mend_the_page(wanted: str, address: str, line: str) -> None:
    seen = Seen("https://shop.example/", status=200)
    seen.hear({"type": "event", "name": "page_view", "data": {"url": address, "kind": "other"}})
    (found,) = findings.of_kind(seen, wanted)
    assert found.paste == f"pages:\n  {line}"
    seen.by_site = read_rules({"site.yaml": found.paste}).site.pages.kind_at(seen.address)
    assert said(findings.of_kind(seen, wanted)) == [f"ok: it is known as a {wanted} page, by the site's pages"]


@pytest.mark.parametrize(
    ("product", "sentences"),
    [
        (None, ["missing: no product was recognised"]),
        ({"id": "mug"}, ["ok: its product is 'mug'", "note: the product has no name: popups cannot say it",
                         "missing: the product has no price"]),
        ({"id": "mug", "name": "Mug", "price": 9.5},
         ["ok: its product is 'mug', Mug", "note: its price is 9.5, of no currency"]),
    ],
)  # fmt: skip
def test_each_thing_that_is_not_known_of_a_product_is_named(product: Any, sentences: list[str]) -> None:
    assert said(findings.of_product(a_page(product=product))) == sentences


def test_cart_is_told_line_by_line() -> None:
    cart = {"items": [{"item_id": "mug", "item_name": "Mug", "quantity": 2}, {"item_id": "pot"}], "value": 1240.5}
    assert said(findings.of_cart({**cart, "currency": "TWD"}, True)) == [
        "ok: in the cart: 2 x Mug, 1 x pot",
        "ok: the cart's value is 1240.5 TWD",
    ]
    assert said(findings.of_cart(cart, True))[1:] == ["note: the cart's value is 1240.5, of no currency"]
    assert said(findings.of_cart({**cart, "value": 0}, True))[1:] == ["missing: the cart has no value"]


def test_empty_cart_is_amiss_only_where_something_was_put_into_it() -> None:
    assert said(findings.of_cart(None, False)) == ["note: the cart is empty, so whether it can be read is not known"]
    assert said(findings.of_cart(None, True)) == ["missing: what is in the cart was not recognised"]


def test_adding_is_heard_by_its_own_event_or_by_the_cart() -> None:
    seen = a_page()
    assert said(findings.of_adding(seen, None)) == ["note: nothing was found that puts the product into the cart"]
    assert said(findings.of_adding(seen, "Buy")) == ["missing: nothing was heard when 'Buy' was pressed"]
    seen.hear({"type": "event", "name": "cart", "data": {"items": []}})
    assert said(findings.of_adding(seen, "Buy")) == ["ok: the cart's change was heard when 'Buy' was pressed"]
    seen.hear({"type": "event", "name": "add_to_cart", "data": {}})
    assert said(findings.of_adding(seen, "Buy")) == ["ok: add_to_cart was heard when 'Buy' was pressed"]


def test_page_that_did_not_come_says_nothing_else() -> None:
    seen = Seen("https://shop.example/", problem="net::ERR_NAME_NOT_RESOLVED")
    assert said(findings.of_any(seen, "")) == ["missing: the page did not come: net::ERR_NAME_NOT_RESOLVED"]
    assert said(findings.of_kind(seen, "home")) == []


def test_silent_page_and_what_it_asks_and_throws_are_told() -> None:
    seen = Seen("https://shop.example/", status=403, asks_consent=True, errors=["x is not a function"])
    assert said(findings.of_any(seen, "")) == [
        "missing: the shop answered 403",
        "note: the script tag is not there yet; the page was read as if it were",
        "note: the snippet waits for the shopper's consent here; until it is given, nothing is told",
        "note: the snippet threw: x is not a function",
        "missing: the snippet did not speak within a few seconds",
    ]


def test_report_can_be_read_by_people_and_by_programs() -> None:
    leaves = [
        Leaf("home page", "https://shop.example/", [Finding("ok", "it is known as a home page")]),
        Leaf("disk", "", [Finding("missing", "0.1 GiB are free", "make room")]),
    ]
    assert as_text(leaves).splitlines() == [
        "home page  https://shop.example/",
        "  ok       it is known as a home page",
        "",
        "disk",
        "  missing  0.1 GiB are free",
        "           -> make room",
    ]
    told = json.loads(as_json(leaves))
    assert (told["well"], told["pages"][1]["findings"][0]["advice"]) == (False, "make room")
