"""
Render the reference of popups from the code: ``python -m tools.render_popup_reference``.

Writes what stands between the markers ``<!-- NAME -->`` and ``<!-- end -->`` of docs/reference/popups.md: tables of
keys, and behind each example the JSON that the engine sends for it. A test holds it current.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.core.look_file import FEED_KEYS, THEME_KEYS
from engine.core.node_reading import Key
from engine.core.popup import render
from engine.core.popup_chat import REPLY_KEYS
from engine.core.popup_file import KEYS_OF, SHOW_KINDS
from engine.core.popup_flow import ASK_KEYS, CARD_KEYS, HANDOVER_KEYS, OPTION_KEYS, STEP_KEYS
from engine.core.popup_parts import Given, Product
from engine.core.popup_reading import BUTTON_KEYS, COUPON_KEYS
from engine.core.popup_wheel import SEGMENT_KEYS
from engine.core.rulefile import read_rules

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "popups.md"

TABLES = {
    "kinds": SHOW_KINDS,
    "coupon": COUPON_KEYS,
    "button": BUTTON_KEYS,
    "reply": REPLY_KEYS,
    "step": STEP_KEYS,
    "option": OPTION_KEYS,
    "card": CARD_KEYS,
    "ask": ASK_KEYS,
    "handover": HANDOVER_KEYS,
    "segment": SEGMENT_KEYS,
    "theme": THEME_KEYS,
    "feed": FEED_KEYS,
    "coupon popup": KEYS_OF["coupon"],
    **{kind: keys for kind, keys in KEYS_OF.items() if kind != "coupon"},
}

SITE = """
currency: TWD
languages: [en, zh-TW]
channels: {line: "@huan-goods", messenger: huan.goods}
"""
FACTS = {"cart.value": 880}
GIVEN = Given(
    seed="a shopper's visit",
    reference="k1.visitor.signature",
    products=(
        Product("p1", "Travel mug", 680, "TWD", "/img/mug.jpg", "/p/p1"),
        Product("p2", "Tea towel", 290, "TWD", "/img/towel.jpg", "/p/p2"),
    ),
)

_SECTION = re.compile(r"<!-- ([a-z ]+) -->\n.*?<!-- end -->", re.S)
_EXAMPLE = re.compile(r"```yaml\n(?P<yaml>.*?)```\n\n<!-- json -->\n.*?<!-- end -->", re.S)


def render_page(page: str) -> str:
    """Return the page with its tables and its JSON rendered anew. Raises KeyError for a marker of no table."""
    page = _EXAMPLE.sub(_with_json, page)
    return _SECTION.sub(lambda found: found[0] if found[1] == "json" else _marked(found[1], _table(found[1])), page)


def popup_of(example: str) -> dict[str, Any]:
    """Return the JSON of an example: of what stands under ``show:``, or of a site's theme."""
    if example.startswith("theme:"):
        theme: dict[str, Any] = popup_of_rule("chat: {text: hello}", SITE + example)["theme"]
        return theme
    return popup_of_rule(example, SITE)


def popup_of_rule(show: str, site: str) -> dict[str, Any]:
    """Return the JSON of the popup of a rule that shows this."""
    rule = "- rule: example\n  when: [page is cart]\n  show:\n" + textwrap.indent(show, " " * 4)
    rules = read_rules({"rules.yaml": rule, "site.yaml": site})
    ((popup,),) = (each.rule.shows for each in rules.rules)
    return render(popup, lambda fact: FACTS.get(str(fact)), "en", rules.site, GIVEN)


def _with_json(found: re.Match[str]) -> str:
    popup = popup_of(found["yaml"])
    return f"```yaml\n{found['yaml']}```\n\n" + _marked("json", f"```json\n{_written(popup)}\n```")


def _written(value: Any, indent: str = "", before: int = 0) -> str:
    """Write JSON as people would: on one line what fits on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + len(indent) + before <= 110 or not isinstance(value, dict | list):
        return line
    inner = indent + "  "
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + _written(each, inner) for each in value) + f"\n{indent}]"
    keys = {f'"{key}": ': each for key, each in value.items()}
    return (
        "{\n"
        + ",\n".join(inner + key + _written(each, inner, len(key)) for key, each in keys.items())
        + f"\n{indent}}}"
    )


def _marked(name: str, text: str) -> str:
    return f"<!-- {name} -->\n\n{text}\n\n<!-- end -->"


def _table(name: str) -> str:
    keys: Iterable[Key] = TABLES[name]
    rows = [
        f"| `{each.name}`{' *' if each.required else ''} | {each.about.replace('|', chr(92) + '|')} |" for each in keys
    ]
    head = "kind" if name == "kinds" else "key"
    return "\n".join([f"| {head} | about |", "| --- | --- |", *rows])


def main() -> None:
    """Write it."""
    PAGE.write_text(render_page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
