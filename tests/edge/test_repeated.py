"""What is done again and again is so whatever happens."""

from __future__ import annotations

import pytest

from engine.edge.repeated import Repeated
from tests.waiting import wait_for


def test_what_fails_is_tried_again_and_each_row_of_failures_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def do() -> None:
        done.append(len(done))
        if len(done) % 4:
            raise ValueError("full")

    repeated = Repeated("to-disk", 0.001, do)
    repeated.start()
    wait_for(lambda: len(done) >= 8)
    repeated.stop()
    assert caplog.messages[:2] == ["to-disk has failed, and is tried again"] * 2
    assert len(caplog.messages) <= len(done) // 4 + 1
