"""As much of JSON Schema as the schemas of the rule language use, to hold them against real files."""

from __future__ import annotations

import re
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "object": (dict,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def accepts(schema: dict[str, Any], value: Any, root: dict[str, Any] | None = None) -> bool:
    """Tell whether a value is valid by a schema."""
    root = root or schema
    if "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return accepts(target, value, root)
    return (
        _has_type(schema, value)
        and ("enum" not in schema or value in schema["enum"])
        and ("anyOf" not in schema or any(accepts(each, value, root) for each in schema["anyOf"]))
        and ("not" not in schema or not accepts(schema["not"], value, root))
        and ("oneOf" not in schema or sum(accepts(each, value, root) for each in schema["oneOf"]) == 1)
        and (not isinstance(value, str) or re.search(schema.get("pattern", ""), value) is not None)
        and (not isinstance(value, int | float) or _number(schema, value))
        and (not isinstance(value, list) or _list(schema, value, root))
        and (not isinstance(value, dict) or _object(schema, value, root))
    )


def _has_type(schema: dict[str, Any], value: Any) -> bool:
    names = schema.get("type", list(_TYPES))
    names = [names] if isinstance(names, str) else names
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _number(schema: dict[str, Any], value: float) -> bool:
    least, most, above = schema.get("minimum", value), schema.get("maximum", value), schema.get("exclusiveMinimum")
    return bool(least <= value <= most and (above is None or value > above))


def _list(schema: dict[str, Any], value: list[Any], root: dict[str, Any]) -> bool:
    items = schema.get("items", {})
    least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
    return least <= len(value) <= most and all(accepts(items, each, root) for each in value)


def _object(schema: dict[str, Any], value: dict[str, Any], root: dict[str, Any]) -> bool:
    known, more = schema.get("properties", {}), schema.get("additionalProperties", {})
    return (
        schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", len(value))
        and all(name in value for name in schema.get("required", []))
        and all(accepts(schema.get("propertyNames", {}), name, root) for name in value)
        and all(accepts(known[key], each, root) for key, each in value.items() if key in known)
        and all(more is not False and accepts(more, each, root) for key, each in value.items() if key not in known)
    )
