"""Logs: one JSON object a line, and nothing a shopper sent."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from engine.edge.log import QUIET, set_up_logs


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All logs of the test; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level, levels = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in QUIET}
    stream = io.StringIO()
    set_up_logs("info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_what_asyncio_knows_of_a_task_that_failed_is_left_out(log: io.StringIO) -> None:
    loop = asyncio.new_event_loop()
    try:
        raise ValueError("jo@shop.example")
    except ValueError as error:
        loop.call_exception_handler({"message": "a task failed", "exception": error, "future": f"<Task of {error}>"})
    loop.close()
    (line,) = lines(log)
    assert (line["message"], line["error"]) == ("a task failed", "ValueError")
    assert "jo@shop.example" not in log.getvalue()


def test_each_record_is_one_object_on_a_line(log: io.StringIO) -> None:
    logging.getLogger("shopbell.rules").warning("%d rules\nin force", 5)
    (line,) = lines(log)
    assert {key: line[key] for key in ("level", "logger", "message")} == {
        "level": "warning",
        "logger": "shopbell.rules",
        "message": "5 rules\nin force",
    }
    assert str(line["time"]).endswith("+00:00")


def test_error_is_named_with_its_place_but_not_what_it_quotes(log: io.StringIO) -> None:
    try:
        raise ValueError("no such e-mail: shopper@example.com")
    except ValueError:
        logging.getLogger("shopbell.stream").exception("a frame could not be handled")
    (line,) = lines(log)
    assert line["error"] == "ValueError"
    assert str(line["at"]).count("test_log.py") == 1
    assert "shopper@example.com" not in log.getvalue()


def test_error_of_the_system_is_told_in_full(log: io.StringIO) -> None:
    try:
        raise ConnectionRefusedError(111, "Connection refused")
    except OSError:
        logging.getLogger("shopbell.lane").exception("redis is gone")
    assert lines(log)[0]["error"] == "ConnectionRefusedError: [Errno 111] Connection refused"


def test_addresses_of_clients_that_uvicorn_would_name_are_left_out(log: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" [accepted]', "203.0.113.9:1", "/v1/other")
    assert log.getvalue() == ""


def test_record_below_the_level_is_left_out(log: io.StringIO) -> None:
    logging.getLogger("shopbell").debug("detail")
    assert log.getvalue() == ""
