"""
JSON Schemas of rule and site files, rendered from the reader's tables, so that editors complete and underline.

A schema can say less than the reader: what it accepts may still be refused,
such as a placeholder that is no fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from engine.core.condition_tree import MOST_STEPS
from engine.core.do_file import DO_KEYS
from engine.core.events import PAGE_KINDS
from engine.core.facts import ALIASES, DEVICES, FACTS, OPERATORS_OF, Fact, FactType
from engine.core.node_reading import Key
from engine.core.operators import OPERATORS
from engine.core.page_kinds import KINDS
from engine.core.popup_file import SHOW_KINDS
from engine.core.popup_schema import look_settings, show_kinds
from engine.core.rulefile import RULE_KEYS
from engine.core.schedule_file import SCHEDULE_KEYS
from engine.core.site_file import POLICY_KEYS, SHOPPER_KEYS, SITE_KEYS, STAGES_KEYS
from engine.core.stages import STAGES
from engine.core.variant_file import AFTER_KEYS, MOST_VARIANTS, VARIANT_KEYS
from engine.core.wall_clock import WEEKDAYS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_DURATION = r"\d+(\.\d+)?\s?(ms|s|m|h|d)"
_WINDOW = rf"(\s+(ever|in\s+{_DURATION}))?"
_EVENT = r"(?!(page_dwell|scroll|idle|wake)\b)[a-z][a-z0-9_]*"
_WHERE = r"\s+where\s+[A-Za-z_][\w.-]*.+"
_WAIT: Schema = {"type": "string", "pattern": f"^{_DURATION}$"}
_RULE_ID: Schema = {"type": ["string", "number"]}
_POPUPS: Schema = {each.name: {"$ref": f"#/$defs/{each.name}"} for each in SHOW_KINDS}
_PERCENT = r"(100(\.0+)?|\d{1,2}(\.\d+)?)\s?%"
_VALUES = {
    FactType.COUNT: r"\d+(\.0+)?",
    FactType.NUMBER: r"-?\d+(\.\d+)?",
    FactType.DURATION: _DURATION,
    FactType.PERCENT: _PERCENT,
    FactType.TEXT: r"\S.*",
    FactType.KIND: f"[\"']?({'|'.join(PAGE_KINDS)})[\"']?",
    FactType.DEVICE: f"[\"']?({'|'.join(DEVICES)})[\"']?",
    FactType.YES_NO: "(yes|no)",
    FactType.HOUR: r"([01]?\d|2[0-3])",
    FactType.WEEKDAY: f"[\"']?({'|'.join(WEEKDAYS)})[\"']?",
    FactType.DATE: r"\d{4}-\d\d-\d\d",
    FactType.COUNTRY: "[\"']?[A-Za-z]{2}[\"']?",
    FactType.STAGE: f"[\"']?({'|'.join(STAGES)}|repeat-buyer)[\"']?",
    FactType.TAGS: r"\S.*",
    FactType.FIELD: r"\S.*",
    FactType.CART: r"[^\s\[].*",
}
_LISTED = {
    **{kind: pattern for kind, pattern in _VALUES.items() if not pattern.startswith(r"\S")},
    FactType.WEEKDAY: f"[\"']?({'|'.join(WEEKDAYS)})(\\s*-\\s*({'|'.join(WEEKDAYS)}))?[\"']?",
}
"""What stands between the brackets of a list, for the types of which that can be told."""

_TEXT: Schema = {"type": ["string", "number"], "pattern": r"\S"}
_LANGUAGE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"


def rule_schema() -> Schema:
    """Return the schema of a file of rules."""
    return {
        "$schema": DIALECT,
        "title": "Shopbell rules",
        "type": ["array", "null"],
        "items": {"$ref": "#/$defs/rule"},
        "$defs": {
            "rule": _object(RULE_KEYS, _rule_parts()) | {"anyOf": [{"required": ["show"]}, {"required": ["do"]}]},
            **show_kinds(),
            "texts": {"oneOf": [_TEXT, _by_language()]},
            "conditions": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/condition"}},
            "condition": {"oneOf": [{"$ref": f"#/$defs/{each}"} for each in ("line", "group", "sequence")]},
            "sequence": _sequence(),
            "group": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
                "properties": {name: {"$ref": "#/$defs/several"} for name in ("all", "any", "not")},
            },
            "several": {"oneOf": [{"$ref": "#/$defs/condition"}, {"$ref": "#/$defs/conditions"}]},
            "line": {"type": "string", "anyOf": [_line(kind) for kind in FactType]},
            "doing": {**_object(DO_KEYS, _do_parts()), "minProperties": 1},
            "code": {
                "type": ["string", "number"],
                "pattern": r"^\S{1,64}$",
                "description": "a code such as WELCOME100",
            },
        },
    }


def site_schema() -> Schema:
    """Return the schema of ``site.yaml``."""
    count = {"type": "integer", "minimum": 0}
    duration = {"type": "string", "pattern": f"^{_DURATION}$"}
    policy = {
        "popups_per_session": count,
        "quiet": duration,
        "never_on": {"type": "array", "items": {"enum": list(PAGE_KINDS)}},
        "without_consent": {"enum": ["bars", "popups"]},
    }
    shopper = {"product_views": count, "product_dwell": duration, "cart": {"type": "boolean"}}
    parts: Schema = {
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "timezone": {"type": "string"},
        "languages": {"type": "array", "items": {"type": "string", "pattern": _LANGUAGE}},
        "free_shipping_from": {"type": "number", "minimum": 0},
        "holdout": {"type": "string", "pattern": f"^{_PERCENT}$"},
        "policy": _object(POLICY_KEYS, policy),
        "coupon_url": {"type": "string"},
        "pages": _object(KINDS, dict.fromkeys(PAGE_KINDS, _paths())),
        **look_settings(),
        "stages": _object(STAGES_KEYS, {"shopper": _object(SHOPPER_KEYS, shopper)}),
    }
    return {"$schema": DIALECT, "title": "Shopbell site settings", **_object(SITE_KEYS, parts)}


def _paths() -> Schema:
    """Return the schema of a path, or of a list of them."""
    path = {"type": "string", "pattern": "^[/*]"}
    return {"oneOf": [path, {"type": "array", "items": path}]}


def _rule_parts() -> Schema:
    texts, doing = {"$ref": "#/$defs/texts"}, {"$ref": "#/$defs/doing"}
    return {
        "rule": {"type": ["string", "number"], "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"},
        "name": texts,
        "when": {"$ref": "#/$defs/conditions"},
        "show": {"oneOf": [_one_of(SHOW_KINDS, _POPUPS), _variants(_POPUPS)]},
        "do": {"oneOf": [doing, {"type": "array", "minItems": 1, "items": doing}]},
        "schedule": {**_object(SCHEDULE_KEYS, _schedule_parts()), "minProperties": 1},
        "limit": {"type": "string", "pattern": r"^(once|\d+)\s+per\s+(session|visitor|day|\d+\s+days?)$"},
        "priority": {"type": "number"},
        "holdout": {"type": "string", "pattern": f"^{_PERCENT}$"},
        "after": {"oneOf": [_RULE_ID, _object(AFTER_KEYS, {"rule": _RULE_ID, "wait": _WAIT})]},
    }


def _by_language() -> Schema:
    names = {"pattern": _LANGUAGE}
    return {"type": "object", "minProperties": 1, "propertyNames": names, "additionalProperties": _TEXT}


def _sequence() -> Schema:
    steps = {"type": "string", "pattern": rf"^(page\s+({'|'.join(PAGE_KINDS)})|{_EVENT}({_WHERE})?)$"}
    return {
        "type": "object",
        "required": ["sequence"],
        "additionalProperties": False,
        "properties": {
            "sequence": {"type": "array", "minItems": 2, "maxItems": MOST_STEPS, "items": steps},
            "within": _WAIT,
        },
    }


def _one_of(kinds: Iterable[Key], shows: Schema) -> Schema:
    return {**_object(kinds, shows), "minProperties": 1, "maxProperties": 1}


def _variants(shows: Schema) -> Schema:
    own: Schema = {"variant": {"type": ["string", "number"], "pattern": "^[a-z0-9][a-z0-9-]{0,31}$"}}
    own["weight"] = {"type": "number", "minimum": 0}
    variant = _object((*VARIANT_KEYS, *SHOW_KINDS), {**own, **shows})
    return {"type": "array", "items": variant, "minItems": 2, "maxItems": MOST_VARIANTS}


def _do_parts() -> Schema:
    tag = {"type": ["string", "number"], "description": "a tag such as shoes"}
    tags = {"oneOf": [tag, {"type": "array", "items": tag}]}
    names = {"pattern": "^[a-z][a-z0-9_]{0,39}$"}
    values = {"type": ["string", "number"]}
    fields = {"type": "object", "minProperties": 1, "propertyNames": names, "additionalProperties": values}
    return {"tag": tags, "untag": tags, "set": fields}


def _schedule_parts() -> Schema:
    day = f"({'|'.join(WEEKDAYS)})"
    days = {"type": "string", "pattern": f"^{day}(\\s*-\\s*{day})?(\\s*,\\s*{day}(\\s*-\\s*{day})?)*$"}
    hours = {"type": "string", "pattern": r"^\d{1,2}:\d\d\s?-\s?\d{1,2}:\d\d$"}
    moment = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d([ T]\d{1,2}:\d\d)?$"}
    return {
        "days": {"oneOf": [days, {"type": "array", "minItems": 1, "items": days}]},
        "hours": {"oneOf": [hours, {"type": "array", "minItems": 1, "items": hours}]},
        "timezone": {"type": "string"},
        "from": moment,
        "until": moment,
    }


def _object(keys: Iterable[Key], parts: Schema) -> Schema:
    listed = list(keys)
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {each.name: {**parts[each.name], "description": each.about} for each in listed},
    }
    required = [each.name for each in listed if each.required]
    return schema | ({"required": required} if required else {})


def _line(kind: FactType) -> Schema:
    """Return the schema of a line about facts of one type."""
    names = "|".join(_name(each) for each in FACTS.values() if each.type is kind)
    names += "".join(f"|{alias}" for alias, name in ALIASES.items() if FACTS[name].type is kind)
    fact = f"^\\s*({names})"
    if kind is FactType.SIGNAL:
        pattern = f"{fact}\\s*$"
    else:
        rest = f"\\s*({_operators(kind, 'one')})\\s*{_VALUES[kind]}\\s*$"
        lists = f"\\s*({_operators(kind, 'list')})\\s*{_list_of(kind)}\\s*$" if _operators(kind, "list") else None
        endings = [rest] + ([lists] if lists else []) + ([r"\s*$"] if kind is FactType.YES_NO else [])
        pattern = f"{fact}({'|'.join(endings)})"
    return {"title": f"a condition about a {kind.value}", "pattern": pattern}


def _list_of(kind: FactType) -> str:
    value = _LISTED.get(kind)
    return rf"\[\s*{value}(\s*,\s*{value})*\s*\]" if value else r"\[.+\]"


def _name(fact: Fact) -> str:
    name = re.escape(fact.name)
    window = _WINDOW if fact.windows else ""
    if fact.argument == "page kind":
        return rf"{name}\s*\(\s*({'|'.join(PAGE_KINDS)})\s*\){window}"
    if fact.argument == "event":
        return rf"{name}\s*\(\s*{_EVENT}({_WHERE})?\s*\){window}"
    return rf"{name}\s*\(\s*[a-z][a-z0-9_]*\s*\)" if fact.argument else name + window


def _operators(kind: FactType, takes: str) -> str:
    symbols = {each for each in OPERATORS_OF[kind] if OPERATORS[each].takes == takes}
    symbols |= {"is"} & {OPERATORS[each].words for each in symbols}
    longest_first = sorted(sorted(symbols), key=len, reverse=True)
    return "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in longest_first)
