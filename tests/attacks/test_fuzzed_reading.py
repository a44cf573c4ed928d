"""Whatever bytes come, what reads them answers with its own refusals and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.fuzzing import SEEDS, TARGETS, frames, fuzzed, handshakes, mutated, rules, save_seeds


@fuzzed(400)
@given(mutated(SEEDS["frames"]) | st.binary(max_size=200))
def test_frame_is_read_or_refused(data: bytes) -> None:
    frames(data)


@fuzzed(100)
@given(mutated(SEEDS["rules"]) | st.binary(max_size=400))
def test_rule_file_is_read_or_refused(data: bytes) -> None:
    rules(data)


@fuzzed(300)
@given(mutated(SEEDS["handshakes"]) | st.binary(max_size=200))
def test_head_of_a_request_is_read_or_refused(data: bytes) -> None:
    handshakes(data)


@pytest.mark.parametrize("target", TARGETS)
def test_fuzzing_begins_with_texts_that_are_sound(target: str, tmp_path: Path) -> None:
    save_seeds(tmp_path, target)
    found = sorted(tmp_path.iterdir())
    assert len(found) == len(SEEDS[target])
    for each in found:
        TARGETS[target](each.read_bytes())
