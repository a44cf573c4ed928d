"""What the readers of all kinds of popup share: texts by language and by placeholder, coupons, buttons, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from engine.core.do_file import tag_at
from engine.core.node_reading import Key, duration_ms, expected, read_items, read_table, read_word, refuse
from engine.core.placeholders import CouponPart, Template, Texts, read_template
from engine.core.popup_parts import Coupon, Private, Section, Start
from engine.core.references import Reference
from engine.core.rule_errors import Problems
from engine.core.words import quoted, read_number, read_percent
from engine.core.yaml_nodes import Items, Node, Table, Text

LONGEST_TEXT = 1_000

TAKEN_FIELDS = ("step", "choice", "consent", "spun", "comment")
"""Names that the renderer's own reports use."""

COUPON_KEYS = (
    Key("code", "the code, the same for everybody"),
    Key("pool", "a pool of codes; where no pool has that name, the name itself is the code"),
    Key("value", "what it is worth: `100` in the site's currency, or `10%`"),
    Key("expires", "how long the code is good, counted from being shown: `30m`"),
)
BUTTON_KEYS = (
    Key("text", "what the button says", required=True),
    Key("url", "where it leads"),
    Key("start", "the rule whose popup it shows"),
)

_CODE = re.compile(r"\S{1,64}")
_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", re.ASCII)
_URL = re.compile(r"(https?://[^\s/\\@]+([/?#]\S*)?|/(?![/\\])\S*|mailto:\S+|tel:\+?[\d().-]+)", re.ASCII | re.I)
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_PICTURE = re.compile(r"(https://[^\s/\\@]+/\S*|/(?![/\\])\S+)", re.ASCII | re.I)


class PopupReader:
    """
    Reads the parts of one popup.

    Its texts may name the popup's coupon, so that is read first. ``references``
    collects what the popup names that stands elsewhere.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.coupon: Coupon | None = None
        self.has_coupon = False
        self.references: list[Reference] = []

    def table(self, node: Node, keys: Iterable[Key], what: str) -> dict[str, Node]:
        """Return the known entries of a mapping."""
        return read_table(node, keys, what, self.problems)

    def several(self, node: Node, what: str, one: str, least: int, most: int) -> tuple[Node, ...]:
        """Return the nodes of a list of ``least`` to ``most``; ``one`` names its holder: "chat"."""
        nodes = read_items(node, f"a list of {what}", self.problems)
        if len(nodes) > most:
            self.problems.add(node.line, node.column, f"{one} with {len(nodes)} {what} exceeds limit of {most}")
        elif len(nodes) < least and isinstance(node, Items):
            span = f"at least {least}" if most > least else str(least)
            self.problems.add(node.line, node.column, f"{one} with {len(nodes)} {what}, expected {span}")
        return nodes

    def text(self, node: Node | None) -> Texts | None:
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

    def given_texts(self, entries: dict[str, Node], *names: str) -> dict[str, Any]:
        """Return those of these entries that are there, as texts."""
        read = {name: self.text(entries[name]) for name in names if name in entries}
        return {name: texts for name, texts in read.items() if texts is not None}

    def _template(self, node: Node) -> Template | None:
        word = read_word(node, "a text", self.problems)
        if word is None or not isinstance(node, Text):
            return None
        if len(word) > LONGEST_TEXT:
            refuse(node, f"text with {len(word)} characters exceeds limit of {LONGEST_TEXT}", self.problems)
            return None
        template, wrong = read_template(node.value.strip())
        shift = len(node.value) - len(node.value.lstrip())
        for error in wrong:
            self.problems.add(node.line, node.column_of(error.at + shift), str(error))
        self._check_coupon(node, template)
        return None if wrong else template

    def _check_coupon(self, node: Text, template: Template) -> None:
        for piece in template:
            if not isinstance(piece, CouponPart):
                continue
            if not self.has_coupon:
                self.problems.add(node.line, node.column, f"{{{{{piece.name}}}}}: this popup has no coupon")
            elif piece.name == "coupon.value" and self.coupon is not None and self.coupon.value is None:
                unless = ", where no pool of that name has one" if self.coupon.pool else ""
                said = f"{{{{coupon.value}}}} is empty, the coupon has no 'value:'{unless}"
                self.problems.warn(node.line, node.column, said)

    def take_coupon(self, entries: dict[str, Node]) -> dict[str, Any]:
        """Read the ``coupon:`` of a popup, a name or a mapping; the texts read from now on may name it."""
        if "coupon" not in entries:
            return {}
        node = entries["coupon"]
        self.has_coupon = True
        if isinstance(node, Text):
            code = self._code(node)
            self.coupon = Coupon(code, pool=True) if code else None
        else:
            self.coupon = self.coupon_of(node, self.table(node, COUPON_KEYS, "key of a coupon"))
        return {"coupon": self.coupon} if self.coupon else {}

    def coupon_of(self, node: Node, entries: dict[str, Node]) -> Coupon | None:
        """Return the coupon that the entries of a mapping describe."""
        names = [name for name in ("code", "pool") if name in entries]
        if len(names) != 1:
            what = "a 'code:' or a 'pool:'" if not names else "either 'code:' or 'pool:', found both"
            at = entries[names[-1]] if names else node
            self.problems.add(at.line, at.column, f"expected {what}")
            return None
        code = self._code(entries[names[0]])
        value, percent = self._worth(entries["value"]) if "value" in entries else (None, False)
        lasts = duration_ms(entries["expires"], self.problems) if "expires" in entries else None
        if lasts is not None and lasts < 1_000:
            refuse(entries["expires"], "a code is good for a second at least", self.problems)
        return Coupon(code, value, percent, names == ["pool"], lasts) if code else None

    def _code(self, node: Node) -> str | None:
        code = read_word(node, "a code such as WELCOME100", self.problems)
        if code is None or _CODE.fullmatch(code):
            return code
        refuse(node, "a code is one word of at most 64 characters", self.problems)
        return None

    def _worth(self, node: Node) -> tuple[float | None, bool]:
        written = node.value.strip() if isinstance(node, Text) else ""
        percent = read_percent(written)
        value = read_number(written) if percent is None else percent
        if value is None or value <= 0:
            expected(node, "an amount such as 100, or a percent such as 10%", self.problems)
            return None, False
        return value, percent is not None

    def button(self, entries: dict[str, Node]) -> dict[str, Section]:
        """Read the ``button:`` of a popup, if it has one: a link, or the start of another rule's popup."""
        if "button" not in entries:
            return {}
        node = entries["button"]
        parts = self.table(node, BUTTON_KEYS, "key of a button")
        if isinstance(node, Table) and not {"url", "start"} & set(parts):
            self.problems.add(node.line, node.column, "expected 'url:', where the button leads, or 'start:', a rule")
        return {"button": Section(self.given_texts(parts, "text") | self.way_on(parts, "url", "start"))}

    def way_on(self, entries: dict[str, Node], *names: str) -> dict[str, Any]:
        """Read what a click does: at most one of these entries, each as its name says."""
        given = [name for name in names if name in entries]
        if len(given) > 1:
            node = entries[given[1]]
            self.problems.add(
                node.line, node.column, f"expected one of {', '.join(names)}, found {' and '.join(given)}"
            )
        found: dict[str, Any] = {}
        if "url" in given:
            found["url"] = self.address(entries["url"])
        if "start" in given:
            found["start"] = self._start(entries["start"])
        return {name: value for name, value in found.items() if value is not None}

    def tag(self, entries: dict[str, Node]) -> dict[str, Any]:
        """Read the tag that a click gives the visitor."""
        tag = tag_at(entries["tag"], self.problems) if "tag" in entries else None
        return {} if tag is None else {"tag": Private(tag)}

    def _start(self, node: Node) -> Start | None:
        rule = read_word(node, "the id of a rule", self.problems)
        if rule is None:
            return None
        self.references.append(Reference("rule", rule, node.line, node.column))
        return Start(rule)

    def field(self, node: Node) -> str | None:
        """Read the name of a visitor's field."""
        name = read_word(node, "a field such as shoe_size", self.problems)
        if name is not None and (_FIELD.fullmatch(name) is None or name in TAKEN_FIELDS):
            taken = ", and this one is taken" if name in TAKEN_FIELDS else ""
            refuse(node, f"a field's name is at most 40 small letters, digits and '_'{taken}", self.problems)
        return name

    def address(self, node: Node) -> str | None:
        """Read where a link leads."""
        return self._matching(
            node,
            _URL,
            "an address such as /cart",
            "expected a path such as /cart, or an address with https:, mailto: or tel:",
        )

    def picture(self, node: Node) -> str | None:
        """Read the address of a picture: a page that is served by https shows no other."""
        return self._matching(
            node,
            _PICTURE,
            "a picture such as /img/sale.jpg",
            "expected a path such as /img/sale.jpg, or an https: address",
        )

    def _matching(self, node: Node, form: re.Pattern[str], what: str, otherwise: str) -> str | None:
        word = read_word(node, what, self.problems)
        if word is not None and form.fullmatch(word) is None:
            refuse(node, otherwise, self.problems)
            return None
        return word


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
