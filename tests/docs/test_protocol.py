"""The page of the stream protocol says what the engine takes and sends."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest

from engine.core import wire
from engine.core.event_data import GA4_EVENTS, READERS, BadEvent
from engine.core.events import ARMED_ONLY
from engine.core.labels import labels
from engine.core.popup import render
from engine.core.popup_parts import Given
from engine.core.rulefile import read_rules
from tests.docs.pages import DOCS, examples, first_column, section
from tests.docs.test_examples import json_objects

PAGE = DOCS / "reference" / "protocol.md"
Frame = dict[str, Any]

BOTH_KINDS = """
- rule: a-chat
  when: [page is cart]
  show:
    chat:
      title: A little treat
      text: Still thinking?
      coupon: {code: WELCOME100, value: 100}
      replies: [{text: "May I return it?", follow_up: Yes}]
      follow_up: Gladly
- rule: a-coupon
  when: [page is cart]
  show:
    coupon: {title: Before you go, text: Take it, code: ADD50, value: 50, button: {text: To the cart, url: /cart}}
"""


def shown(kind: str) -> list[Frame]:
    """Return the frames of a type that the page shows."""
    found = [frame for example in examples(PAGE, "json") for frame in json_objects(example.text)]
    return [frame for frame in found if frame.get("type") == kind]


def sent() -> list[Frame]:
    """Return a frame of every form that the engine sends."""
    error = BadEvent("because")
    error.seq, error.doc = 18, "a81kq0"
    names = {"visitor": "v", "session": "s", "token": "t"}
    frames = (
        wire.welcome_frame(names, 17, True, {}),
        wire.ack_frame(18, arm={}),
        wire.ack_frame(7, doc="a81kq0"),
        wire.show_frame("f_1", "a-rule", {}),
        wire.error_frame(error),
    )
    return [orjson.loads(each) for each in frames]


def test_hello_is_taken_as_it_is_shown() -> None:
    (hello,) = shown("hello")
    read = wire.read_hello(wire.parse(orjson.dumps(hello)))
    assert read.doc == hello["doc"]
    assert read.page is not None
    assert (read.page.kind, read.context.campaign, read.context.device) == ("cart", "autumn", "desktop")


def test_events_are_taken_as_they_are_shown() -> None:
    own, left = (wire.read_event(wire.parse(orjson.dumps(each))) for each in shown("event"))
    assert (own.seq, own.name, own.doc) == (18, "page_view", None)
    assert (left.seq, left.ms, left.doc, left.page and left.page.kind) == (7, 4200, "a81kq0", "cart")


def test_page_is_taken_as_it_is_shown() -> None:
    (page,) = (each for example in examples(PAGE, "json") for each in json_objects(example.text) if "product" in each)
    event = wire.read_event({"type": "event", "seq": 1, "name": "page_view", "data": page})
    assert event.shown is not None
    product = event.shown.product
    assert product is not None
    said = product._asdict()
    assert all(said.values())
    assert set(said) <= set(page["product"])


@pytest.mark.parametrize("frame", sent(), ids=lambda frame: frame["type"])
def test_frames_of_the_engine_have_the_fields_that_are_shown(frame: Frame) -> None:
    keys = {key for each in shown(frame["type"]) for key in each}
    assert set(frame) - {"doc"} <= keys | {"arm"}
    about = section(PAGE, "## From the engine")
    assert all(f"`{key}`" in about for key in set(frame) - {"type", "v", "code", "message"})


def test_every_frame_that_is_shown_is_one_the_engine_sends_but_hide() -> None:
    types = {frame["type"] for frame in sent()}
    examples_of_engine = section(PAGE, "## From the engine")
    assert set(re.findall(r'^\{"type": "(\w+)"', examples_of_engine, re.M)) == types | {"hide"}


def test_every_event_of_the_protocol_is_named() -> None:
    named = set(first_column(section(PAGE, "#### Names"))) - {"[a-z][a-z0-9_]{0,39}"}
    assert named == set(READERS) - GA4_EVENTS


def test_armed_events_are_told_as_such() -> None:
    armed = set(first_column(section(PAGE, "### `arm`")))
    assert armed == {*ARMED_ONLY, "page_dwell"}


def test_refusal_is_worded_as_it_is_shown() -> None:
    (error,) = shown("error")
    with pytest.raises(BadEvent) as refused:
        wire.read_event({"type": "event", "seq": 18, "name": "page_view", "data": {"url": "/b", "kind": "basket"}})
    assert (str(refused.value), refused.value.seq) == (error["message"], error["seq"])


def test_every_close_code_is_told() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|", section(PAGE, "## Close codes"), re.M)
    told = {int(code) for row in rows for code in row.split(",")}
    assert told == {code for name, code in vars(wire).items() if name.startswith("CLOSE_")}


@pytest.mark.parametrize("n", [0, 1])
def test_popups_have_the_fields_that_are_shown(n: int) -> None:
    rule = read_rules({"both.yaml": BOTH_KINDS}).rules[n].rule
    popup = render(rule.shows[0], lambda _: None, "en", read_rules({}).site, Given(currency="TWD"))
    popups = [each for example in examples(PAGE, "json") for each in json_objects(example.text) if "labels" in each]
    (like,) = (each for each in popups if each["kind"] == popup["kind"])
    assert set(popup) == set(like)
    assert set(like["labels"]) == set(labels("en", popup["kind"]))
    assert set(popup) <= set(first_column(section(PAGE, "### Popups")))
