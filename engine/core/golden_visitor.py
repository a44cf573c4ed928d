"""What is known of a golden session's visitor when it begins: stage, orders, tags and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.do_file import fields_at, tag_at
from engine.core.node_reading import Key, count, expected, number, read_items, read_word
from engine.core.products import SEEN
from engine.core.rule_errors import Problems
from engine.core.stages import BUYER, STAGES, read_stage
from engine.core.words import read_country as country_of
from engine.core.words import unknown
from engine.core.yaml_nodes import Node

KNOWN_KEYS = (
    Key("stage", "how far the visitor has come; a buyer has ordered once, a repeat buyer twice, if `orders` is absent"),
    Key("orders", "orders so far"),
    Key("spent", "what was spent so far"),
    Key("tags", "the visitor's tags, such as `[shoes]`"),
    Key("fields", "the shop's own fields, such as `{size: 42}`"),
    Key("seen", "products looked at in earlier sessions by their ids, the last one first, such as `[mug, pot]`"),
    Key("country", "where the visitor comes from, such as `TW`"),
)


def read_known(entries: Mapping[str, Node], problems: Problems) -> dict[str, Any]:
    """Return what the visitor's hash in Redis would hold."""
    stage = _stage(entries["stage"], problems) if "stage" in entries else 0
    orders = count(entries["orders"], problems) or 0 if "orders" in entries else max(0, stage - BUYER + 1)
    if orders:
        stage = max(stage, BUYER if orders == 1 else BUYER + 1)
    known: dict[str, Any] = {"stage": stage, "orders": orders}
    if "spent" in entries:
        known["spent"] = number(entries["spent"], problems, "an amount such as 1500")
    if "tags" in entries:
        nodes = read_items(entries["tags"], "a list of tags such as [shoes, sale]", problems)
        known["tags"] = list(dict.fromkeys(tag_at(each, problems) for each in nodes))
    if "seen" in entries:
        nodes = read_items(entries["seen"], "a list of products such as [mug, pot]", problems)
        known[SEEN] = [{"id": read_word(each, "a product's id", problems)} for each in nodes]
    if "fields" in entries:
        known |= {"f:" + name: [value] for name, value in fields_at(entries["fields"], problems).items()}
    return {name: value for name, value in known.items() if value}


def _stage(node: Node, problems: Problems) -> int:
    word = read_word(node, "a stage such as shopper", problems)
    rank = 0 if word is None else read_stage(word)
    if word is not None and rank is None:
        problems.add(node.line, node.column, unknown("stage", word, STAGES))
    return rank or 0


def read_country(node: Node, problems: Problems) -> str:
    """Return a country of two letters, in capitals."""
    word = read_word(node, "a country of two letters such as TW", problems)
    country = None if word is None else country_of(word)
    if word is not None and country is None:
        expected(node, "a country of two letters such as TW", problems)
    return country or ""
