"""
Logs: one JSON object a line, without personal data.

What the engine logs of itself names sites and rules, never a shopper. What an exception *says* may quote what a
shopper sent, so it is left out but for errors of the system (a refused connection, a missing file); where it
happened is always there.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import orjson

QUIET = ("uvicorn", "alembic", "watchfiles", "sqlalchemy", "asyncio", "websockets")
"""Whose everyday talk is left out; uvicorn's also names the clients' addresses."""


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": _message(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _words(record.exc_info[1])
            line["at"] = _places(record.exc_info[2])
        return orjson.dumps(line, default=str).decode()


def set_up_logs(level: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process to the stream (standard output), ours from this level on."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _message(record: logging.LogRecord) -> str:
    """Return what is said; of asyncio's the first line: after it come a task's or a connection's particulars."""
    said = record.getMessage()
    return said.partition("\n")[0] if record.name == "asyncio" else said


def _words(error: BaseException) -> str:
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, OSError) else name


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
