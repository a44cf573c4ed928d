"""Read ``do:`` of a rule."""

from __future__ import annotations

from engine.core.doing import SET, TAG, UNTAG, Change
from engine.core.fields import FIELD_NAME, LONGEST_FIELD
from engine.core.node_reading import Key, expected, read_items, read_table, refuse
from engine.core.rule_errors import Problems
from engine.core.tags import LONGEST_TAG, read_tag
from engine.core.words import quoted, read_number
from engine.core.yaml_nodes import Items, Node, Table, Text

MOST_CHANGES = 20

DO_KEYS = (
    Key(TAG, "gives the visitor a tag, such as `shoes`, or several, `[shoes, sale]`"),
    Key(UNTAG, "takes tags away"),
    Key(SET, "sets fields of the visitor, such as `{size: 42, plan: gold}`"),
)

_EXAMPLE = "such as {tag: shoes}"


def read_do(node: Node, problems: Problems) -> tuple[Change, ...] | None:
    """Read what stands under ``do``, one mapping or several; None if something is wrong with it (see ``problems``)."""
    before = len(problems.errors)
    what = f"what to do, {_EXAMPLE}, or a list of it"
    nodes = (node,) if isinstance(node, Table) else read_items(node, what, problems)
    changes = [change for each in nodes for change in _entry(each, problems)]
    if len(problems.errors) == before and not changes:
        refuse(node, f"expected something to do, {_EXAMPLE}", problems)
    if len(changes) > MOST_CHANGES:
        refuse(node, f"rule that does {len(changes)} things exceeds limit of {MOST_CHANGES}", problems)
    return tuple(changes) if len(problems.errors) == before else None


def _entry(node: Node, problems: Problems) -> list[Change]:
    entries = read_table(node, DO_KEYS, "thing to do", problems)
    changes: list[Change] = []
    for verb, value in entries.items():
        changes += _fields(value, problems) if verb == SET else _tags(verb, value, problems)
    return changes


def _tags(verb: str, node: Node, problems: Problems) -> list[Change]:
    nodes = node.nodes if isinstance(node, Items) else (node,)
    tags = [tag_at(each, problems) for each in nodes]
    return [Change(verb, tag) for tag in tags if tag is not None]


def tag_at(node: Node, problems: Problems) -> str | None:
    """Return a tag, as it is kept."""
    tag = read_tag(node.value) if isinstance(node, Text) else None
    if tag is None:
        expected(node, f"a tag of at most {LONGEST_TAG} characters, such as shoes", problems)
    return tag


def _fields(node: Node, problems: Problems) -> list[Change]:
    return [Change(SET, name, value) for name, value in fields_at(node, problems).items()]


def fields_at(node: Node, problems: Problems) -> dict[str, int | float | str]:
    """Return fields and their values: numbers where they stand without quotes."""
    if not isinstance(node, Table) or not node.entries:
        expected(node, "fields and their values, such as {size: 42}", problems)
        return {}
    fields = {}
    for key, each in node.entries:
        if FIELD_NAME.fullmatch(key.value) is None:
            message = f"expected the name of a field such as size, found {quoted(key.value)}"
            problems.add(key.line, key.column, message)
        value = _field_value(each)
        if value is None:
            expected(each, f"a number or a text of at most {LONGEST_FIELD} characters", problems)
        else:
            fields[key.value] = value
    return fields


def _field_value(node: Node) -> int | float | str | None:
    if not isinstance(node, Text) or len(node.value) > LONGEST_FIELD:
        return None
    number = read_number(node.value) if node.plain else None
    return node.value if number is None else number
