"""What stands under ``show:`` and ``after:`` of a rule: one popup or several variants, and the rule it comes after."""

from __future__ import annotations

import re

from engine.core.node_reading import Key, duration_ms, expected, number, read_table, read_word, refuse
from engine.core.popup_file import read_show
from engine.core.references import Reference
from engine.core.rule_errors import Problems
from engine.core.rules import After, Show, Variant
from engine.core.yaml_nodes import Items, Node, Table

VARIANT_KEYS = (
    Key("variant", "the variant's name, small letters, digits and '-'", required=True),
    Key("weight", "its share of the visitors, beside the weights of the others; `1` if absent"),
)
"""The keys of a variant, beside the popup that it shows."""

AFTER_KEYS = (
    Key("rule", "the rule that the visitor must have seen", required=True),
    Key("wait", "how long ago at least, such as `1d`"),
)
MOST_VARIANTS = 10

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)


def read_shows(node: Node, problems: Problems) -> tuple[Show | None, tuple[Variant, ...]]:
    """Read one popup, or a list of variants, of which the first one's popup comes first as well."""
    if not isinstance(node, Items):
        return read_show(node, problems), ()
    if not 2 <= len(node.nodes) <= MOST_VARIANTS:
        expected(node, f"2 to {MOST_VARIANTS} variants", problems)
    variants = [each for each in (_variant(each, problems) for each in node.nodes) if each is not None]
    names = [each.name for each in variants]
    for twice in sorted({each for each in names if names.count(each) > 1}):
        problems.add(node.line, node.column, f"two variants have the name '{twice}'")
    if variants and not any(each.weight for each in variants):
        problems.add(node.line, node.column, "expected a weight above 0, no variant has one")
    return (variants[0].show if variants else None), tuple(variants)


def _variant(node: Node, problems: Problems) -> Variant | None:
    before = len(problems.errors)
    if not isinstance(node, Table):
        expected(node, "a variant such as {variant: small, weight: 50, chat: {text: ...}}", problems)
        return None
    own = [key.name for key in VARIANT_KEYS]
    entries = read_table(
        Table(tuple(each for each in node.entries if each[0].value in own), node.line, node.column),
        VARIANT_KEYS, "key of a variant", problems,
    )  # fmt: skip
    popup = tuple(each for each in node.entries if each[0].value not in own)
    show = read_show(Table(popup, node.line, node.column), problems)
    name = _name(entries["variant"], problems) if "variant" in entries else None
    weight = _weight(entries["weight"], problems) if "weight" in entries else 1
    if len(problems.errors) > before or name is None or show is None:
        return None
    return Variant(name, weight, show)


def _name(node: Node, problems: Problems) -> str | None:
    word = read_word(node, "the variant's name", problems)
    if word is not None and _NAME.fullmatch(word) is None:
        refuse(node, "a variant's name is at most 32 small letters, digits and '-'", problems)
        return None
    return word


def _weight(node: Node, problems: Problems) -> float:
    weight = number(node, problems, "a weight such as 50")
    if weight is not None and weight < 0:
        expected(node, "a weight of 0 or more", problems)
    return weight or 0


def read_after(node: Node, problems: Problems) -> tuple[After, Reference] | None:
    """Read ``after: RULE`` or ``after: {rule: RULE, wait: 1d}``, and where the rule is named."""
    named, wait_ms = node, 0
    if isinstance(node, Table):
        entries = read_table(node, AFTER_KEYS, "key of 'after'", problems)
        wait_ms = (duration_ms(entries["wait"], problems) if "wait" in entries else None) or 0
        if "rule" not in entries:
            return None
        named = entries["rule"]
    rule = read_word(named, "a rule's id", problems)
    return (After(rule, wait_ms), Reference("rule", rule, named.line, named.column)) if rule else None
