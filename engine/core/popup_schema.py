"""JSON Schemas of the kinds of popup, rendered from their readers' tables of keys."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from engine.core.look_file import FEED_KEYS, THEME_KEYS
from engine.core.node_reading import Key
from engine.core.popup_chat import MOST_REPLIES, REPLY_KEYS
from engine.core.popup_file import KEYS_OF
from engine.core.popup_flow import (
    ASK_KEYS,
    CARD_KEYS,
    HANDOVER_KEYS,
    MOST_CARDS,
    MOST_OPTIONS,
    MOST_SAID,
    OPTION_KEYS,
    STEP_KEYS,
)
from engine.core.popup_kinds import CHANNELS
from engine.core.popup_reading import BUTTON_KEYS, COUPON_KEYS, TAKEN_FIELDS
from engine.core.popup_wheel import LEAST_SEGMENTS, MOST_SEGMENTS, SEGMENT_KEYS
from engine.core.themes import DARKS, FONTS, SIDES

Schema = dict[str, Any]

_TEXTS: Schema = {"$ref": "#/$defs/texts"}
_CODE: Schema = {"$ref": "#/$defs/code"}
_WORD: Schema = {"type": ["string", "number"]}
_WORTH: Schema = {
    "oneOf": [
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "string", "pattern": r"^\d+(\.\d+)?\s?%?$"},
    ]
}
_ONE_CODE: Schema = {"oneOf": [{"required": ["code"]}, {"required": ["pool"]}]}
_URL: Schema = {"type": "string", "pattern": "^(https?://|/([^/\\\\]|$)|[Mm]ailto:|[Tt]el:)"}
_PICTURE: Schema = {"type": "string", "pattern": "^(https://|/[^/\\\\])"}
_SIDE: Schema = {"type": "integer", "minimum": 1, "maximum": 4096}
_FIELD: Schema = {
    "type": "string",
    "pattern": f"^(?!({'|'.join(TAKEN_FIELDS)})$)[a-z][a-z0-9_]{{0,39}}$",
}
_WORDS = {
    "code": _CODE, "pool": _CODE, "value": _WORTH, "url": _URL, "start": _WORD, "go": _WORD, "tag": _WORD,
    "image": _PICTURE, "src": _PICTURE, "name": _FIELD, "weight": {"type": "number", "exclusiveMinimum": 0},
    "width": _SIDE, "height": _SIDE, "most": {"type": "integer", "minimum": 1, "maximum": 12},
    "from": {"type": "string"}, "field": _FIELD,
    "position": {"enum": ["top", "bottom"]}, "scale": {"enum": ["nps", "stars", "choice"]},
    "type": {"enum": ["text", "email", "number"]},
    "expires": {"type": "string", "pattern": r"^\d+(\.\d+)?\s?(ms|s|m|h|d)$"},
}  # fmt: skip
"""What the keys hold that mean the same wherever they stand; every other key holds a text."""


def show_kinds() -> dict[str, Schema]:
    """Return what may stand under each kind of popup."""
    own = {"chat": _chat(), "survey": _survey(), "wheel": _wheel(), "subscribe": _subscribe()}
    own["countdown"] = _countdown()
    shared = {"coupon": _coupon(), "button": _button()}
    kinds = {kind: _object(keys, shared | own.get(kind, {})) for kind, keys in KEYS_OF.items()}
    kinds["coupon"] |= _ONE_CODE
    kinds["chat"]["oneOf"] = [{"required": ["text"]}, {"required": ["steps"]}]
    kinds["subscribe"]["anyOf"] = [{"required": ["consent"]}, {"required": ["channels"]}]
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
    return {"oneOf": [_CODE, _object(COUPON_KEYS, {}) | _ONE_CODE]}


def _button() -> Schema:
    return _object(BUTTON_KEYS, {}) | {"oneOf": [{"required": ["url"]}, {"required": ["start"]}]}


def _chat() -> Schema:
    reply = _object(REPLY_KEYS, {})
    step = _object(
        STEP_KEYS,
        {
            "say": {"anyOf": [_TEXTS, _list(_TEXTS, MOST_SAID)]},
            "coupon": {"enum": [True, False, "yes", "no"]},
            "options": _list(
                {"anyOf": [_WORD, _object(OPTION_KEYS, {}) | _at_most_one("go", "start", "url")]}, MOST_OPTIONS
            ),
            "cards": _list(
                _object(CARD_KEYS, {}) | {"oneOf": [{"required": ["go"]}, {"required": ["url"]}]}, MOST_CARDS
            ),
            "ask": _object(ASK_KEYS, {}),
            "handover": _object(HANDOVER_KEYS, {}),
        },
    )
    names = {"pattern": "^[a-z0-9][a-z0-9_-]{0,39}$"}
    steps = {"type": "object", "required": ["start"], "propertyNames": names, "additionalProperties": step}
    return {"replies": _list({"anyOf": [_TEXTS, reply]}, MOST_REPLIES, 0), "steps": steps}


def _survey() -> Schema:
    return {"options": _list(_TEXTS, 8, 2)}


def _countdown() -> Schema:
    return {"coupon": _object(COUPON_KEYS, {}) | _ONE_CODE | {"required": ["expires"]}}


def _wheel() -> Schema:
    return {"segments": _list(_object(SEGMENT_KEYS, {}), MOST_SEGMENTS, LEAST_SEGMENTS), "button": _TEXTS}


def _subscribe() -> Schema:
    by_name = dict.fromkeys(CHANNELS, _TEXTS)
    named = {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": by_name}
    return {"channels": {"oneOf": [_list({"enum": list(CHANNELS)}, len(CHANNELS)), named]}, "button": _TEXTS}


def _list(items: Schema, most: int, least: int = 1) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _at_most_one(*names: str) -> Schema:
    pairs = [{"required": list(pair)} for pair in combinations(names, 2)]
    return {"not": {"anyOf": pairs}}


def _object(keys: Iterable[Key], own: dict[str, Schema]) -> Schema:
    parts = {
        each.name: {**(own.get(each.name) or _WORDS.get(each.name) or _TEXTS), "description": each.about}
        for each in keys
    }
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": parts}
    required = [each.name for each in keys if each.required]
    return schema | ({"required": required} if required else {})
