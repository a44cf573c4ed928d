"""What ``site.yaml`` says of popups: their ``theme:``, the ``feeds:`` of products, the shop's ``channels:``."""

from __future__ import annotations

import re

from engine.core.node_reading import Key, count, duration_ms, expected, one_of, read_table, read_word, refuse
from engine.core.popup_kinds import CHANNELS
from engine.core.popup_parts import RECENTLY_VIEWED
from engine.core.rule_errors import Problems
from engine.core.rules import Feed
from engine.core.themes import DARKS, DEFAULT_GROUND, DEFAULT_TEXT, FONTS, LEAST_CONTRAST, SIDES, Theme
from engine.core.yaml_nodes import Node, Table

THEME_KEYS = (
    Key("accent", "the colour of buttons, `#b0413e`; text on it is black or white, whichever is easier to read"),
    Key("ground", "the colour behind the text"),
    Key("text", "the colour of the text"),
    Key("radius", "how round the corners are, in pixels, 0 to 24"),
    Key("font", "`system`, `serif`, `rounded` or `mono`"),
    Key("side", "the side where chats open, `right` or `left`"),
    Key("dark", "`auto`: dark where the shopper's device is; `never`"),
)
FEED_KEYS = (
    Key("url", "where the JSON is, with https:", required=True),
    Key("every", "how long a read copy is good; `15m` if absent"),
)

_COLOUR = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII | re.I)
_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?(/\S*)?", re.ASCII | re.I)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_ACCOUNTS = {
    "line": (re.compile(r"@[a-z0-9._-]{1,40}", re.ASCII | re.I), "a LINE ID such as @shop"),
    "messenger": (re.compile(r"[A-Za-z0-9.]{1,80}", re.ASCII), "the name of a page such as my.shop"),
}
_MOST_FEEDS = 20
_ROUNDEST = 24
_SHORTEST_MS = 60_000


def read_theme(node: Node, problems: Problems) -> Theme:
    """Read the theme. A text that is hard to read is refused here, and not found out by shoppers."""
    entries = read_table(node, THEME_KEYS, "key of the theme", problems)
    colours = {name: _colour(entries[name], problems) for name in ("accent", "ground", "text") if name in entries}
    words = {
        name: one_of(entries[name], name, known, problems)
        for name, known in (("font", FONTS), ("side", SIDES), ("dark", DARKS))
        if name in entries
    }
    radius = _radius(entries["radius"], problems) if "radius" in entries else None
    theme = Theme(**colours, **words, radius=radius)
    if theme.text_contrast < LEAST_CONTRAST:
        at = entries["text"] if "text" in entries else entries["ground"]
        said = f"text {_or_default(theme.text, DEFAULT_TEXT)} on ground {_or_default(theme.ground, DEFAULT_GROUND)}"
        problems.add(
            at.line, at.column, f"{said} has a contrast of {theme.text_contrast:.2f}:1, expected 4.5:1 or more"
        )
    return theme


def _or_default(colour: str | None, default: str) -> str:
    return colour or f"{default} (the default)"


def _colour(node: Node, problems: Problems) -> str | None:
    word = read_word(node, "a colour such as '#b0413e', in quotes", problems)
    if word is None:
        return None
    if _COLOUR.fullmatch(word) is None:
        refuse(node, "expected a colour such as '#b0413e'", problems)
        return None
    digits = word[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(each * 2 for each in digits))


def _radius(node: Node, problems: Problems) -> int | None:
    pixels = count(node, problems)
    if pixels is not None and pixels > _ROUNDEST:
        refuse(node, f"expected a number from 0 to {_ROUNDEST}", problems)
    return pixels


def read_feeds(node: Node, problems: Problems) -> dict[str, Feed]:
    """Read the feeds of products by their names."""
    if not isinstance(node, Table):
        expected(node, "a mapping of names to feeds", problems)
        return {}
    if len(node.entries) > _MOST_FEEDS:
        problems.add(node.line, node.column, f"{len(node.entries)} feeds exceed limit of {_MOST_FEEDS}")
    feeds = {}
    for key, value in node.entries:
        if _NAME.fullmatch(key.value) is None or key.value == RECENTLY_VIEWED:
            refuse(
                key, f"a feed's name is at most 40 small letters, digits, '-' and '_', not {RECENTLY_VIEWED}", problems
            )
        feeds[key.value] = _feed(value, problems)
    return feeds


def _feed(node: Node, problems: Problems) -> Feed:
    entries = read_table(node, FEED_KEYS, "key of a feed", problems)
    url = read_word(entries["url"], "an address with https:", problems) if "url" in entries else None
    if url is not None and _ADDRESS.fullmatch(url) is None:
        refuse(entries["url"], "expected an address with https:, without a user's name", problems)
    every_ms = duration_ms(entries["every"], problems) if "every" in entries else None
    if every_ms is not None and every_ms < _SHORTEST_MS:
        refuse(entries["every"], "a feed is read once a minute at most", problems)
    return Feed(url or "") if every_ms is None else Feed(url or "", every_ms)


def read_channels(node: Node, problems: Problems) -> dict[str, str]:
    """Read the shop's accounts at messengers."""
    keys = tuple(Key(name, expected_) for name, (_, expected_) in _ACCOUNTS.items())
    entries = read_table(node, keys, "channel", problems)
    accounts = {}
    for name in CHANNELS:
        if name in entries:
            form, what = _ACCOUNTS[name]
            word = read_word(entries[name], what, problems)
            if word is not None and form.fullmatch(word) is None:
                refuse(entries[name], f"expected {what}", problems)
            accounts[name] = word or ""
    return accounts
