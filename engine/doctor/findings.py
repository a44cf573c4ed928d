"""What the doctor says of a page: what was recognised, what was not, and what to add."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.core.page_kinds import plain
from engine.doctor.pages import lines_for
from engine.doctor.policy import gaps
from engine.doctor.seen import Seen

OK: Final = "ok"
NOTE: Final = "note"
MISSING: Final = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence; ``advice`` says what to add where something is missing, ``paste`` the lines that it speaks of."""

    level: str
    sentence: str
    advice: str = ""
    paste: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it for a program."""
        more = {"advice": self.advice, "paste": self.paste}
        return {"level": self.level, "sentence": self.sentence, **{key: text for key, text in more.items() if text}}


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is said of one page."""

    what: str
    url: str
    findings: Sequence[Finding]

    @property
    def is_well(self) -> bool:
        """Whether nothing is missing."""
        return all(each.level != MISSING for each in self.findings)


_KIND_ADVICE = (
    'if it is one, say so in the page, on any element: <body data-shopbell-page="{kind}">; or, without a change of'
    " the shop, put these lines into rules/site.yaml (below its `pages:`, where it has one), and ask again with"
    " --rules rules"
)
_PRODUCT_ADVICE = (
    "state the product as schema.org JSON-LD with sku, name and an offer with price and priceCurrency, or put it on any"
    """ element: <main data-shopbell-product='{"id": "mug-1", "name": "Mug", "price": 620, "currency": "TWD"}'>"""
)
_CART_ADVICE = (
    "tell the cart whenever it changes: shopbell('cart', {items: [{item_id: 'mug-1', price: 620, quantity: 1}],"
    " value: 620, currency: 'TWD'}), or put the same into the cart page: <main data-shopbell-cart='{...}'>"
)
_ADD_ADVICE = "tell it: shopbell('event', 'add_to_cart', {items: [...], value: 620, currency: 'TWD'})"
_PRESS_ADVICE = "name what to press, one after the other: --press 'button.colour-red' --press '#add'"
_CURRENCY_ADVICE = "name the currency beside the price, or once for the whole shop in rules/site.yaml: currency: TWD"


def of_any(seen: Seen, engine_host: str) -> Iterator[Finding]:
    """Say what concerns every page: whether it came, the tag, the policy, consent."""
    if seen.problem:
        yield Finding(MISSING, f"the page did not come: {seen.problem}", "look whether the address is right")
        return
    if seen.status >= 400:
        yield Finding(MISSING, f"the shop answered {seen.status}", "look whether the address is right, and open to all")
    if seen.tag:
        yield Finding(OK, f"the script tag is there: {seen.tag}")
    else:
        yield Finding(NOTE, "the script tag is not there yet; the page was read as if it were")
    for gap in gaps(seen.policies, engine_host, seen.url):
        yield Finding(MISSING, f"the page's Content-Security-Policy stops the snippet: {gap.why}", f"add {gap.add}")
    if seen.asks_consent:
        yield Finding(NOTE, "the snippet waits for the shopper's consent here; until it is given, nothing is told")
    for error in seen.errors:
        yield Finding(NOTE, f"the snippet threw: {error}")
    if not seen.page:
        why = "the snippet did not speak within a few seconds" if not seen.greeted else "no page view was told"
        yield Finding(MISSING, why, "open the page with ?shopbell=debug and the browser's console, and look for errors")


def of_kind(seen: Seen, wanted: str) -> Iterator[Finding]:
    """Say whether the page was taken for what it is."""
    if not seen.page:
        return
    if seen.kind == wanted:
        yield Finding(OK, f"it is known as {_a(wanted)} page" + (", by the site's pages" if seen.by_site else ""))
    else:
        sentence = f"it is taken for {_a(str(seen.kind))} page, expected {wanted}"
        yield Finding(MISSING, sentence, _KIND_ADVICE.format(kind=wanted), lines_for(wanted, plain(seen.address)))


def of_product(seen: Seen) -> Iterator[Finding]:
    """Say what is known of the page's product."""
    product: dict[str, Any] = seen.page.get("product") or {}
    if not product:
        yield Finding(MISSING, "no product was recognised", _PRODUCT_ADVICE)
        return
    name = product.get("name")
    yield Finding(OK, f"its product is {product.get('id')!r}" + (f", {name}" if name else ""))
    if not name:
        yield Finding(NOTE, "the product has no name: popups cannot say it")
    if product.get("price") is None:
        yield Finding(MISSING, "the product has no price", _PRODUCT_ADVICE)
    elif not product.get("currency"):
        yield Finding(NOTE, f"its price is {product['price']:g}, of no currency", _CURRENCY_ADVICE)
    else:
        yield Finding(OK, f"its price is {product['price']:g} {product['currency']}")


def of_adding(seen: Seen, pressed: str | None) -> Iterator[Finding]:
    """Say what was heard when the product was put into the cart."""
    if pressed is None:
        yield Finding(NOTE, "nothing was found that puts the product into the cart", _PRESS_ADVICE)
    elif "add_to_cart" in seen.names or seen.last("cart"):
        heard = "add_to_cart" if "add_to_cart" in seen.names else "the cart's change"
        yield Finding(OK, f"{heard} was heard when {pressed!r} was pressed")
    else:
        advice = f"{_ADD_ADVICE}; if the shop wants a choice first, {_PRESS_ADVICE}"
        yield Finding(MISSING, f"nothing was heard when {pressed!r} was pressed", advice)


def of_cart(cart: dict[str, Any] | None, added: bool) -> Iterator[Finding]:
    """Say what is known of the cart; an empty one proves nothing."""
    items = (cart or {}).get("items") or []
    if not items and not added:
        yield Finding(NOTE, "the cart is empty, so whether it can be read is not known", _PRESS_ADVICE)
        return
    if not items:
        yield Finding(MISSING, "what is in the cart was not recognised", _CART_ADVICE)
        return
    value, currency = (cart or {}).get("value"), (cart or {}).get("currency")
    yield Finding(OK, f"in the cart: {', '.join(_line(each) for each in items)}")
    if not value:
        yield Finding(MISSING, "the cart has no value", _CART_ADVICE)
    elif not currency:
        yield Finding(NOTE, f"the cart's value is {value:g}, of no currency", _CURRENCY_ADVICE)
    else:
        yield Finding(OK, f"the cart's value is {value:g} {currency}")


def as_text(leaves: Sequence[Leaf]) -> str:
    """Return what was found for the eye."""
    lines: list[str] = []
    for leaf in leaves:
        lines += ["", f"{leaf.what}  {leaf.url}".rstrip()]
        for each in leaf.findings:
            lines.append(f"  {each.level:<8} {each.sentence}")
            lines += [f"  {'':<8} -> {each.advice}"] if each.advice else []
            lines += [f"  {'':<12}{line}" for line in each.paste.splitlines()]
    return "\n".join(lines[1:])


def as_json(leaves: Sequence[Leaf]) -> str:
    """Return what was found for a program."""
    pages = [{"page": each.what, "url": each.url, "findings": [f.as_json() for f in each.findings]} for each in leaves]
    return json.dumps({"well": all(each.is_well for each in leaves), "pages": pages}, ensure_ascii=False)


def _line(item: dict[str, Any]) -> str:
    return f"{item.get('quantity', 1):g} x {item.get('item_name') or item.get('item_id')}"


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
