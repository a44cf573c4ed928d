"""What shoppers write stays out of the logs."""

from __future__ import annotations

import orjson

from engine.core.redaction import PERSONAL, masked_frame
from engine.core.wire import read_event


def test_frame_for_the_log_is_read_as_the_same_event_without_the_words() -> None:
    fields = {"email": "jo@shop.example", "consent": True, "step": "size"}
    message = {"type": "event", "seq": 7, "name": "popup_submit", "data": {"fire": "f_1", "fields": fields}}
    frame = masked_frame(message)
    assert b"jo" not in frame
    event = read_event(orjson.loads(frame))
    assert (event.seq, event.name, event.data["fire"]) == (7, "popup_submit", "f_1")
    assert event.data["fields"] == {"email": "xx@xxxx.xxxxxxx", "consent": True, "step": "size"}


def test_score_of_a_survey_is_no_secret() -> None:
    fields = {"score": "9", "comment": "Too slow"}
    message = {"type": "event", "seq": 1, "name": "popup_submit", "data": {"fire": "f_1", "fields": fields}}
    assert orjson.loads(masked_frame(message))["data"]["fields"] == {"score": "9", "comment": "xxx xxxx"}


def test_event_without_data_stays_as_it_is() -> None:
    assert orjson.loads(masked_frame({"type": "event", "seq": 1, "name": "popup_submit", "data": None}))["data"] == {}
    assert set(PERSONAL) == {"chat_message", "popup_submit"}
