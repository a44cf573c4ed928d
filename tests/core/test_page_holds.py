"""What pages say of popups that they hold back."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.page_holds import PAGE_HOLDS, WORDS, reason_of


@pytest.mark.parametrize("reason", PAGE_HOLDS)
def test_a_reason_of_ours_is_told_as_it_is(reason: str) -> None:
    assert reason_of({"fire": "f_1", "reason": reason}) == reason
    assert WORDS[f"page_{reason}"] == PAGE_HOLDS[reason]


@pytest.mark.parametrize("reason", [None, 7, "because", ["typing"]])
def test_any_other_reason_is_other(reason: Any) -> None:
    assert reason_of({"reason": reason}) == "other"
