"""The script of a chat: steps, what is said in each, and the ways on from one to another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.core.node_reading import Key, expected, one_of, read_word, refuse, yes_no
from engine.core.placeholders import Texts
from engine.core.popup_parts import Handover, Section
from engine.core.popup_reading import PopupReader
from engine.core.words import quoted, unknown
from engine.core.yaml_nodes import Items, Node, Table, Text

FIRST = "start"
MOST_STEPS, MOST_SAID, MOST_OPTIONS, MOST_CARDS = 40, 5, 6, 10

STEP_KEYS = (
    Key("say", "what the shop says: a text, or a list of at most 5", required=True),
    Key("coupon", "`yes`: the chat's coupon stands here"),
    Key("options", "answers to choose from"),
    Key("cards", "pictures with a title to choose from"),
    Key("ask", "a question that the shopper answers in own words"),
    Key("handover", "a person goes on, or what is said when nobody is there"),
    Key("go", "the step that follows at once"),
)
OPTION_KEYS = (
    Key("text", "the answer", required=True),
    Key("go", "the step that follows"),
    Key("start", "the rule whose popup it shows"),
    Key("url", "where it leads"),
    Key("tag", "a tag that it gives the visitor, such as `likes-shoes`"),
)
CARD_KEYS = (
    Key("title", "the card's name", required=True),
    Key("text", "a line below it"),
    Key("image", "its picture: a path, or an https: address"),
    Key("go", "the step that follows"),
    Key("url", "where it leads"),
    Key("tag", "a tag that it gives the visitor"),
)
ASK_KEYS = (
    Key("name", "the visitor's field that keeps the answer", required=True),
    Key("type", "`text`, `email` or `number`; `text` if absent, `email` for the field of that name"),
    Key("placeholder", "what stands in the empty field"),
    Key("go", "the step that follows"),
)
HANDOVER_KEYS = (
    Key("text", "what is said when somebody is there", required=True),
    Key("away", "what is said when nobody is", required=True),
    Key("go", "the step that follows when nobody is there"),
)

_STEP = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_ENDS = ("ask", "handover", "go")
"""Of these a step has one at most, and then neither options nor cards."""


def read_flow(node: Node, reader: PopupReader) -> Section | None:
    """Read the steps of a chat; None if something is wrong with them all."""
    if not isinstance(node, Table) or not node.entries:
        expected(node, f"a mapping of steps, the first of them '{FIRST}:'", reader.problems)
        return None
    if len(node.entries) > MOST_STEPS:
        message = f"chat with {len(node.entries)} steps exceeds limit of {MOST_STEPS}"
        reader.problems.add(node.line, node.column, message)
    flow = _Flow(node, reader)
    steps = {key.value: flow.step(key, value) for key, value in node.entries}
    flow.check()
    return Section(steps)


class _Flow:
    def __init__(self, node: Table, reader: PopupReader) -> None:
        self._node = node
        self._names = [key.value for key, _ in node.entries]
        self._reader = reader
        self._problems = reader.problems
        self._ways: dict[str, list[str]] = {}
        self._at_once: dict[str, str] = {}
        self._here = ""

    def step(self, key: Text, node: Node) -> Section:
        if _STEP.fullmatch(key.value) is None:
            refuse(key, "a step's name is at most 40 small letters, digits, '-' and '_'", self._problems)
        self._here = key.value
        entries = self._reader.table(node, STEP_KEYS, "key of a step")
        self._refuse_two_ends(node, entries)
        readers: dict[str, Callable[[Node], Any]] = {
            "say": self._sentences,
            "coupon": self._coupon,
            "options": lambda each: tuple(map(self._option, self._several(each, "options", MOST_OPTIONS))),
            "cards": lambda each: tuple(map(self._card, self._several(each, "cards", MOST_CARDS))),
            "ask": self._ask,
            "handover": self._handover,
        }
        parts = {name: read(entries[name]) for name, read in readers.items() if name in entries} | self._go(entries)
        if "go" in parts:
            self._at_once[self._here] = parts["go"]
        return Section(parts)

    def _coupon(self, node: Node) -> bool:
        shows = yes_no(node, self._problems)
        if shows and not self._reader.has_coupon:
            self._problems.add(node.line, node.column, "this chat has no coupon")
        return shows

    def _refuse_two_ends(self, node: Node, entries: dict[str, Node]) -> None:
        ends = [name for name in _ENDS if name in entries]
        others = [name for name in ("options", "cards") if name in entries]
        if len(ends) > 1 or (ends and others):
            found = " and ".join(quoted(each) for each in (*others, *ends))
            self._problems.add(node.line, node.column, f"a step ends in one way, found {found}")

    def _sentences(self, node: Node) -> tuple[Texts, ...]:
        if not isinstance(node, Items):
            read = [self._reader.text(node)]
        else:
            read = [self._reader.text(each) for each in self._several(node, "texts to say", MOST_SAID)]
        return tuple(each for each in read if each is not None)

    def _several(self, node: Node, what: str, most: int) -> tuple[Node, ...]:
        return self._reader.several(node, what, "step", 1, most)

    def _option(self, node: Node) -> Section:
        if isinstance(node, Text):
            return Section({"text": self._reader.text(node) or {}})
        entries = self._reader.table(node, OPTION_KEYS, "key of an option")
        ways = self._reader.way_on(entries, "go", "start", "url")
        return Section(self._reader.given_texts(entries, "text") | ways | self._go(entries) | self._reader.tag(entries))

    def _card(self, node: Node) -> Section:
        entries = self._reader.table(node, CARD_KEYS, "key of a card")
        parts: dict[str, Any] = self._reader.given_texts(entries, "title", "text")
        if "image" in entries:
            parts["image"] = self._reader.picture(entries["image"])
        parts |= self._reader.way_on(entries, "go", "url") | self._go(entries) | self._reader.tag(entries)
        if isinstance(node, Table) and not {"go", "url"} & set(entries):
            self._problems.add(node.line, node.column, "expected 'go:', the step that follows, or 'url:', an address")
        return Section(parts)

    def _ask(self, node: Node) -> Section:
        entries = self._reader.table(node, ASK_KEYS, "key of a question")
        name = self._reader.field(entries["name"]) if "name" in entries else None
        kinds = ("text", "email", "number")
        kind = one_of(entries["type"], "type of answer", kinds, self._problems) if "type" in entries else None
        parts = {"name": name, "type": kind or ("email" if name == "email" else "text")}
        return Section(parts | self._reader.given_texts(entries, "placeholder") | self._go(entries))

    def _handover(self, node: Node) -> Handover:
        entries = self._reader.table(node, HANDOVER_KEYS, "key of a handover")
        texts: dict[str, Texts] = {"text": {}, "away": {}} | self._reader.given_texts(entries, "text", "away")
        return Handover(texts["text"], texts["away"], self._go(entries).get("go"))

    def _go(self, entries: dict[str, Node]) -> dict[str, str]:
        """Read the step that follows."""
        if "go" not in entries:
            return {}
        node = entries["go"]
        name = read_word(node, "the name of a step", self._problems)
        if name is None:
            return {}
        if name not in self._names:
            self._problems.add(node.line, node.column, unknown("step", name, self._names))
        self._ways.setdefault(self._here, []).append(name)
        return {"go": name}

    def check(self) -> None:
        """Refuse a script without a beginning or one that goes round by itself; warn of steps that nothing leads to."""
        if FIRST not in self._names:
            first = self._node.entries[0][0]
            message = f"expected a step '{FIRST}:', where the chat begins, found {quoted(first.value)} first"
            self._problems.add(first.line, first.column, message)
            return
        reached = _reached(FIRST, self._ways)
        for key, _ in self._node.entries:
            if key.value not in reached:
                self._problems.warn(key.line, key.column, f"no step leads to {quoted(key.value)}")
            if _comes_back(key.value, self._at_once):
                self._problems.add(key.line, key.column, f"{quoted(key.value)} comes back to itself without a question")


def _reached(first: str, ways: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the steps that a chat can come to."""
    seen = [first]
    for each in seen:  # which grows while it is walked
        seen += [name for name in dict.fromkeys(ways.get(each, ())) if name not in seen]
    return seen


def _comes_back(first: str, at_once: Mapping[str, str]) -> bool:
    """Tell whether a step comes back to itself without a word of the shopper's."""
    name, left = at_once.get(first), len(at_once)
    while name is not None and name != first and left:
        name, left = at_once.get(name), left - 1
    return name == first
