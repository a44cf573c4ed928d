"""A popup that is sent once more tells the time that is left of its coupon then."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine.core.wire import sent_again, show_frame


def again(popup: dict[str, Any], elapsed_ms: int) -> Any:
    return orjson.loads(sent_again(show_frame("f_1", "r", popup), elapsed_ms))["popup"]


@pytest.mark.parametrize(("elapsed_ms", "left_ms"), [(0, 5_000), (2_000, 3_000), (9_000, 0)])
def test_coupon_has_less_time_left(elapsed_ms: int, left_ms: int) -> None:
    popup = {"kind": "coupon", "coupon": {"code": "A", "expires_ms": 5_000}}
    assert again(popup, elapsed_ms) == {"kind": "coupon", "coupon": {"code": "A", "expires_ms": left_ms}}


def test_popup_whose_coupon_does_not_end_stays_as_it_is() -> None:
    frame = show_frame("f_1", "r", {"kind": "coupon", "coupon": {"code": "A"}})
    assert sent_again(frame, 9_000) is frame


def test_words_of_a_marketer_are_no_time() -> None:
    popup = {"kind": "chat", "text": 'say "expires_ms": 3', "steps": {"expires_ms": {"say": ["a"]}}}
    assert again(popup, 9_000) == popup
    assert again({**popup, "coupon": {"code": "A"}}, 9_000)["coupon"] == {"code": "A"}
