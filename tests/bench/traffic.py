"""What shoppers do: sessions that are alike in their mixture and different in their course."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.bench.catalogue import CAMPAIGNS, CATEGORIES, PRODUCTS
from tests.bench.frames import text_frame

_KINDS = ("home", "category", "product", "cart", "checkout", "search", "other")
_SHARES = (10, 25, 40, 10, 3, 8, 4)

Happening = tuple[str, dict[str, Any]]


def hello(pick: Random, doc: str, token: str | None = None) -> bytes:
    """Return the hello of a visitor who was never here before, or has this token."""
    return text_frame(
        {
            "type": "hello",
            "v": 1,
            "token": token,
            "doc": doc,
            "page": {"url": "/", "kind": "home", "title": "Home"},
            "context": {
                "language": pick.choice(("en", "zh-TW")),
                "utc_offset_min": 480,
                "viewport": [1280, 720],
                "pointer": pick.choice(("fine", "coarse")),
                "referrer": "https://www.google.com/",
                "utm": {"source": "ig", "medium": "cpc", "campaign": pick.choice(CAMPAIGNS)},
            },
        }
    )


def script(seed: int, length: int, first_seq: int = 1) -> list[bytes]:
    """Return the frames of one course of events, numbered on from the first."""
    return [
        text_frame({"type": "event", "seq": seq, "name": name, "data": data})
        for seq, (name, data) in enumerate(course(seed, length), first_seq)
    ]


def course(seed: int, length: int) -> list[Happening]:
    """Return what happens in one course of events."""
    pick = Random(seed)
    happenings: list[Happening] = []
    cart: list[dict[str, Any]] = []
    while len(happenings) < length:
        happenings += _page(pick, cart, len(happenings))
    return happenings[:length]


def _page(pick: Random, cart: list[dict[str, Any]], so_far: int) -> list[Happening]:
    """Return what happens on one page, from its view to its leaving."""
    kind = "home" if so_far == 0 else pick.choices(_KINDS, _SHARES)[0]
    happenings = _ON_PAGE.get(kind, _elsewhere)(pick, cart, kind)
    if pick.random() < 0.15:
        happenings.append(("scroll", {"percent": pick.choice((51, 75, 90))}))
    if pick.random() < 0.05:
        happenings.append(("exit_intent", {}))
    happenings.append(("page_dwell", {"ms": pick.randint(800, 25_000)}))
    return happenings


def _view(kind: str, url: str, **more: Any) -> Happening:
    return "page_view", {"url": url, "kind": kind, "title": f"A page of the shop: {kind}", **more}


def _elsewhere(pick: Random, cart: list[dict[str, Any]], kind: str) -> list[Happening]:
    return [_view(kind, "/" if kind == "home" else f"/{kind}")]


def _category(pick: Random, cart: list[dict[str, Any]], kind: str) -> list[Happening]:
    category = pick.choice(CATEGORIES)
    items = [_item(product, 1) for product in pick.sample(PRODUCTS, 3)]
    return [_view(kind, f"/c/{category}/", category=category), ("view_item_list", {"items": items})]


def _product(pick: Random, cart: list[dict[str, Any]], kind: str) -> list[Happening]:
    product = pick.choice(PRODUCTS)
    money = {"value": product["price"], "currency": "TWD"}
    happenings: list[Happening] = [_view(kind, f"/p/{product['id']}", product=product)]
    happenings.append(("view_item", {**money, "items": [_item(product, 1)]}))
    if pick.random() < 0.2:
        happenings.append(("add_to_cart", {**money, "items": [_item(product, 1)]}))
        cart.append(_item(product, pick.randint(1, 3)))
        del cart[:-3]
        happenings.append(_cart_now(cart))
    return happenings


def _cart(pick: Random, cart: list[dict[str, Any]], kind: str) -> list[Happening]:
    happenings = [_view(kind, "/cart"), ("view_cart", {"items": list(cart), "currency": "TWD"})]
    if cart and pick.random() < 0.3:
        del cart[0]
        happenings.append(_cart_now(cart))
    return happenings


def _checkout(pick: Random, cart: list[dict[str, Any]], kind: str) -> list[Happening]:
    return [_view(kind, "/checkout"), ("begin_checkout", {"items": list(cart), "currency": "TWD"})]


def _search(pick: Random, cart: list[dict[str, Any]], kind: str) -> list[Happening]:
    return [_view(kind, "/search"), ("search", {"search_term": "mug"})]


_ON_PAGE = {"category": _category, "product": _product, "cart": _cart, "checkout": _checkout, "search": _search}


def _item(product: dict[str, Any], quantity: int) -> dict[str, Any]:
    return {
        "item_id": product["id"],
        "item_name": product["name"],
        "price": product["price"],
        "quantity": quantity,
        "item_category": product["category"],
    }


def _cart_now(cart: list[dict[str, Any]]) -> Happening:
    value = sum(item["price"] * item["quantity"] for item in cart)
    return "cart", {"items": list(cart), "value": value, "currency": "TWD"}
