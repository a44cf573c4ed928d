"""What stands under ``show:``, read and checked: kinds of popup, texts by language, coupons, replies and links."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.core.line_values import LineError
from engine.core.node_reading import Key, expected, read_items, read_table, read_word, refuse
from engine.core.placeholders import CouponPart, Template, Texts, read_template
from engine.core.popup import Button, Coupon, Reply
from engine.core.rule_errors import Problems
from engine.core.rules import Show
from engine.core.words import not_built, quoted, read_number, read_percent, unknown
from engine.core.yaml_nodes import Items, Node, Table, Text

LONGEST_TEXT = 1_000
MOST_REPLIES = 6

SHOW_KINDS = (
    Key("chat", "a chat that opens in the corner and leaves the page usable"),
    Key("coupon", "a coupon in the middle of the page"),
    *(
        Key(name, about, built=False)
        for name, about in (
            ("bar", "a line at the edge of the page"),
            ("subscribe", "a form for an address"),
            ("countdown", "the time that is left"),
            ("products", "cards of products"),
            ("survey", "one question"),
            ("wheel", "a wheel of prizes"),
            ("image", "a picture"),
        )
    ),
)

CHAT_KEYS = (
    Key("text", "what the shop says", required=True),
    Key("title", "the name above the chat"),
    Key("coupon", "a code, or `{code, value}`"),
    Key("replies", "buttons with answers: texts, or `{text, follow_up}`"),
    Key("follow_up", "what the shop says to an answer that has no follow-up of its own"),
)

COUPON_KEYS = (
    Key("title", "the headline", required=True),
    Key("text", "a sentence below it"),
    Key("code", "the code"),
    Key("pool", "a pool of codes; where no pool has that name, the name itself is the code"),
    Key("value", "what it is worth: `100` in the site's currency, or `10%`"),
    Key("button", "a link, `{text, url}`"),
    Key("expires", "how long the code is good", built=False),
)

CHAT_COUPON_KEYS = tuple(key for key in COUPON_KEYS if key.name in ("code", "pool", "value", "expires"))
REPLY_KEYS = (Key("text", "the answer", required=True), Key("follow_up", "what the shop says to it"))
BUTTON_KEYS = (Key("text", "what the button says", required=True), Key("url", "where it leads", required=True))

_CODE = re.compile(r"\S{1,64}")
_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", re.ASCII)
_URL = re.compile(r"(https?://[^\s/\\@]+([/?#]\S*)?|/(?![/\\])\S*|mailto:\S+|tel:\+?[\d().-]+)", re.ASCII | re.I)


def read_show(node: Node, problems: Problems) -> Show | None:
    """Read what a rule shows; None if something is wrong with it (see ``problems``)."""
    if isinstance(node, Items):
        problems.add(node.line, node.column, not_built("variant"))
        return None
    if not isinstance(node, Table) or len(node.entries) != 1:
        expected(node, "one kind of popup, such as 'chat:' or 'coupon:'", problems)
        return None
    kind, value = node.entries[0]
    known = {each.name: each for each in SHOW_KINDS}
    if kind.value not in known:
        built = [each.name for each in SHOW_KINDS if each.built]
        problems.add(kind.line, kind.column, unknown("kind of popup", kind.value, known, among=built))
        return None
    if not known[kind.value].built:
        problems.add(kind.line, kind.column, not_built(kind.value))
        return None
    before = len(problems.errors)
    content = _CONTENT[kind.value](value, problems)
    return Show(kind.value, content) if len(problems.errors) == before else None


def _chat(node: Node, problems: Problems) -> dict[str, Any]:
    entries = read_table(node, CHAT_KEYS, "key of a chat", problems)
    coupon = _chat_coupon(entries["coupon"], problems) if "coupon" in entries else None
    texts = _Texts(problems, coupon, "coupon" in entries)
    content: dict[str, Any] = {
        "title": texts.read(entries.get("title")),
        "text": texts.read(entries.get("text")),
        "coupon": coupon,
        "replies": _replies(entries["replies"], texts) if "replies" in entries else None,
        "follow_up": texts.read(entries.get("follow_up")),
    }
    return {name: part for name, part in content.items() if part is not None}


def _coupon(node: Node, problems: Problems) -> dict[str, Any]:
    entries = read_table(node, COUPON_KEYS, "key of a coupon", problems)
    coupon = _coupon_of(node, entries, problems)
    texts = _Texts(problems, coupon, True)
    content: dict[str, Any] = {
        "title": texts.read(entries.get("title")),
        "text": texts.read(entries.get("text")),
        "coupon": coupon,
        "button": _button(entries["button"], texts) if "button" in entries else None,
    }
    return {name: part for name, part in content.items() if part is not None}


_CONTENT: dict[str, Callable[[Node, Problems], dict[str, Any]]] = {"chat": _chat, "coupon": _coupon}


def _chat_coupon(node: Node, problems: Problems) -> Coupon | None:
    if isinstance(node, Text):
        code = _code(node, problems)
        return Coupon(code) if code else None
    return _coupon_of(node, read_table(node, CHAT_COUPON_KEYS, "key of a coupon", problems), problems)


def _coupon_of(node: Node, entries: dict[str, Node], problems: Problems) -> Coupon | None:
    codes = [entries[name] for name in ("code", "pool") if name in entries]
    if len(codes) != 1:
        what = "a 'code:' or a 'pool:'" if not codes else "either 'code:' or 'pool:', found both"
        at = codes[-1] if codes else node
        problems.add(at.line, at.column, f"expected {what}")
        return None
    code = _code(codes[0], problems)
    value, percent = _worth(entries["value"], problems) if "value" in entries else (None, False)
    return Coupon(code, value, percent) if code else None


def _code(node: Node, problems: Problems) -> str | None:
    code = read_word(node, "a code such as WELCOME100", problems)
    if code is None or _CODE.fullmatch(code):
        return code
    refuse(node, "a code is one word of at most 64 characters", problems)
    return None


def _worth(node: Node, problems: Problems) -> tuple[float | None, bool]:
    written = node.value.strip() if isinstance(node, Text) else ""
    percent = read_percent(written)
    value = read_number(written) if percent is None else percent
    if value is None or value <= 0:
        expected(node, "an amount such as 100, or a percent such as 10%", problems)
        return None, False
    return value, percent is not None


def _replies(node: Node, texts: _Texts) -> tuple[Reply, ...]:
    nodes = read_items(node, "a list of answers", texts.problems)
    if len(nodes) > MOST_REPLIES:
        texts.problems.add(node.line, node.column, f"chat with {len(nodes)} replies exceeds limit of {MOST_REPLIES}")
    replies = []
    for each in nodes:
        if isinstance(each, Table) and any(key.value in ("text", "follow_up") for key, _ in each.entries):
            entries = read_table(each, REPLY_KEYS, "key of a reply", texts.problems)
            text, follow_up = texts.read(entries.get("text")), texts.read(entries.get("follow_up"))
        else:
            text, follow_up = texts.read(each), None
        replies.append(Reply(text or {}, follow_up))
    return tuple(replies)


def _button(node: Node, texts: _Texts) -> Button | None:
    entries = read_table(node, BUTTON_KEYS, "key of a button", texts.problems)
    text = texts.read(entries.get("text"))
    url = read_word(entries["url"], "an address such as /cart", texts.problems) if "url" in entries else None
    if url is not None and _URL.fullmatch(url) is None:
        refuse(
            entries["url"], "expected a path such as /cart, or an address with https:, mailto: or tel:", texts.problems
        )
    return Button(text, url) if text and url else None


class _Texts:
    """Reads the texts of one popup: they may name its coupon, where one is ``given``."""

    def __init__(self, problems: Problems, coupon: Coupon | None, given: bool) -> None:
        self.problems = problems
        self.coupon = coupon
        self.given = given

    def read(self, node: Node | None) -> Texts | None:
        """Read a text, or a text by language."""
        if node is None:
            return None
        if isinstance(node, Text):
            template = self._template(node)
            return {"": template} if template else None
        if not isinstance(node, Table) or not node.entries:
            expected(node, "a text, or a mapping of languages to texts", self.problems)
            return None
        templates = {}
        for key, value in node.entries:
            if is_language(key, self.problems) and (template := self._template(value)):
                templates[key.value] = template
        return templates

    def _template(self, node: Node) -> Template | None:
        word = read_word(node, "a text", self.problems)
        if word is None or not isinstance(node, Text):
            return None
        if len(word) > LONGEST_TEXT:
            refuse(node, f"text with {len(word)} characters exceeds limit of {LONGEST_TEXT}", self.problems)
            return None
        try:
            template = read_template(node.value.strip())
        except LineError as error:
            shift = len(node.value) - len(node.value.lstrip())
            self.problems.add(node.line, node.column_of(error.at + shift), str(error))
            return None
        self._check_coupon(node, template)
        return template

    def _check_coupon(self, node: Text, template: Template) -> None:
        for piece in template:
            if not isinstance(piece, CouponPart):
                continue
            if not self.given:
                self.problems.add(node.line, node.column, f"{{{{{piece.name}}}}}: this popup has no coupon")
            elif piece.name == "coupon.value" and self.coupon is not None and self.coupon.value is None:
                self.problems.warn(node.line, node.column, "{{coupon.value}} is empty, the coupon has no 'value:'")


def is_language(key: Text, problems: Problems) -> bool:
    """Tell whether a key is a language tag; note it if it is not."""
    if _TAG.fullmatch(key.value):
        return True
    problems.add(key.line, key.column, f"expected a language such as en or zh-TW, found {quoted(key.value)}")
    return False


def read_names(node: Node, problems: Problems) -> dict[str, str]:
    """Read a name: one text, or one by language. It has no placeholders."""
    if isinstance(node, Table) and node.entries:
        pairs = [(key.value, value) for key, value in node.entries if is_language(key, problems)]
    else:
        pairs = [("", node)]
    names = {tag: read_word(value, "a text", problems) for tag, value in pairs}
    return {tag: name for tag, name in names.items() if name is not None}
