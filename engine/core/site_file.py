"""``site.yaml``: the settings that all rules of a site share."""

from __future__ import annotations

import re
from typing import Any

from engine.core.coupons import read_coupon_url
from engine.core.events import PAGE_KINDS
from engine.core.look_file import read_channels, read_feeds, read_theme
from engine.core.node_reading import (
    Key,
    count,
    duration_ms,
    expected,
    number,
    one_of,
    read_items,
    read_table,
    read_word,
    share,
    time_zone,
    yes_no,
)
from engine.core.page_kinds import read_pages
from engine.core.popup_file import is_language
from engine.core.rule_errors import Problems
from engine.core.rules import Site
from engine.core.stages import Intent
from engine.core.yaml_nodes import Node, Text

SITE_KEYS = (
    Key("currency", "three letters, such as `TWD`; the page's if absent"),
    Key("timezone", "such as `Asia/Taipei`"),
    Key("languages", "what the shop's texts are written in, its main language first"),
    Key("free_shipping_from", "the value of a cart that ships free"),
    Key("holdout", "share of visitors who see no popup, such as `5%`"),
    Key("coupon_url", "the shop's address that puts a code to use, such as `https://shop.example/discount/{code}`"),
    Key("pages", "paths that are a kind of page, such as `cart: /my-cart`; before what the page says itself"),
    Key("policy", "what holds for all popups"),
    Key("theme", "the look of popups"),
    Key("feeds", "lists of products, by name"),
    Key("channels", "the shop's accounts at messengers"),
    Key("stages", "what makes a shopper of a visitor"),
)
POLICY_KEYS = (
    Key("popups_per_session", "at most so many"),
    Key("quiet", "time between two popups"),
    Key("never_on", "kinds of page where nothing may show"),
    Key(
        "without_consent",
        "what comes to shoppers of whom nothing may be kept: `bars` (if absent), or `popups`, on each page anew",
    ),
)
STAGES_KEYS = (Key("shopper", "any of these makes a shopper"),)
SHOPPER_KEYS = (
    Key("product_views", "views of one product in a session, `3` if absent; `0`: they do not count"),
    Key("product_dwell", "attentive time on one product in a session, `60s` if absent; `0s`: it does not count"),
    Key("cart", "something in the cart, `true` if absent"),
)

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def read_site(node: Node, problems: Problems) -> Site:
    """Read a site's settings; what is absent or wrong (see ``problems``) has its default."""
    entries = read_table(node, SITE_KEYS, "setting", problems)
    settings: dict[str, Any] = {}
    for name, read in _SETTINGS.items():
        if name in entries:
            settings[name] = read(entries[name], problems)
    if "policy" in entries:
        settings |= _policy(entries["policy"], problems)
    if "stages" in entries:
        settings["intent"] = _intent(entries["stages"], problems)
    return Site(**{name: value for name, value in settings.items() if value is not None})


def _currency(node: Node, problems: Problems) -> str | None:
    if isinstance(node, Text) and _CURRENCY.fullmatch(node.value.strip()):
        return node.value.strip()
    expected(node, "a currency of three capital letters such as TWD", problems)
    return None


def _languages(node: Node, problems: Problems) -> tuple[str, ...]:
    nodes = read_items(node, "a list of languages such as [zh-TW, en]", problems)
    words = [(each, read_word(each, "a language such as zh-TW", problems)) for each in nodes]
    return tuple(
        word for each, word in words if word is not None and isinstance(each, Text) and is_language(each, problems)
    )


def _amount(node: Node, problems: Problems) -> float | None:
    value = number(node, problems, "an amount such as 1500")
    if value is not None and value < 0:
        expected(node, "an amount of 0 or more", problems)
    return value


_SETTINGS: dict[str, Any] = {
    "currency": _currency,
    "timezone": time_zone,
    "languages": _languages,
    "free_shipping_from": _amount,
    "holdout": share,
    "theme": read_theme,
    "feeds": read_feeds,
    "channels": read_channels,
    "coupon_url": read_coupon_url,
    "pages": read_pages,
}


def _policy(node: Node, problems: Problems) -> dict[str, Any]:
    entries = read_table(node, POLICY_KEYS, "key of the policy", problems)
    policy: dict[str, Any] = {}
    if "popups_per_session" in entries:
        policy["popups_per_session"] = count(entries["popups_per_session"], problems)
    if "quiet" in entries:
        policy["quiet_ms"] = duration_ms(entries["quiet"], problems)
    if "never_on" in entries:
        nodes = read_items(entries["never_on"], "a list of page kinds such as [checkout]", problems)
        policy["never_on"] = tuple(filter(None, (one_of(each, "page kind", PAGE_KINDS, problems) for each in nodes)))
    if "without_consent" in entries:
        known = ("bars", "popups")
        policy["without_consent"] = one_of(entries["without_consent"], "word for what comes", known, problems)
    return policy


def _intent(node: Node, problems: Problems) -> Intent:
    stages = read_table(node, STAGES_KEYS, "stage to define", problems)
    if "shopper" not in stages:
        return Intent()
    entries = read_table(stages["shopper"], SHOPPER_KEYS, "sign of a shopper", problems)
    signs: dict[str, Any] = {}
    if "product_views" in entries:
        signs["product_views"] = count(entries["product_views"], problems)
    if "product_dwell" in entries:
        signs["product_dwell_ms"] = duration_ms(entries["product_dwell"], problems)
    if "cart" in entries:
        signs["cart"] = yes_no(entries["cart"], problems)
    return Intent(**{name: value for name, value in signs.items() if value is not None})
