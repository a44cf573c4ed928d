"""The language's reference tables, rendered from the tables that the reader and the judge work by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from engine.core.condition_tree import GROUPS
from engine.core.do_file import DO_KEYS
from engine.core.facts import DEVICES, FACTS, OPERATORS_OF, Fact, FactType
from engine.core.golden_file import REFUSALS, SESSION_KEYS, VISITOR_KEYS
from engine.core.golden_steps import STEP_KEYS
from engine.core.limits import FORMS
from engine.core.node_reading import Key
from engine.core.operators import OPERATORS
from engine.core.popup_chat import CHAT_KEYS, REPLY_KEYS
from engine.core.popup_file import SHOW_KINDS
from engine.core.popup_kinds import COUPON_POPUP_KEYS
from engine.core.popup_reading import BUTTON_KEYS
from engine.core.rulefile import RULE_KEYS
from engine.core.schedule_file import SCHEDULE_KEYS
from engine.core.site_file import POLICY_KEYS, SITE_KEYS
from engine.core.stages import STAGES

EXAMPLES = {
    FactType.COUNT: "`3`",
    FactType.NUMBER: "`1500`, `12.5`",
    FactType.DURATION: "`10s`, `5m`, `2h`, `7d`, `500ms`",
    FactType.PERCENT: "`50%`",
    FactType.TEXT: '`shoes`, `"two words"`',
    FactType.KIND: "`cart`",
    FactType.DEVICE: ", ".join(f"`{each}`" for each in DEVICES),
    FactType.SIGNAL: "stands alone",
    FactType.YES_NO: "stands alone, or `is no`",
    FactType.HOUR: "`18`",
    FactType.WEEKDAY: "`sat`; in a list also `mon-fri`",
    FactType.DATE: "`2026-11-01`",
    FactType.COUNTRY: "`TW`, two letters",
    FactType.STAGE: ", ".join(f"`{each}`" for each in STAGES),
    FactType.TAGS: "`shoes`",
    FactType.FIELD: "`gold`, `42`",
    FactType.CART: "`A-100`, `product`, `category(shoes)`",
}
"""How a value of each type is written."""


def said(fact: Fact) -> str:
    """Write a fact's name with what belongs into its brackets."""
    return f"{fact.name}({fact.argument.upper().removeprefix('PAGE ')})" if fact.argument else fact.name


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *map(list, rows)]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _facts() -> str:
    types = {each.name: each.type.value + (", window" if each.windows else "") for each in FACTS.values()}
    rows = [(f"`{said(each)}`", types[each.name], each.about) for each in FACTS.values()]
    return _table(("fact", "type", "about"), rows)


def _types() -> str:
    rows = [
        (kind.value, " ".join(f"`{each}`" for each in OPERATORS_OF[kind]) or "none", EXAMPLES[kind])
        for kind in FactType
    ]
    return _table(("type", "operators", "values"), rows)


def _operators() -> str:
    used = {symbol for symbols in OPERATORS_OF.values() for symbol in symbols}
    rows = [(f"`{each.symbol}`", each.words) for each in OPERATORS.values() if each.symbol in used]
    return _table(("written", "said"), rows)


def _keys(keys: Iterable[Key]) -> Callable[[], str]:
    def render() -> str:
        rows = [(f"`{each.name}`{' *' if each.required else ''}", each.about) for each in keys]
        return _table(("key", "about"), rows)

    return render


def _pairs(pairs: dict[str, str]) -> Callable[[], str]:
    return lambda: _table(("word", "about"), ((f"`{name}`", about) for name, about in pairs.items()))


SECTIONS: dict[str, Callable[[], str]] = {
    "facts": _facts,
    "types": _types,
    "operators": _operators,
    "groups": _keys(GROUPS),
    "rule keys": _keys(RULE_KEYS),
    "schedule keys": _keys(SCHEDULE_KEYS),
    "do keys": _keys(DO_KEYS),
    "limits": lambda: ", ".join(f"`{each}`" for each in FORMS),
    "kinds": _keys(SHOW_KINDS),
    "chat keys": _keys(CHAT_KEYS),
    "reply keys": _keys(REPLY_KEYS),
    "coupon keys": _keys(COUPON_POPUP_KEYS),
    "button keys": _keys(BUTTON_KEYS),
    "site keys": _keys(SITE_KEYS),
    "policy keys": _keys(POLICY_KEYS),
    "session keys": _keys(SESSION_KEYS),
    "visitor keys": _keys(VISITOR_KEYS),
    "event keys": _pairs(STEP_KEYS),
    "refusals": _pairs(REFUSALS),
}
"""What stands between the markers ``<!-- NAME -->`` and ``<!-- end -->`` of a page."""

_SECTION = re.compile(r"<!-- ([a-z ]+) -->\n.*?<!-- end -->", re.S)


def render_page(page: str) -> str:
    """Return a page with every marked section rendered anew. Raises KeyError for a marker of no section."""
    return _SECTION.sub(lambda match: f"<!-- {match[1]} -->\n\n{SECTIONS[match[1]]()}\n\n<!-- end -->", page)
