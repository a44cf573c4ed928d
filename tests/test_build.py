"""Which build of the engine runs."""

import os
from importlib.machinery import ModuleSpec

import pytest

import engine
from engine.__main__ import main
from engine.build import COMPILED, PURE, build


def test_version_says_which_build_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out == f"shopbell {engine.__version__} ({build()})\n"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [("/e/engine/pipeline.py", PURE), (None, PURE), ("/e/engine/pipeline.cpython-311-x86_64-linux-gnu.so", COMPILED)],
)
def test_build_is_told_by_the_pipeline(monkeypatch: pytest.MonkeyPatch, origin: str | None, expected: str) -> None:
    monkeypatch.setattr("engine.build.find_spec", lambda name: ModuleSpec(name, None, origin=origin))
    assert build() == expected


def test_build_is_the_one_that_was_asked_for() -> None:
    assert build() == os.environ.get("SHOPBELL_TEST_BUILD", PURE)
