"""The codes by which clients close their streams, and what they are answered."""

from engine.core.wire import CLOSE_PROTOCOL

PAGE_IS_LEFT = (1001, 4000)
"""What browsers say by themselves, and what a script may say."""

_NO_CODE = (1000).to_bytes(2, "big")
_NEVER_SENT = (0, 1005, 1006, 1015)
_CODES_END = 5000


def code_in(payload: bytes) -> int:
    """Return the code of a close frame."""
    return int.from_bytes(payload[:2] or _NO_CODE, "big")


def answer_to(code: int) -> int:
    """Return by which code a close is answered: picows has refused most of those that may not be sent, but not all."""
    return CLOSE_PROTOCOL if code in _NEVER_SENT or code >= _CODES_END else code
