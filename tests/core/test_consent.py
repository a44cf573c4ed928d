"""What counts as taking one's consent back."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.consent import takes_back
from engine.core.events import Event


@pytest.mark.parametrize(
    ("name", "data", "does"),
    [
        ("consent", {"analytics": "denied"}, True),
        ("consent", {"analytics": "denied", "marketing": "granted"}, True),
        ("consent", {"analytics": "granted", "marketing": "denied"}, False),
        ("consent", {"analytics": "unknown"}, False),
        ("consent", {}, False),
        ("login", {"analytics": "denied"}, False),
    ],
)
def test_only_analytics_denied_takes_consent_back(name: str, data: dict[str, Any], does: bool) -> None:
    assert takes_back(Event(1, name, data)) is does
