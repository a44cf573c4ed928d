"""Products for cards: what a session looked at, and what a feed lists."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.events import NOWHERE, Event, Page
from engine.core.page_data import read_page
from engine.core.popup import placeholder_readings, render
from engine.core.popup_parts import Given, Product
from engine.core.products import MOST_SEEN, read_products, recent_products, seen_changes
from engine.core.store_verbs import VERBS, Document, Hashes
from tests.core.reading import a_rule, read

RECENT = "{products: {title: a, from: recently_viewed}}"


def a_view(product: dict[str, Any] | None, url: str = "/p") -> tuple[Event, Page]:
    data: dict[str, Any] = {"url": url, "kind": "product"} | ({"product": product} if product else {})
    page = read_page(data, "page_view")
    return Event(1, "page_view", data, shown=page), page


def looked_at(*ids: str) -> Any:
    """Return the session's field after these products were looked at."""
    hashes = Hashes()
    for each in ids:
        verb, product, card = seen_changes(*a_view({"id": each, "name": f"Product {each}"}, f"/p/{each}"))
        VERBS[str(verb)](hashes, Document(), str(product), card, 0)
    return hashes.session["seen"]


def test_newest_product_stands_first_and_each_once() -> None:
    assert [each["id"] for each in looked_at("a", "b", "c", "a")] == ["a", "c", "b"]


def test_no_more_are_kept_than_can_be_shown() -> None:
    assert len(looked_at(*map(str, range(40)))) == MOST_SEEN


def test_card_has_what_is_shown_of_it() -> None:
    product = {
        "id": "a",
        "name": "Mug",
        "price": 680,
        "currency": "TWD",
        "image": "https://a.example/a.png",
        "stock": 3,
    }
    (_, _, card) = seen_changes(*a_view(product, "/p/a?utm_source=ig"))
    assert card == (
        '{"id":"a","name":"Mug","price":680,"currency":"TWD","image":"https://a.example/a.png","url":"/p/a?utm_source=ig"}'
    )
    (_, _, card) = seen_changes(*a_view({"id": "a", "url": "/p/a", "image": "x" * 501}))
    assert card == '{"id":"a","url":"/p/a"}'


def test_other_events_keep_no_card() -> None:
    _, page = a_view({"id": "a"})
    assert seen_changes(Event(1, "view_item", {}), page) == []
    assert seen_changes(*a_view(None)) == []


def test_product_of_the_page_itself_is_not_among_them() -> None:
    seen = looked_at("a", "b")
    _, page = a_view({"id": "b"})
    assert [each.id for each in recent_products(seen, page)] == ["a"]
    assert [each.id for each in recent_products(seen, NOWHERE)] == ["b", "a"]
    assert recent_products(0, NOWHERE) == ()


def test_cards_are_kept_only_while_a_rule_shows_them() -> None:
    view = a_view({"id": "a", "name": "Mug"})
    assert "seen" in read(a_rule(show=RECENT)).tracking.changes(*view)
    assert "seen" not in read(a_rule()).tracking.changes(*view)


def test_popup_shows_what_the_session_looked_at() -> None:
    rules = read(a_rule(show=RECENT))
    (show,) = rules.rules[0].rule.shows
    assert [str(each) for each in placeholder_readings(show)] == ["session.recent"]
    _, page = a_view({"id": "b"})
    popup = render(show, lambda _: looked_at("a", "b"), "en", rules.site, Given(page=page))
    assert popup["products"] == [{"id": "a", "name": "Product a", "url": "/p/a"}]


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
