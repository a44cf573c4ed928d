"""Rule files of any size: a shop's usual rules over all kinds of page, most of which seldom or never come true."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.bench.catalogue import CAMPAIGNS, CATEGORIES

SITE = """\
currency: TWD
languages: [en, zh-TW]
free_shipping_from: 1500
holdout: 5%
policy: {popups_per_session: 3, quiet: 5s, never_on: [checkout]}
"""
"""As a shop would have it; the quiet time is as short as the sessions here are compressed."""

Conditions = list[str]
_CAMPAIGNS_EVER = [f"campaign-{n}" for n in range(300)]
_LANGUAGES = ("en", "zh", "ja", "ko", "de", "fr", "th", "vi")
_PRODUCTS_EVER = [f"sku-{n}" for n in range(600)]


def _cart_hesitation(pick: Random) -> Conditions:
    return ["page is cart", f"views(cart) > {pick.randint(2, 12)}", f"page.dwell > {pick.randint(10, 60)}s"]


def _exit_with_full_cart(pick: Random) -> Conditions:
    return ["page in [cart, product]", f"cart.value > {pick.randrange(500, 9000, 100)}", "exit_intent"]


def _free_shipping_nudge(pick: Random) -> Conditions:
    return [
        "page in [cart, category]",
        "cart.quantity >= 1",
        f"cart.missing_for_free_shipping <= {pick.randint(20, 200)}",
        "cart.missing_for_free_shipping > 0",
        f"session.views > {pick.randint(4, 40)}",
    ]


def _browse_abandonment(pick: Random) -> Conditions:
    either = f"any: [product.dwell > {pick.randint(45, 300)}s, product.stock <= {pick.randint(1, 5)}]"
    return ["page is product", f"product.views >= {pick.randint(3, 9)}", either, "count(purchase) = 0"]


def _one_product(pick: Random) -> Conditions:
    return ["page is product", f"product.id is {pick.choice(_PRODUCTS_EVER)}", f"page.dwell > {pick.randint(5, 40)}s"]


def _price_and_scroll(pick: Random) -> Conditions:
    category = pick.choice(CATEGORIES)
    price = pick.randrange(1000, 9000, 500)
    return ["page is product", f"product.category is {category}", f"product.price > {price}", "scroll > 50%"]


def _category_interest(pick: Random) -> Conditions:
    views = pick.randint(3, 20)
    return ["page is category", f"category.id is {pick.choice(CATEGORIES)}", f"category.views >= {views}", "idle > 20s"]


def _campaign_landing(pick: Random) -> Conditions:
    campaign = pick.choice([*CAMPAIGNS[1:], *_CAMPAIGNS_EVER])
    return [f"traffic.campaign is {campaign}", f"session.views >= {pick.randint(2, 9)}", "count(add_to_cart) = 0"]


def _first_visit_welcome(pick: Random) -> Conditions:
    return ["page is home", "visitor.sessions = 1", f"session.views <= {pick.randint(1, 3)}",
            f"page.dwell > {pick.randint(8, 60)}s"]  # fmt: skip


def _returning_phone(pick: Random) -> Conditions:
    return ["visitor.returning", "visitor.device is phone", f"session.dwell > {pick.randint(1, 10)}m"]


def _fruitless_search(pick: Random) -> Conditions:
    return ["page is search", f"count(search) >= {pick.randint(2, 9)}", f"page.dwell > {pick.randint(5, 30)}s"]


def _slow_checkout(pick: Random) -> Conditions:
    return ["page is checkout", f"page.dwell > {pick.randint(40, 240)}s", "count(begin_checkout) >= 1"]


def _path(pick: Random) -> Conditions:
    return [f'page.path matches "/c/{pick.choice(CATEGORIES)}/*"', f"page.views > {pick.randint(2, 9)}"]


def _long_look_around(pick: Random) -> Conditions:
    seen = pick.randint(6, 40)
    return ["page not in [cart, checkout, thanks]", f"session.products >= {seen}",
            f"session.age > {pick.randint(4, 30)}m", "count(add_to_cart) = 0"]  # fmt: skip


_GENERAL: tuple[Callable[[Random], Conditions], ...] = (
    _cart_hesitation,
    _exit_with_full_cart,
    _free_shipping_nudge,
    _first_visit_welcome,
    _returning_phone,
    _fruitless_search,
    _slow_checkout,
    _long_look_around,
)
_PARTICULAR: tuple[Callable[[Random], Conditions], ...] = (
    _one_product,
    _campaign_landing,
    _browse_abandonment,
    _category_interest,
    _price_and_scroll,
    _path,
)
_GENERAL_MOST = 50
"""
So many rules a shop has for everybody. It has a thousand because it has many products, categories, campaigns and
languages: every further rule is about one of these.
"""


def _audience(pick: Random) -> str:
    if pick.random() < 0.5:
        return f"traffic.campaign is {pick.choice([*CAMPAIGNS[1:], *_CAMPAIGNS_EVER])}"
    return f"visitor.language starts with {pick.choice(_LANGUAGES)}"


_CART_SWEETENER = """\
- rule: cart-sweetener
  when:
    - page is cart
    - views(cart) > 2
    - page.dwell > 10s
  show:
    chat:
      text:
        en: Still thinking? {{coupon.code}} takes {{coupon.value}} off today.
        zh-TW: 輸入 {{coupon.code}} 現折 {{coupon.value}}。
      coupon: {code: WELCOME100, value: 100}
      replies: [Size advice, Delivery time, Just looking]
  limit: once per session
  priority: 100
  holdout: 0%
"""


_IN_A_FILE = 1000
"""One file of rules may hold a megabyte."""


def rule_files(count: int) -> list[str]:
    """Return ``count`` rules as files of YAML."""
    rules = _rules(count)
    return ["\n".join(rules[n : n + _IN_A_FILE]) for n in range(0, count, _IN_A_FILE)]


def rule_file(count: int) -> str:
    """Return ``count`` rules as one file: as many as one may hold."""
    (rules,) = rule_files(count)
    return rules


def _rules(count: int) -> list[str]:
    """Return ``count`` rules as YAML, the same ones every time; the first is the one that `plays.py` makes true."""
    pick = Random(count)
    rules = [_CART_SWEETENER]
    while len(rules) < count:
        n = len(rules)
        maker = pick.choice(_PARTICULAR) if n % 2 else _GENERAL[n // 2 % len(_GENERAL)]
        when = maker(pick)
        if n > _GENERAL_MOST and maker in _GENERAL:
            when.append(_audience(pick))
        rules.append(_rule(n, when, pick))
    return rules


_LOOKS_BACK = {
    "- views(cart) >": "- views(cart) in 7d >",
    "- product.views >=": "- product.views in 7d >=",
    "- category.views >=": "- category.views in 7d >=",
    "product.dwell >": "product.dwell in 1d >",
    "- page.views >": "- page.views ever >",
    "- count(purchase) = 0": "- count(purchase) in 30d = 0",
    "- count(search) >=": "- count(search) in 30m >=",
    "- count(add_to_cart) = 0": "- not: {sequence: [view_item, add_to_cart], within: 20m}",
    "- count(begin_checkout) >= 1": "- since(begin_checkout) > 30s",
}


def looking_back(rules: str) -> str:
    """Return the same rules looking back: over windows, for ever, at sequences. Only the first stays as it is."""
    first, *others = rules.split("\n- rule: ")
    text = "\n- rule: ".join(others)
    for session, past in _LOOKS_BACK.items():
        text = text.replace(session, past)
    return f"{first}\n- rule: {text}"


def _rule(n: int, when: Conditions, pick: Random) -> str:
    conditions = "\n".join(f"    - {each}" for each in when)
    return f"""\
- rule: bench-{n}
  when:
{conditions}
  show:
    chat:
      text:
        en: "Offer {n}: {{{{coupon.code}}}} takes {{{{coupon.value}}}} off."
        zh-TW: "優惠 {n}: {{{{coupon.code}}}}"
      coupon: {{code: CODE{n}, value: {pick.choice((50, 100, 200))}}}
  limit: once per session
  priority: {pick.randint(0, 50)}
"""
