"""JSON Schemas of the kinds of popup, rendered from their readers' tables of keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.core.look_file import FEED_KEYS, THEME_KEYS
from engine.core.node_reading import Key
from engine.core.popup_chat import REPLY_KEYS
from engine.core.popup_file import KEYS_OF
from engine.core.popup_flow import ASK_KEYS, CARD_KEYS, HANDOVER_KEYS, OPTION_KEYS, STEP_KEYS
from engine.core.popup_kinds import CHANNELS
from engine.core.popup_reading import BUTTON_KEYS, COUPON_KEYS
from engine.core.popup_wheel import LEAST_SEGMENTS, MOST_SEGMENTS, SEGMENT_KEYS
from engine.core.themes import DARKS, FONTS, SIDES

Schema = dict[str, Any]

_TEXTS: Schema = {"$ref": "#/$defs/texts"}
_CODE: Schema = {"$ref": "#/$defs/code"}
_WORD: Schema = {"type": ["string", "number"]}
_NUMBER: Schema = {"type": "number"}
_WORDS = {
    "code": _CODE, "pool": _CODE, "value": _WORD, "url": {"type": "string"}, "start": _WORD, "go": _WORD,
    "image": {"type": "string"}, "src": {"type": "string"}, "name": {"type": "string"}, "weight": _NUMBER,
    "width": _NUMBER, "height": _NUMBER, "most": _NUMBER, "from": {"type": "string"}, "field": {"type": "string"},
    "position": {"enum": ["top", "bottom"]}, "scale": {"enum": ["nps", "stars", "choice"]},
    "type": {"enum": ["text", "email", "number"]},
    "expires": {"type": "string", "pattern": r"^\d+(\.\d+)?\s?(ms|s|m|h|d)$"},
}  # fmt: skip
"""What the keys hold that mean the same wherever they stand; every other key holds a text."""


def show_kinds() -> dict[str, Schema]:
    """Return what may stand under each kind of popup."""
    own = {"chat": _chat(), "survey": _survey(), "wheel": _wheel(), "subscribe": _subscribe()}
    shared = {"coupon": _coupon(), "button": _object(BUTTON_KEYS, {})}
    kinds = {kind: _object(keys, shared | own.get(kind, {})) for kind, keys in KEYS_OF.items()}
    kinds["chat"]["anyOf"] = [{"required": ["text"]}, {"required": ["steps"]}]
    return kinds


def look_settings() -> dict[str, Schema]:
    """Return what ``site.yaml`` may hold of popups: the theme, feeds and channels."""
    colour = {"type": "string", "pattern": "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$"}
    words: dict[str, Schema] = {
        "font": {"enum": list(FONTS)},
        "side": {"enum": list(SIDES)},
        "dark": {"enum": list(DARKS)},
    }
    theme: dict[str, Schema] = {
        "accent": colour,
        "ground": colour,
        "text": colour,
        "radius": {"type": "integer", "minimum": 0},
        **words,
    }
    feed = _object(FEED_KEYS, {"every": _WORDS["expires"]})
    accounts = {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(CHANNELS, _WORD)}
    return {
        "theme": _object(THEME_KEYS, theme),
        "feeds": {"type": "object", "additionalProperties": feed},
        "channels": accounts,
    }


def _coupon() -> Schema:
    return {"oneOf": [_CODE, _object(COUPON_KEYS, {})]}


def _chat() -> Schema:
    reply = _object(REPLY_KEYS, {})
    step = _object(
        STEP_KEYS,
        {
            "say": {"anyOf": [_TEXTS, _list(_TEXTS)]},
            "coupon": {"enum": [True, False, "yes", "no"]},
            "options": _list({"anyOf": [_WORD, _object(OPTION_KEYS, {})]}),
            "cards": _list(_object(CARD_KEYS, {})),
            "ask": _object(ASK_KEYS, {}),
            "handover": _object(HANDOVER_KEYS, {}),
        },
    )
    steps = {"type": "object", "required": ["start"], "additionalProperties": step}
    return {"replies": _list({"anyOf": [_TEXTS, reply]}), "steps": steps}


def _survey() -> Schema:
    return {"options": _list(_TEXTS)}


def _wheel() -> Schema:
    segments = _list(_object(SEGMENT_KEYS, {})) | {"minItems": LEAST_SEGMENTS, "maxItems": MOST_SEGMENTS}
    return {"segments": segments, "button": _TEXTS}


def _subscribe() -> Schema:
    by_name = dict.fromkeys(CHANNELS, _TEXTS)
    named = {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": by_name}
    return {"channels": {"oneOf": [_list({"enum": list(CHANNELS)}), named]}, "button": _TEXTS}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(keys: Iterable[Key], own: dict[str, Schema]) -> Schema:
    parts = {
        each.name: {**(own.get(each.name) or _WORDS.get(each.name) or _TEXTS), "description": each.about}
        for each in keys
    }
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": parts}
    required = [each.name for each in keys if each.required]
    return schema | ({"required": required} if required else {})
