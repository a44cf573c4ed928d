"""The clock. Everything else gets the time as an argument."""

from __future__ import annotations

from engine.native import now_ms as now_ms
