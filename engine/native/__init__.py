"""
What looks at every word of an event: in C where it was compiled (hot.c), else in Python (twin.py).

Both say the same, and the tests hold them to it. Nothing else in the engine knows which of them it has. Only the usual
way (``Way``) is there in C alone: where it is None, every event goes the way of engine/pipeline.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.native.twin import Inbox

__all__ = [
    "Door",
    "Histogram",
    "Inbox",
    "Recipe",
    "Sheet",
    "Step",
    "TabCore",
    "Way",
    "are_sound",
    "believe_frames",
    "is_sound",
    "now_ms",
    "packed_call",
    "packed_words",
    "plain_text",
    "read_events_by",
    "tell_all",
]

if TYPE_CHECKING:
    from engine.native.twin import (
        Door,
        Histogram,
        Sheet,
        Step,
        TabCore,
        are_sound,
        is_sound,
        now_ms,
        packed_call,
        packed_words,
        tell_all,
    )

    Way: Any
    Recipe = Any
    plain_text: Any

    def read_events_by(_reader: Any) -> None: ...
    def believe_frames(_type: type, _samples: list[Any]) -> bool: ...
else:
    try:
        from engine.native.hot import (
            Door,
            Histogram,
            Recipe,
            Sheet,
            Step,
            TabCore,
            Way,
            are_sound,
            believe_frames,
            is_sound,
            now_ms,
            packed_call,
            packed_words,
            plain_text,
            read_events_by,
            tell_all,
        )
    except ImportError:
        from engine.native.twin import (
            Door,
            Histogram,
            Sheet,
            Step,
            TabCore,
            are_sound,
            is_sound,
            now_ms,
            packed_call,
            packed_words,
            tell_all,
        )

        plain_text = believe_frames = Recipe = Way = read_events_by = None
