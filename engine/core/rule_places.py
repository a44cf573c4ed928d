"""Where in the files a rule and each of its parts stand, for what is said about rules that could be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.core.rule_errors import Problems
from engine.core.rulefile import SITE_FILE
from engine.core.yaml_nodes import Items, Node, Table, Text, read_nodes


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class RulePlaces:
    """The places of rules in files that are known to be without errors."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._rules: dict[str, tuple[str, Node]] = {}
        self._site: tuple[str, Node] | None = None
        for name, text in files.items():
            root = read_nodes(text, Problems(name))
            if root is not None and name.rsplit("/", 1)[-1] == SITE_FILE:
                self._site = (name, root)
            for node in root.nodes if isinstance(root, Items) else ():
                self._rules[_value_of(node, "rule")] = (name, node)

    def of(self, rule: str, *path: str | int) -> Place:
        """Return the place of a part of a rule, such as ``("when", 2)``; the nearest that there is around it."""
        file, node = self._rules[rule]
        return _place(file, _walk(node, path))

    def of_site(self, *path: str | int) -> Place:
        """Return the place of a setting of the site; the beginning of its file where it is not written."""
        if self._site is None:
            return Place(SITE_FILE, 1, 1)
        file, node = self._site
        return _place(file, _walk(node, path))

    def parts(self, rule: str, *path: str | int) -> Iterator[tuple[str, Node, Place]]:
        """Yield everything under a part of a rule, each with the key that it stands under."""
        file, node = self._rules[rule]
        for key, each in _all_under(_walk(node, path), str(path[-1]) if path else ""):
            yield key, each, _place(file, each)


def _walk(node: Node, path: tuple[str | int, ...]) -> Node:
    for step in path:
        below = _step(node, step)
        if below is None:
            return node
        node = below
    return node


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(node, Table):
        return next((value for key, value in node.entries if key.value == step), None)
    if isinstance(node, Items) and isinstance(step, int):
        return node.nodes[step] if step < len(node.nodes) else None
    return None


def _all_under(node: Node, key: str) -> Iterator[tuple[str, Node]]:
    yield key, node
    if isinstance(node, Table):
        for name, value in node.entries:
            yield from _all_under(value, name.value)
    elif isinstance(node, Items):
        for each in node.nodes:
            yield from _all_under(each, key)


def _value_of(node: Node, key: str) -> str:
    value = _step(node, key)
    return value.value.strip() if isinstance(value, Text) else ""


def _place(file: str, node: Node) -> Place:
    return Place(file, node.line, node.column)
