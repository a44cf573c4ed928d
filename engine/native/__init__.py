"""
What looks at every word of an event: in C where it was compiled (hot.c), else in Python (twin.py).

Both say the same, and the tests hold them to it. Nothing else in the engine knows which of them it has.
"""

from __future__ import annotations

try:
    from engine.native.hot import are_sound, is_sound, packed_call, packed_words
except ImportError:
    from engine.native.twin import are_sound, is_sound, packed_call, packed_words

__all__ = ["are_sound", "is_sound", "packed_call", "packed_words"]
