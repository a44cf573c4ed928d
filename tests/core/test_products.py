"""Products for cards: what a visitor looked at, and what a feed lists."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.events import NOWHERE, Event, Page
from engine.core.page_data import read_page
from engine.core.popup import placeholder_readings, render
from engine.core.popup_parts import Given, Product
from engine.core.products import PRICE_LASTS_MS, read_products, recent_products, seen_changes
from engine.core.store_verbs import VERBS, Document, Hashes
from tests.core.reading import a_rule, read

RECENT = "{products: {title: a, from: recently_viewed}}"


def a_view(product: dict[str, Any] | None, url: str = "/p") -> tuple[Event, Page]:
    data: dict[str, Any] = {"url": url, "kind": "product"} | ({"product": product} if product else {})
    page = read_page(data, "page_view")
    return Event(1, "page_view", data, shown=page), page


def looked_at(*ids: str, now_ms: int = 0) -> Any:
    """Return the visitor's field after these products were looked at."""
    hashes = Hashes()
    for each in ids:
        product = {"id": each, "name": f"Product {each}", "price": 680}
        verb, most, card = seen_changes(*a_view(product, f"/p/{each}"), 7)
        VERBS[str(verb)](hashes, Document(), str(most), card, now_ms)
    return hashes.visitor["seen"]


def test_newest_product_stands_first_and_each_once() -> None:
    assert [each["id"] for each in looked_at("a", "b", "c", "a")] == ["a", "c", "b"]


def test_no_more_are_kept_than_can_be_shown() -> None:
    assert len(looked_at(*map(str, range(40)))) == 7


def test_so_many_are_kept_as_the_largest_popup_shows_and_one_for_the_page_itself() -> None:
    shows = "[{variant: a, products: {title: a, from: recently_viewed, most: 2}}," + (
        " {variant: b, products: {title: a, from: recently_viewed, most: 4}}]"
    )
    assert read(a_rule(show=shows)).tracking.most_seen == 5


def test_card_has_what_is_shown_of_it() -> None:
    product = {
        "id": "a",
        "name": "Mug",
        "price": 680,
        "currency": "TWD",
        "image": "https://a.example/a.png",
        "stock": 3,
    }
    (_, _, card) = seen_changes(*a_view(product, "/p/a?utm_source=ig"), 7)
    assert card == (
        '{"id":"a","name":"Mug","price":680,"currency":"TWD","image":"https://a.example/a.png","url":"/p/a?utm_source=ig"}'
    )
    (_, _, card) = seen_changes(*a_view({"id": "a", "name": "Mug", "url": "/p/a", "image": "x" * 501}), 7)
    assert card == '{"id":"a","name":"Mug","url":"/p/a"}'


def test_product_that_no_card_can_be_made_of_is_not_kept() -> None:
    assert seen_changes(*a_view({"id": "a"}), 7) == []


def test_other_events_keep_no_card() -> None:
    _, page = a_view({"id": "a"})
    assert seen_changes(Event(1, "view_item", {}), page, 7) == []
    assert seen_changes(*a_view(None), 7) == []


def test_product_of_the_page_itself_is_not_among_them() -> None:
    seen = looked_at("a", "b")
    _, page = a_view({"id": "b"})
    assert [each.id for each in recent_products(seen, page, 0)] == ["a"]
    assert [each.id for each in recent_products(seen, NOWHERE, 0)] == ["b", "a"]
    assert recent_products(0, NOWHERE, 0) == ()


def test_price_of_yesterday_is_not_told() -> None:
    seen = looked_at("a", now_ms=1_000)
    assert [each.price for each in recent_products(seen, NOWHERE, PRICE_LASTS_MS)] == [680]
    assert [each.price for each in recent_products(seen, NOWHERE, PRICE_LASTS_MS + 1_000)] == [None]


def test_cards_are_kept_only_while_a_rule_shows_them() -> None:
    view = a_view({"id": "a", "name": "Mug"})
    assert "seen" in read(a_rule(show=RECENT)).tracking.changes(*view)
    assert "seen" not in read(a_rule()).tracking.changes(*view)


def test_popup_shows_what_the_visitor_looked_at() -> None:
    rules = read(a_rule(show=RECENT))
    (show,) = rules.rules[0].rule.shows
    assert [str(each) for each in placeholder_readings(show)] == ["visitor.recent"]
    _, page = a_view({"id": "b"})
    popup = render(show, lambda _: looked_at("a", "b"), "en", rules.site, Given(page=page))
    assert popup["products"] == [{"id": "a", "name": "Product a", "url": "/p/a", "price": "680"}]


MUG = {"id": "a", "name": "Mug", "url": "/p/a"}


@pytest.mark.parametrize("said", [[MUG], {"products": [MUG]}, {"items": [MUG]}])
def test_forms_of_a_feed(said: Any) -> None:
    assert read_products(said) == (Product("a", "Mug", url="/p/a"),)


@pytest.mark.parametrize("said", [None, "x", 3, {}, {"products": {}}, [3, "x", None, []]])
def test_what_is_no_feed_has_no_products(said: Any) -> None:
    assert read_products(said) == ()


@pytest.mark.parametrize(
    ("more", "product"),
    [
        ({"id": 7}, Product("7", "Mug", url="/p/a")),
        ({"id": True}, None),
        ({"id": ""}, None),
        ({"name": "  "}, None),
        ({"name": ["x"]}, None),
        ({"name": "x" * 200}, Product("a", "x" * 120, url="/p/a")),
        ({"url": "javascript:alert(1)"}, None),
        ({"url": "//evil.example/"}, None),
        ({"url": None}, None),
        ({"url": "/" + "x" * 500}, None),
        ({"url": "https://shop.example/p/a"}, Product("a", "Mug", url="https://shop.example/p/a")),
        ({"price": 12.5, "currency": "eur"}, Product("a", "Mug", 12.5, "EUR", url="/p/a")),
        ({"price": "12", "currency": "€"}, Product("a", "Mug", url="/p/a")),
        ({"price": True}, Product("a", "Mug", url="/p/a")),
        ({"price": -1}, Product("a", "Mug", url="/p/a")),
        ({"image": "https://a.example/a.png"}, Product("a", "Mug", image="https://a.example/a.png", url="/p/a")),
        ({"image": "http://a.example/a.png"}, Product("a", "Mug", url="/p/a")),
        ({"image_link": "/a.png"}, Product("a", "Mug", image="/a.png", url="/p/a")),
    ],
)
def test_product_of_a_feed(more: dict[str, Any], product: Product | None) -> None:
    assert read_products([MUG | more]) == ((product,) if product else ())


def test_names_of_other_feeds_are_understood() -> None:
    said = [{"id": "a", "title": "Mug", "link": "/p/a"}, {"id": "a", "title": "Mug again", "link": "/p/a"}]
    assert read_products(said) == (Product("a", "Mug again", url="/p/a"),)
