"""What a shopper's consent means for the engine."""

from __future__ import annotations

from engine.core.events import Event


def takes_back(event: Event) -> bool:
    """Tell whether an event says that the shopper does not, or no longer, consent to be known."""
    return event.name == "consent" and event.data.get("analytics") == "denied"
