"""A chat, read and checked: one message with answers to choose from, or a script of steps."""

from __future__ import annotations

from typing import Any

from engine.core.node_reading import Key
from engine.core.popup_flow import read_flow
from engine.core.popup_parts import Section
from engine.core.popup_reading import PopupReader
from engine.core.yaml_nodes import Node, Table

MOST_REPLIES = 6

CHAT_KEYS = (
    Key("text", "what the shop says; a chat has this or `steps`"),
    Key("title", "the name above the chat"),
    Key("coupon", "the name of a code or pool, or `{pool, code, value, expires}`"),
    Key("replies", "buttons with answers: texts, or `{text, follow_up}`"),
    Key("follow_up", "what the shop says to an answer that has no follow-up of its own"),
    Key("steps", "a script: what is said in each step, and the ways on"),
)
REPLY_KEYS = (
    Key("text", "the answer", required=True),
    Key("follow_up", "what the shop says to it"),
    Key("start", "the rule whose popup it shows"),
    Key("tag", "a tag that it gives the visitor, such as `likes-shoes`"),
)
_OF_ONE_MESSAGE = ("text", "replies", "follow_up")


def read_chat(node: Node, reader: PopupReader) -> dict[str, Any]:
    """Read a chat."""
    entries = reader.table(node, CHAT_KEYS, "key of a chat")
    coupon = reader.take_coupon(entries)
    content: dict[str, Any] = reader.given_texts(entries, "title", "text")
    content |= coupon
    if "steps" in entries:
        for name in _OF_ONE_MESSAGE:
            if name in entries:
                at = entries[name]
                reader.problems.add(at.line, at.column, f"a chat with 'steps:' has no '{name}:', its steps say it")
        return content | {"steps": read_flow(entries["steps"], reader)}
    if "text" not in entries and isinstance(node, Table):
        reader.problems.add(node.line, node.column, "expected 'text:', what the shop says, or 'steps:', a script")
    if "replies" in entries:
        replies = reader.several(entries["replies"], "replies", "chat", 0, MOST_REPLIES)
        content["replies"] = tuple(_reply(each, reader) for each in replies)
    return content | reader.given_texts(entries, "follow_up")


def _reply(node: Node, reader: PopupReader) -> Section:
    names = {each.name for each in REPLY_KEYS}
    if isinstance(node, Table) and any(key.value in names for key, _ in node.entries):
        entries = reader.table(node, REPLY_KEYS, "key of a reply")
        said = reader.given_texts(entries, "text", "follow_up")
        return Section(said | reader.way_on(entries, "start") | reader.tag(entries))
    return Section({"text": reader.text(node) or {}})
