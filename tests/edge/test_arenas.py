"""The C library's arenas: two for all threads, where there are any, and as many as the operator says."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine.edge.arenas import share_arenas


@pytest.mark.parametrize(("said", "asked"), [(None, [(-8, 2)]), ("4", [])])
def test_threads_share_two_arenas_unless_the_operator_says_otherwise(
    said: str | None, asked: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    if said is not None:
        monkeypatch.setenv("MALLOC_ARENA_MAX", said)
    calls: list[tuple[int, int]] = []
    share_arenas(SimpleNamespace(mallopt=lambda option, value: calls.append((option, value))))
    assert calls == asked


def test_library_without_arenas_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    share_arenas(SimpleNamespace())
