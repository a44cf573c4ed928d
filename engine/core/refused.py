"""What a client is told of a frame or an event that is not taken. Exceptions are not compiled: they stand alone."""

from __future__ import annotations


class BadFrame(ValueError):
    """A frame that ends the connection; ``code`` is the close code."""

    def __init__(self, message: str, code: int = 1002) -> None:
        super().__init__(message)
        self.code = code


class BadEvent(ValueError):
    """An event that is refused; ``seq``, ``doc`` and ``name`` tell which, where they could be read."""

    seq: int | None = None
    doc: str | None = None
    name: object = ""
    """As it was said: anything at all."""
