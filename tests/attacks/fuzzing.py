"""
What is fuzzed: everything that reads what a stranger sends, or what a marketer writes.

Each target takes any bytes and may answer with nothing but its own refusals. Hypothesis draws bytes for them in every
test run, and for minutes in ``make fuzz``, where atheris looks for them too, led by what it reaches.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from engine.core import tokens, wire
from engine.core.addresses import client_of, neighbourhood, read_proxies
from engine.core.bounds import refuse_boundless
from engine.core.events import NOWHERE
from engine.core.golden import read_sessions
from engine.core.origins import BadOrigin, allowed, normalise_origin
from engine.core.redaction import PERSONAL, masked_frame
from engine.core.refused import BadEvent, BadFrame
from engine.core.refused_event import refused_event
from engine.core.rule_errors import RuleErrors
from engine.core.rulefile import read_rules
from engine.core.tracking import Tracking
from tests.docs.pages import CHECKOUT
from tests.drawn import EXAMPLES

Target = Callable[[bytes], None]

_EVENTS = [
    {"type": "event", "seq": 1, "name": "page_view", "data": {
        "url": "/p/mug?utm_source=ig#x", "kind": "product", "title": "Mug", "category": "Ceramics",
        "product": {"id": "mug", "name": "Mug", "price": 620, "currency": "TWD", "stock": 4}}},
    {"type": "event", "seq": 2, "name": "page_dwell", "data": {"ms": 4_200}},
    {"type": "event", "seq": 3, "name": "cart", "data": {
        "items": [{"item_id": "mug", "price": 620, "quantity": 2}], "value": 1240, "currency": "TWD"}},
    {"type": "event", "doc": "a81kq0", "seq": 7, "page": {"url": "/cart", "kind": "cart"}, "name": "scroll",
     "data": {"percent": 50}},
    {"type": "event", "seq": 4, "name": "purchase", "data": {"transaction_id": "1", "value": 5, "currency": "TWD"}},
    {"type": "event", "seq": 5, "name": "popup_submit", "data": {"fire": "f_1", "fields": {"email": "jo@x.example"}}},
    {"type": "event", "seq": 6, "name": "consent", "data": {"analytics": "denied", "marketing": "unknown"}},
    {"type": "event", "seq": 8, "name": "size_chart", "data": {"size": "L", "n": 3, "yes": True}},
]  # fmt: skip
_HELLO = {
    "type": "hello", "v": 1, "token": None, "doc": "k3v9x2", "page": {"url": "/cart", "kind": "cart"},
    "context": {"language": "zh-TW", "utc_offset_min": 480, "viewport": [1280, 720], "pointer": "fine",
                "referrer": "https://www.google.com/", "utm": {"source": "ig", "medium": "cpc", "campaign": "1111"}},
}  # fmt: skip
FRAMES = [orjson.dumps(each) for each in (_HELLO, *_EVENTS)]
RULES = [path.read_bytes() for path in sorted((CHECKOUT / "rules" / "playbook").glob("*.yaml"))]

_NOTHING = Tracking()
_SECRET = tokens.Secret("k1", b"x" * 32)
_PROXIES = read_proxies("127.0.0.1,fd00::/8")


def frames(data: bytes) -> None:
    """Read a frame as a hello and as an event, and go on as the engine does."""
    with contextlib.suppress(BadFrame):
        message = wire.parse(data)
        _event(data, message)
        hello = wire.read_hello(message)
        tokens.read([_SECRET], "pk_a", hello.token, 0)


def _event(data: bytes, message: dict[str, Any]) -> None:
    try:
        event = wire.read_event(message)
        refuse_boundless(event, data, message)
    except BadEvent as error:
        orjson.loads(wire.error_frame(error))
        refused_event(error)
        return
    if event.name in PERSONAL:
        orjson.loads(masked_frame(message))
    _NOTHING.changes(event, event.shown or event.page or NOWHERE)


def rules(data: bytes) -> None:
    """Read a text as rules, as a site's settings and as golden sessions."""
    text = data.decode("utf-8", "replace")
    for name in ("a.yaml", "site.yaml"):
        with contextlib.suppress(RuleErrors):
            read_rules({name: text})
    with contextlib.suppress(RuleErrors):
        read_sessions({"a.session.yaml": text})


def handshakes(data: bytes) -> None:
    """Read what stands in the head of a request: origin, host, addresses, a token."""
    text = data.decode("latin-1")
    first, _, second = text.partition("\n")
    with contextlib.suppress(BadOrigin):
        normalise_origin(first)
    assert not allowed(first, ["https://shop.example"], second, "http") or first == "https://shop.example"
    allowed(first, ["self"], second, "http")
    neighbourhood(client_of(first, [second], _PROXIES))
    assert tokens.read([_SECRET], "pk_a", text, 0) is None
    assert tokens.read_reference([_SECRET], "pk_a", text) is None


TARGETS: dict[str, Target] = {"frames": frames, "rules": rules, "handshakes": handshakes}
SEEDS: dict[str, list[bytes]] = {
    "frames": FRAMES,
    "rules": RULES,
    "handshakes": [b"https://shop.example\nshop.example:443", b"http://[::1]:8000\n1.1.1.1, 10.0.0.1", b"null\n"],
}

_SPICES = st.sampled_from([
    b"", b"\0", b"{", b"}", b"[", b"]", b'"', b"\\", b"\\u0000", b"\\ud800", b"-1", b"-0", b"1e999", b"NaN", b"2e308",
    b"18446744073709551616", b"9007199254740993", b"true", b"null", b"__proto__", b"\xff", b"\xed\xa0\x80", b"\r\n",
    b"[" * 2_000, b"x" * 20_000, b"&a [*a,*a]", b"!!python/object:os.system", b"<<: *x", b"\t", b": ", b"- ", b"{{",
    b"}}", b"(a+)+$", b"not " * 500, b"\xe2\x80\xae",
])  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Draw a sound text with up to six places spoilt: cut out, doubled, or replaced."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 6))):
        at, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        end = min(end, at + draw(st.sampled_from([0, 1, 4, 40])))
        data = data[:at] + draw(_SPICES | st.binary(max_size=4) | st.just(data[at:end] * 2)) + data[end:]
    return data


def fuzzed(examples: int) -> settings:
    """Return the settings of a fuzzing test: so many draws, or as many as ``make fuzz`` asks for."""
    return settings(
        max_examples=EXAMPLES or examples, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )  # fmt: skip


def save_seeds(folder: Path, target: str) -> None:
    """Write the sound texts of a target to files, for a fuzzer that begins with these."""
    folder.mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(SEEDS[target]):
        (folder / f"{target}-{n}").write_bytes(seed)
