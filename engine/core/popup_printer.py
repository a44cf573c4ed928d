"""What a rule shows, written back as a rule file has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.placeholders import CouponPart, Template
from engine.core.popup_parts import Channel, Coupon, Handover, Label, Private, Progress, Section, Segment, Shelf, Start
from engine.core.rules import Show
from engine.core.written import say_duration, say_number

Data = dict[str, Any]


def show_as_data(show: Show) -> Data:
    """Return what stands under ``show:``."""
    content: Data = {}
    for name, part in show.content.items():
        content |= _entries(name, part, show.kind)
    return {show.kind: content}


def _entries(name: str, part: Any, kind: str) -> Data:
    """Return the entries that a part of a popup was read from; what Shopbell says by itself has none."""
    match part:
        case None | Label():
            return {}
        case Coupon() if kind == "coupon":
            return _coupon(part)
        case Section(parts) if kind == name:
            return {key: _value(each) for key, each in parts.items()}
        case Progress(done):
            return {} if isinstance(done, Label) else {"done": _texts(done)}
        case Shelf(source, most):
            return {"from": source, "most": most}
        case (Channel(), *_):
            return {name: _channels(part)}
    return {name: _value(part)}


def _value(part: Any) -> Any:
    match part:
        case Mapping():
            return _texts(part)
        case tuple():
            return [_value(each) for each in part]
        case Section(parts):
            return {name: _value(each) for name, each in parts.items()}
        case Coupon():
            return _coupon(part)
        case Segment(text, weight, coupon):
            worth = {} if coupon is None else _coupon(coupon)
            return {"text": _texts(text), "weight": _number(weight), **worth}
        case Handover(text, away, go):
            return {"text": _texts(text), "away": _texts(away)} | ({"go": go} if go else {})
        case Start(word) | Private(word):
            return word
    return part


def _coupon(coupon: Coupon) -> Data:
    data: Data = {"pool" if coupon.pool else "code": coupon.code}
    if coupon.value is not None:
        data["value"] = f"{say_number(coupon.value)}%" if coupon.percent else _number(coupon.value)
    if coupon.expires_ms is not None:
        data["expires"] = say_duration(coupon.expires_ms)
    return data


def _channels(channels: tuple[Channel, ...]) -> Any:
    """Return the links to messengers: by name alone where Shopbell words them."""
    if any(isinstance(each.text, Label) for each in channels):
        return [each.kind for each in channels]
    return {each.kind: _value(each.text) for each in channels}


def _texts(texts: Mapping[str, Template]) -> Any:
    written = {tag: _text(template) for tag, template in texts.items()}
    return written[""] if list(written) == [""] else written


def _text(template: Template) -> str:
    return "".join(each if isinstance(each, str) else f"{{{{{_name(each)}}}}}" for each in template)


def _name(piece: Any) -> str:
    return piece.name if isinstance(piece, CouponPart) else str(piece)


def _number(value: float) -> float:
    return int(value) if float(value).is_integer() else value
