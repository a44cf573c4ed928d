"""YAML as nodes with places: plain strings, bounded depth and size, and nothing that builds objects."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.rule_errors import Problems
from engine.core.yaml_nodes import Items, Node, Table, Text, read_nodes
from tests.core.cases import refused


def nodes(text: str) -> tuple[Node | None, list[str]]:
    problems = Problems("f")
    node = read_nodes(text, problems)
    return node, [str(each) for each in problems.errors]


def test_words_of_old_yaml_stay_texts() -> None:
    node, errors = nodes("- yes\n- no\n- on\n- null\n- 1e3\n- 12:30\n- 0o17\n- 2026-01-01\n- ~\n")
    assert isinstance(node, Items)
    assert [each.value for each in node.nodes if isinstance(each, Text)] == [
        "yes", "no", "on", "null", "1e3", "12:30", "0o17", "2026-01-01", "~",
    ]  # fmt: skip
    assert errors == []


def test_nodes_know_where_they_stand() -> None:
    node, _ = nodes("a:\n  - x\n  - 'yz'\nb: {c: d}\n")
    assert isinstance(node, Table)
    (_, items), (key, table) = node.entries
    assert isinstance(items, Items)
    assert isinstance(table, Table)
    assert (items.line, items.column) == (2, 3)
    assert (key.line, key.column, table.line, table.column) == (4, 1, 4, 4)
    quoted = items.nodes[1]
    assert isinstance(quoted, Text)
    assert (quoted.line, quoted.column, quoted.column_of(1)) == (3, 5, 7)
    assert not quoted.plain


def test_character_of_a_text_with_escapes_stands_where_the_text_begins() -> None:
    node, _ = nodes('"a\\tb"')
    assert isinstance(node, Text)
    assert node.value == "a\tb"
    assert node.column_of(2) == 1


def test_empty_text_is_no_node() -> None:
    assert nodes("") == (None, [])
    assert nodes("---\n...\n")[1] == []


@pytest.mark.parametrize("case", refused("yaml"), ids=lambda case: case["says"])
def test_what_a_rule_file_may_not_hold_is_refused_with_its_place(case: dict[str, Any]) -> None:
    assert nodes(case["text"])[1] == [case["says"]]


def test_characters_that_are_none_are_refused_with_their_place() -> None:
    assert nodes("a: 1\nb: \x07")[1] == ["f:2:4: character U+0007 is not allowed in YAML"]
    assert nodes("a: \ud800")[1] == ["f:1:4: character U+D800 is not allowed in YAML"]


def test_file_has_a_bounded_size() -> None:
    assert nodes("x" * 1_048_577)[1] == ["f:1:1: file with 1048577 bytes exceeds limit of 1048576 bytes"]


def test_thousand_levels_and_a_billion_laughs_end_early() -> None:
    assert nodes("- " * 1000 + "x")[1] == ["f:1:121: nested deeper than 60 levels"]
    laughs = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    assert nodes(laughs)[1] == [
        "f:1:4: anchors are not allowed, found '&a' (write a text that begins with '&' inside quotes)",
        "f:2:4: anchors are not allowed, found '&b' (write a text that begins with '&' inside quotes)",
        "f:2:8: aliases are not allowed, write out what '*a' stands for "
        "(write a text that begins with '*' inside quotes)",
    ]
