"""
An unknown site's key and a page that is not the site's take the very same way to the very same answer.

Not the clock is looked at but what is done: the functions that are called, in their order. What does the same takes
the same time, on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from types import FrameType, SimpleNamespace
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI

from engine.edge.other_ways import OtherWays
from engine.edge.streams import Streams, TurnedAway
from tests.edge.stream_server import HELLO, Limits, Tally

OURS, FOREIGN = "https://tea.test", "https://evil.test"
CASES = {
    "unknown key": ("pk_nobody", OURS),
    "no key": ("", OURS),
    "foreign page": ("pk_tea", FOREIGN),
    "page of another site of this engine": ("pk_tea", "https://mugs.test"),
    "no page": ("pk_tea", None),
}
"""Key and origin of requests that are refused; two sites are known."""


SITES = {
    "pk_tea": SimpleNamespace(origins=frozenset([OURS])),
    "pk_mugs": SimpleNamespace(origins=frozenset(["https://mugs.test"])),
}


async def nobody(*_: Any) -> Any:
    raise AssertionError("nobody gets in here")


@pytest.fixture
async def streams() -> AsyncIterator[Streams]:
    counted = Tally()
    counted.refusals.update({"origin_refused": 0, "unknown_site": 0})  # the first count of a name takes a step more
    made = Streams(SITES.get, nobody, lambda *_: None, counted, Limits())
    yield made
    made.stop()


def called_by(act: Callable[[], Any]) -> tuple[Any, list[str]]:
    """Return what an act returns, and the functions that it called, Python's and C's, in their order."""
    called: list[str] = []

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            called.append(frame.f_code.co_qualname)
        elif event == "c_call":
            called.append(argument.__qualname__)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        answer = act()
    finally:
        sys.setprofile(before)
    return answer, [each for each in called if each != "setprofile"]


def test_stream_is_refused_by_the_same_steps_whatever_is_wrong(streams: Streams) -> None:
    refused = {}
    for name, (key, origin) in CASES.items():
        headers = {"host": "engine.test", **({} if origin is None else {"origin": origin})}
        answer, called = called_by(partial(streams.admit, key, headers, ""))
        assert isinstance(answer, TurnedAway)
        refused[name] = (answer, called)
    first, *others = refused.values()
    assert all(each == first for each in others), refused
    assert "allowed" in first[1]


@pytest.mark.parametrize("key", ["pk_nobody", "pk_tea", ""])
async def test_pixel_looks_at_the_token_whether_or_not_there_is_such_a_site(streams: Streams, key: str) -> None:
    looked_at: list[tuple[str, object]] = []

    def is_token_of(site: str, token: object) -> bool:
        looked_at.append((site, token))
        return False

    app = FastAPI()
    app.include_router(OtherWays(lambda: streams, is_token_of).router())
    frames = orjson.dumps({**HELLO, "token": "guessed"})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a.test") as client:
        answer = await client.post(f"/v1/pixel?site={key}", content=frames)
    assert (answer.status_code, answer.text) == (403, "expected the token of a visitor of this site\n")
    assert looked_at == [(key, "guessed")]
