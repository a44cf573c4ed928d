"""The tutorial comes out as it says, step by step."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.__main__ import main
from tests.docs.pages import CHECKOUT, DOCS, examples

PAGE = DOCS / "tutorial" / "your-first-popup.md"
PLAYBOOK = CHECKOUT / "rules" / "playbook"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The reader's folder as it is when the golden session has been written."""
    monkeypatch.chdir(tmp_path)
    rules = tmp_path / "my-rules"
    rules.mkdir()
    for name in ("site.yaml", "cart-hesitation.yaml", "cart-hesitation.session.yaml"):
        shutil.copy(PLAYBOOK / name, rules)
    rule, session = examples(PAGE, "yaml")
    (rules / "product-question.yaml").write_text(rule.text.replace("page.dwell > 5s", "page.dwell > 3s"))
    (rules / "product-question.session.yaml").write_text(session.text)
    return rules


def quoted(*lines: str) -> str:
    """Return lines as the page quotes what a command prints."""
    return "".join(f"    {line}\n" for line in lines)


def change(file: Path, *changes: tuple[str, str]) -> None:
    """Edit a file as the page says."""
    text = file.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file.write_text(text, "utf-8")


def test_mistake_is_told_as_the_page_quotes_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder / "product-question.yaml", ("page.dwell", "page.dwel"))
    assert main(["rules", "check", "my-rules"]) == 1
    told, count = capsys.readouterr().err.splitlines()
    assert quoted(told) in PAGE.read_text("utf-8")
    assert count == "shopbell: 1 error in the rules"


def test_first_run_of_the_sessions_fails_as_the_page_quotes_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = PAGE.read_text("utf-8")
    assert main(["rules", "test", "my-rules"]) == 1
    lines = capsys.readouterr().out.splitlines()
    passed = [line for line in lines if "product-question.session" in line]
    assert quoted(*passed) in page
    assert quoted(*lines[:4]) in page
    assert f"`{lines[-1]}`" in page


def test_sessions_pass_after_the_last_change(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder / "product-question.yaml", ("page.dwell > 3s", "page.dwell > 5s"))
    change(
        folder / "product-question.session.yaml",
        ("after: 4s", "after: 6s"),
        ("after: 2s", "after: 3s"),
        ("page.dwell > 3s", "page.dwell > 5s"),
    )
    assert main(["rules", "test", "my-rules"]) == 0
    assert quoted(capsys.readouterr().out.splitlines()[-1]) in PAGE.read_text("utf-8")
