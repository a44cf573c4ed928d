"""
The frames of the stream protocol, version 1: text to frozen values and back.

A frame that is no frame raises :class:`BadFrame`, with the code that closes the
connection. An event that breaks the contract raises :class:`BadEvent`, whose
sentence goes back to the client; the connection stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

import orjson

from engine.core.consent import takes_back
from engine.core.event_data import BadEvent, read_page, reader_of, text
from engine.core.events import Context, Event, Hello
from engine.core.private_words import clean_page, clean_referrer
from engine.core.refused import BadFrame as BadFrame

VERSION = 1
MAX_FRAME = 16 * 1024
MAX_SEQ = 2**53

CLOSE_GOING_AWAY = 1001
CLOSE_PROTOCOL = 1002
CLOSE_NOT_UTF8 = 1007
CLOSE_TOO_BIG = 1009
CLOSE_RESTART = 1012
CLOSE_BUSY = 1013
CLOSE_SWITCHED_OFF = 4001
CLOSE_REFUSED = 4003
CLOSE_TOO_MANY = 4008
CLOSE_NO_HELLO = 4009

_NO_DATA: dict[str, Any] = {}
_DOC = re.compile(r"[a-z0-9]{6,32}")
_DEVICES = {"fine": "desktop", "coarse": "phone"}
_WIDEST_PHONE = 640


def parse(frame: bytes | memoryview) -> dict[str, Any]:
    """
    Read one text frame as a JSON object with a ``type``.

    Raises BadFrame: 1009 for more than 16 KiB, 1007 for bytes that are no
    UTF-8, 1002 for anything that is not such an object.
    """
    if len(frame) > MAX_FRAME:
        raise too_big(f"frame with {len(frame)}")
    try:
        message = orjson.loads(frame)
    except orjson.JSONDecodeError as error:
        try:
            bytes(frame).decode()
        except UnicodeDecodeError:
            raise BadFrame("frame is not UTF-8", CLOSE_NOT_UTF8) from error
        raise BadFrame("frame is not JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise BadFrame("frame is not a JSON object with a type")
    return message


def too_big(what: str) -> BadFrame:
    """Return the end of a connection that sends ``what`` bytes in one message."""
    return BadFrame(f"{what} bytes exceeds limit of {MAX_FRAME} bytes", CLOSE_TOO_BIG)


def parse_of(doc: str, frame: bytes | memoryview) -> dict[str, Any]:
    """Read one text frame of a document that was welcomed: its own name in an event says no more than none."""
    message = parse(frame)
    if message.get("doc") == doc:
        del message["doc"]
    return message


def read_hello(message: Mapping[str, Any]) -> Hello:
    """
    Read the first frame of a connection.

    Raises BadFrame with code 4009 for a first frame that is no hello of
    version 1, or whose page is no page. What it says of the context is taken as
    far as it is sound: an odd language or referrer must not cost the connection.
    """
    if message["type"] != "hello":
        raise BadFrame(f"first frame is '{message['type'][:40]}', expected hello", CLOSE_NO_HELLO)
    if message.get("v") != VERSION or isinstance(message.get("v"), bool):
        raise BadFrame(f"version is {text(message.get('v'))}, expected {VERSION}", CLOSE_NO_HELLO)
    doc = message.get("doc")
    if not _is_doc(doc):
        raise BadFrame("hello.doc is not of the form [a-z0-9]{6,32}", CLOSE_NO_HELLO)
    if isinstance(message.get("page"), dict):
        clean_page(message["page"])
    try:
        page = read_page(message["page"], "hello.page") if message.get("page") is not None else None
    except BadEvent as error:
        raise BadFrame(str(error), CLOSE_NO_HELLO) from error
    token = message.get("token")
    return Hello(doc, token if isinstance(token, str) else None, page, _context(message.get("context")))


def _context(said: Any) -> Context:
    if not isinstance(said, dict):
        return Context()
    utm: Any = said.get("utm")
    utm = utm if isinstance(utm, dict) else {}
    offset = said.get("utc_offset_min")
    return Context(
        language=_short(said.get("language"), 35),
        utc_offset_min=offset if type(offset) is int and abs(offset) <= 24 * 60 else 0,
        device=_device(said.get("pointer"), said.get("viewport")),
        referrer=clean_referrer(_short(said.get("referrer"), 512)),
        source=_short(utm.get("source"), 128),
        medium=_short(utm.get("medium"), 128),
        campaign=_short(utm.get("campaign"), 128),
    )


def _short(value: Any, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def _device(pointer: Any, viewport: Any) -> str:
    """Tell phone, tablet and desktop apart: a coarse pointer on a wide screen is a tablet."""
    device = _DEVICES.get(pointer, "desktop") if isinstance(pointer, str) else "desktop"
    if device == "phone" and isinstance(viewport, list) and viewport:
        width = viewport[0]
        if isinstance(width, int | float) and width > _WIDEST_PHONE:
            return "tablet"
    return device


def read_event(message: dict[str, Any]) -> Event:
    """
    Read an event. Raises BadEvent with the sentence that the client is told.

    The error names no event where it cannot be told which it was: an
    acknowledgement of it would cover events of another document.
    """
    if message["type"] != "event":
        raise BadEvent(f"type is '{message['type'][:40]}', expected event")
    seq, doc, page = message.get("seq"), message.get("doc"), message.get("page")
    if isinstance(seq, float) and seq.is_integer():
        seq = int(seq)  # JSON knows one kind of number: 18.0 is 18
    if not isinstance(seq, int) or isinstance(seq, bool) or not 1 <= seq <= MAX_SEQ:
        raise BadEvent(f"seq is {text(seq)}, expected a whole number from 1 to 2^53")
    try:
        read = reader_of(message.get("name"))
        if doc is not None and not _is_doc(doc):
            raise BadEvent(f"doc is {text(doc)}, expected [a-z0-9]{{6,32}}")
        data = message.get("data", _NO_DATA)
        if not isinstance(data, dict) and data is not None:
            raise BadEvent(f"data is {text(data)}, expected an object")
        carried = None if page is None else read_page(page, "page")
        return read(seq, data or _NO_DATA, doc, carried)
    except BadEvent as error:
        error.name = message.get("name")
        if doc is None or _is_doc(doc):
            error.seq, error.doc = seq, doc
        raise


def one_too_many(message: dict[str, Any]) -> BadEvent | None:
    """Return the refusal of an event that its session may not send; None for consent taken back, which it may."""
    refused = BadEvent("the session has sent too many events, expected fewer until it ends")
    try:
        event = read_event(message)
    except BadEvent as error:
        return error
    refused.seq, refused.doc, refused.name = event.seq, event.doc, event.name
    return None if takes_back(event) else refused


def _is_doc(name: Any) -> TypeGuard[str]:
    return isinstance(name, str) and _DOC.fullmatch(name) is not None


def welcome_frame(names: Mapping[str, str], seq: int, resumed: bool, arm: Mapping[str, Any]) -> bytes:
    """Write the answer to a hello; ``names`` are visitor, session and token."""
    return orjson.dumps({"type": "welcome", "v": VERSION, **names, "seq": seq, "resumed": resumed, "arm": arm})


def ack_frame(seq: int, doc: str | None = None, arm: Mapping[str, Any] | None = None) -> bytes:
    """Write an acknowledgement; ``arm`` None leaves what is armed unchanged."""
    if doc is None and arm is None:
        return b'{"type":"ack","seq":%d}' % seq
    frame: dict[str, Any] = {"type": "ack", "seq": seq}
    if doc is not None:
        frame["doc"] = doc
    if arm is not None:
        frame["arm"] = arm
    return orjson.dumps(frame)


def show_frame(fire: str, rule: str, popup: Mapping[str, Any]) -> bytes:
    """Write a firing."""
    return orjson.dumps({"type": "show", "fire": fire, "rule": rule, "popup": popup})


def sent_again(frame: bytes, elapsed_ms: int) -> bytes:
    """Return a firing's frame as it is sent once more, so much later: its coupon has less time left."""
    if b'"expires_ms":' not in frame:
        return frame
    show = orjson.loads(frame)
    coupon = show["popup"].get("coupon", {})
    if "expires_ms" in coupon:
        coupon["expires_ms"] = max(coupon["expires_ms"] - elapsed_ms, 0)
    return orjson.dumps(show)


def hide_frame(fire: str) -> bytes:
    """Write that a firing is to be taken off the page, or not shown any more."""
    return orjson.dumps({"type": "hide", "fire": fire})


def error_frame(error: BadEvent) -> bytes:
    """Write why an event was refused."""
    frame: dict[str, Any] = {"type": "error", "code": "bad_event"}
    if error.doc is not None:
        frame["doc"] = error.doc
    if error.seq is not None:
        frame["seq"] = error.seq
    frame["message"] = str(error)
    return orjson.dumps(frame)
