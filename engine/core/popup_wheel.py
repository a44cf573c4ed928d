"""A wheel of prizes: what it holds, and which of its fields comes out."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from engine.core.node_reading import Key, number, refuse
from engine.core.popup_parts import Label, Segment
from engine.core.popup_reading import COUPON_KEYS, PopupReader
from engine.core.yaml_nodes import Node

LEAST_SEGMENTS, MOST_SEGMENTS = 6, 12

WHEEL_KEYS = (
    Key("title", "the headline", required=True),
    Key("text", "a sentence below it"),
    Key("button", "what the button says"),
    Key("segments", "the fields of the wheel, 6 to 12 of them", required=True),
    Key("win", "what is said to who has won; `{{coupon.code}}` is the prize's"),
    Key("lose", "what is said to who has not"),
)
SEGMENT_KEYS = (
    Key("text", "what stands in the field", required=True),
    Key("weight", "how often it comes out beside the others'; `1` if absent"),
    *COUPON_KEYS,
)

Content = dict[str, Any]


def read_wheel(node: Node, reader: PopupReader) -> Content:
    """Read a wheel. A field with a ``code`` or ``pool`` is a prize."""
    entries = reader.table(node, WHEEL_KEYS, "key of a wheel")
    content: Content = reader.given_texts(entries, "title", "text")
    content["button"] = reader.text(entries.get("button")) or Label("spin")
    content["lose"] = reader.text(entries.get("lose")) or Label("lost")
    if "segments" in entries:
        nodes = reader.several(entries["segments"], "segments", "wheel", LEAST_SEGMENTS, MOST_SEGMENTS)
        before = len(reader.problems.errors)
        content["segments"] = segments = tuple(_segment(each, reader) for each in nodes)
        if len(reader.problems.errors) == before and not any(each.coupon for each in segments):
            at = entries["segments"]
            reader.problems.add(at.line, at.column, "expected a 'pool:' or a 'code:' in one segment at least")
    reader.has_coupon = True  # what is said of a win may name it
    content["win"] = reader.text(entries.get("win")) or Label("won")
    return content


def _segment(node: Node, reader: PopupReader) -> Segment:
    entries = reader.table(node, SEGMENT_KEYS, "key of a segment")
    text = reader.given_texts(entries, "text").get("text", {})
    weight = number(entries["weight"], reader.problems) if "weight" in entries else 1
    if weight is not None and weight <= 0:
        refuse(entries["weight"], "a weight is more than 0", reader.problems)
    wins = any(name in entries for name in ("code", "pool", "value", "expires"))
    return Segment(text, weight or 1, reader.coupon_of(node, entries) if wins else None)


def seed_of(visitor: str, rule: str, session: str) -> str:
    """Return what a turn hangs on: a visitor draws the same in a rule's wheel for a whole session."""
    return f"{visitor} {rule} {session}"


def prize_of(segments: Sequence[Segment], seed: str) -> int:
    """
    Return which segment comes out for a seed: always the same, each as often as its weight says.

    A shopper who loads the page again has the same seed, and so no second try.
    """
    digest = hashlib.blake2b(seed.encode(errors="replace"), digest_size=8).digest()
    ends = list(accumulate(each.weight for each in segments))
    return min(bisect_right(ends, int.from_bytes(digest) / 2**64 * ends[-1]), len(ends) - 1)
