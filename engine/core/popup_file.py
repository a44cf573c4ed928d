"""What stands under ``show:``, read and checked: one kind of popup, each with a reader of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core import popup_chat, popup_kinds, popup_wheel
from engine.core.node_reading import Key, expected
from engine.core.popup_reading import PopupReader, is_language, read_names
from engine.core.rule_errors import Problems
from engine.core.rules import Show
from engine.core.words import unknown
from engine.core.yaml_nodes import Node, Table

__all__ = ["KEYS_OF", "SHOW_KINDS", "is_language", "read_names", "read_show"]

SHOW_KINDS = (
    Key("chat", "a chat that opens in the corner and leaves the page usable"),
    Key("coupon", "a coupon in the middle of the page"),
    Key("bar", "a line at the edge of the page"),
    Key("countdown", "the time that is left of a coupon"),
    Key("products", "cards of products"),
    Key("survey", "one question"),
    Key("wheel", "a wheel of prizes"),
    Key("image", "a picture"),
    Key("subscribe", "a form for an address, and links to messengers"),
)

KEYS_OF = {
    "chat": popup_chat.CHAT_KEYS,
    "coupon": popup_kinds.COUPON_POPUP_KEYS,
    "bar": popup_kinds.BAR_KEYS,
    "countdown": popup_kinds.COUNTDOWN_KEYS,
    "products": popup_kinds.PRODUCTS_KEYS,
    "survey": popup_kinds.SURVEY_KEYS,
    "wheel": popup_wheel.WHEEL_KEYS,
    "image": popup_kinds.IMAGE_KEYS,
    "subscribe": popup_kinds.SUBSCRIBE_KEYS,
}
"""The keys of each kind."""

_READERS: dict[str, Callable[[Node, PopupReader], dict[str, Any]]] = {
    "chat": popup_chat.read_chat,
    "coupon": popup_kinds.read_coupon_popup,
    "bar": popup_kinds.read_bar,
    "countdown": popup_kinds.read_countdown,
    "products": popup_kinds.read_products,
    "survey": popup_kinds.read_survey,
    "wheel": popup_wheel.read_wheel,
    "image": popup_kinds.read_image,
    "subscribe": popup_kinds.read_subscribe,
}


def read_show(node: Node, problems: Problems) -> Show | None:
    """Read one popup; None if something is wrong with it (see ``problems``)."""
    if not isinstance(node, Table) or len(node.entries) != 1:
        expected(node, "one kind of popup, such as 'chat:' or 'coupon:'", problems)
        return None
    kind, value = node.entries[0]
    if kind.value not in _READERS:
        problems.add(kind.line, kind.column, unknown("kind of popup", kind.value, _READERS))
        return None
    before = len(problems.errors)
    reader = PopupReader(problems)
    content = _READERS[kind.value](value, reader)
    if len(problems.errors) > before:
        return None
    return Show(kind.value, content, tuple(reader.references))
