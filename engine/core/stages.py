"""How far a shopper has come: visitor, subscriber, shopper, buyer, repeat buyer, and what moves one on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.core.counters import Op, product_dwell, product_views
from engine.core.events import Event, Page

STAGES = ("visitor", "subscriber", "shopper", "buyer", "repeat buyer")
"""In the order in which one comes after the other; a stage's place in it is its rank."""

SUBSCRIBER, SHOPPER, BUYER = 1, 2, 3

FIELD = "stage"
"""The visitor's field that holds the highest rank reached; the verb ``order`` writes those of buyers."""

STAGE_GROUPS = frozenset(
    {"dwell", "cart", "event:add_to_cart", "event:purchase", "event:sign_up", "event:popup_submit"}
)
"""The groups of events, beside page views, that may move a visitor on."""


@dataclass(frozen=True, slots=True)
class Intent:
    """
    What makes a shopper of a visitor or subscriber: any of these, within a session.

    Views of one product, attentive time on one product (0: these do not
    count), or something in the cart.
    """

    product_views: int = 3
    product_dwell_ms: int = 60_000
    cart: bool = True


def read_stage(text: str) -> int | None:
    """Return the rank of ``repeat buyer`` or ``repeat-buyer``; None if it is no stage."""
    word = " ".join(text.replace("-", " ").split())
    return STAGES.index(word) if word in STAGES else None


def gives_address(event: Event) -> bool:
    """Tell whether a popup was sent off with an e-mail address in it."""
    fields = event.data.get("fields")
    email = fields.get("email") if isinstance(fields, dict) else None
    return isinstance(email, str) and "@" in email.strip("@")


class StageMoves:
    """
    Adds to an event's changes what may move the visitor on: the verb ``reach``, with a rank and a number.

    The rank is reached if the counter that was changed just before it has come to the number.
    """

    __slots__ = ("_intent", "_moves")

    def __init__(self, intent: Intent) -> None:
        self._intent = intent
        self._moves: dict[str, Callable[[list[Op], Event, Page], None]] = {
            "sign_up": _subscribe,
            "popup_submit": _submit,
        }
        if intent.product_views:
            self._moves["page_view"] = self._view
        if intent.product_dwell_ms:
            self._moves["page_dwell"] = self._dwell
        if intent.cart:
            self._moves |= {"cart": _cart, "add_to_cart": _fill_cart}

    def add(self, ops: list[Op], event: Event, page: Page) -> None:
        """Add what ``event``, which belongs to ``page``, may reach."""
        move = self._moves.get(event.name)
        if move is not None:
            move(ops, event, page)

    def _view(self, ops: list[Op], _event: Event, page: Page) -> None:
        _after(ops, product_views(page), self._intent.product_views)

    def _dwell(self, ops: list[Op], _event: Event, page: Page) -> None:
        _after(ops, product_dwell(page), self._intent.product_dwell_ms)


def _after(ops: list[Op], counter: str | None, least: int) -> None:
    """Put ``reach`` behind the change of a counter."""
    if counter is not None:
        behind = ops.index(counter, 1) + 2
        ops[behind:behind] = ("reach", SHOPPER, least)


def _subscribe(ops: list[Op], _event: Event, _page: Page) -> None:
    ops += ("reach", SUBSCRIBER, 0)


def _submit(ops: list[Op], event: Event, page: Page) -> None:
    if gives_address(event):
        _subscribe(ops, event, page)


def _cart(ops: list[Op], event: Event, page: Page) -> None:
    if event.cart is not None and event.cart.lines:
        _fill_cart(ops, event, page)


def _fill_cart(ops: list[Op], _event: Event, _page: Page) -> None:
    ops += ("reach", SHOPPER, 0)
