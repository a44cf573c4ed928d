"""The folder of rule files: whole or not at all, and followed while the engine runs."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.core.rule_errors import RuleErrors
from engine.core.ruleset import RuleSet
from engine.edge import rule_folder
from engine.edge.rule_files import MOST_BYTES, is_rule_file, read_files, read_folder, read_session_files
from engine.edge.rule_folder import RuleFolder
from tests.waiting import eventually


def a_rule(name: str) -> str:
    return (
        f"- rule: {name}\n  when:\n    - page is cart\n  show:\n    chat: {{text: Hello}}\n  limit: once per session\n"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules = tmp_path / "rules"
    (rules / "plays").mkdir(parents=True)
    (rules / "plays" / "welcome.yaml").write_text(a_rule("welcome"))
    return rules


def put_whole(file: Path, text: str) -> None:
    """Put a file in place so that nobody can read half of it."""
    written = file.with_name("being-written")
    written.write_text(text)
    written.rename(file)


def names(rules: RuleSet | None) -> list[str]:
    return [] if rules is None else [each.rule.id for each in rules.rules]


def test_rules_of_all_depths_are_read_in_the_order_of_their_paths(folder: Path) -> None:
    (folder / "a.yml").write_text(a_rule("first"))
    (folder / "z.yaml").write_text(a_rule("last"))
    assert names(read_folder(folder)) == ["first", "welcome", "last"]


def test_sessions_hidden_files_and_other_files_are_no_rules(folder: Path) -> None:
    for name in ("welcome.session.yaml", "old.session.yml", ".hidden.yaml", "README.md", "rule.schema.json", "x.yaml~"):
        (folder / name).write_text("nonsense: [")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.yaml").write_text("nonsense: [")
    assert names(read_folder(folder)) == ["welcome"]


def test_link_within_the_folder_is_followed_and_one_out_of_it_is_not(folder: Path, tmp_path: Path) -> None:
    (folder / "..data").mkdir()
    (folder / "..data" / "swapped.yaml").write_text(a_rule("swapped"))
    (folder / "swapped.yaml").symlink_to(folder / "..data" / "swapped.yaml")
    (tmp_path / "outside.yaml").write_text(a_rule("outside"))
    (folder / "outside.yaml").symlink_to(tmp_path / "outside.yaml")
    assert names(read_folder(folder)) == ["welcome", "swapped"]


def test_all_files_that_cannot_be_read_are_named_at_once(folder: Path) -> None:
    (folder / "big.yaml").write_bytes(b"#" * (MOST_BYTES + 1))
    (folder / "latin.yaml").write_bytes("name: Café".encode("latin-1"))
    (folder / "gone.yaml").symlink_to(folder / "not-there.yaml")
    with pytest.raises(RuleErrors) as refused:
        read_folder(folder)
    assert str(refused.value).splitlines() == [
        f"{folder}/big.yaml:1:1: file with 1048577 bytes exceeds limit of 1048576 bytes",
        f"{folder}/gone.yaml:1:1: file cannot be read: No such file or directory",
        f"{folder}/latin.yaml:1:1: file is not UTF-8 at byte 9",
    ]


def test_inner_folder_that_may_not_be_read_is_not_taken_for_an_empty_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, scandir = folder / "inner", os.scandir
    inner.mkdir()

    def refuse(path: str) -> Any:
        if Path(path) == inner:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(RuleErrors, match=r"inner:1:1: folder cannot be read: Permission denied"):
        read_folder(folder)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleErrors, match="no such folder, expected one of rule files"):
        read_files(tmp_path / "missing", is_rule_file)


def test_file_is_not_taken_for_a_folder_that_is_missing(folder: Path) -> None:
    with pytest.raises(RuleErrors, match="a file, expected the folder that it is in"):
        read_files(folder / "plays" / "welcome.yaml", is_rule_file)


def test_sessions_are_those_named_or_all_in_the_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "plays" / "welcome.session.yaml").write_text("- session: one")
    other = tmp_path / "other.session.yaml"
    other.write_text("- session: two")
    assert list(read_session_files(folder, [])) == [f"{folder}/plays/welcome.session.yaml"]
    assert list(read_session_files(folder, [other])) == [str(other)]
    assert list(read_session_files(folder, [folder / "plays"])) == [f"{folder}/plays/welcome.session.yaml"]


@pytest.fixture
async def in_force(folder: Path) -> AsyncIterator[list[list[str]]]:
    """The rule sets that a running engine was given, by their rules' names."""
    given: list[list[str]] = []
    running = RuleFolder(folder, lambda _site, rules: given.append(names(rules)))
    await running.start()
    yield given
    await running.stop()
    assert running.problem() is None


async def test_changed_file_becomes_the_rules_in_force(folder: Path, in_force: list[list[str]]) -> None:
    assert in_force == [["welcome"]]
    (folder / "new.yaml").write_text(a_rule("new"))
    await eventually(lambda: in_force[-1] == ["new", "welcome"])
    (folder / "plays" / "welcome.yaml").unlink()
    await eventually(lambda: in_force[-1] == ["new"])


async def test_file_with_an_error_leaves_the_rules_in_force(
    folder: Path, in_force: list[list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    put_whole(folder / "bad.yaml", a_rule("bad").replace("cart", "basket"))
    await eventually(lambda: "rule files refused, the rules in force stay in force; 1 problem:" in caplog.text)
    assert "bad.yaml:3:15: page is basket: unknown page kind 'basket'" in caplog.text
    assert in_force == [["welcome"]]
    (folder / "bad.yaml").write_text(a_rule("good"))
    await eventually(lambda: in_force[-1] == ["good", "welcome"])


async def test_engine_that_starts_with_bad_rules_says_so_until_they_are_mended(folder: Path) -> None:
    (folder / "bad.yaml").write_text("nonsense: [")
    given: list[RuleSet | None] = []
    running = RuleFolder(folder, lambda _site, rules: given.append(rules))
    await running.start()
    assert running.problem() == f"no rules in force: the files in {folder} have errors"
    (folder / "bad.yaml").unlink()
    await eventually(lambda: given)
    assert running.problem() is None
    await running.stop()


async def test_touched_file_that_says_the_same_changes_nothing(folder: Path, in_force: list[list[str]]) -> None:
    (folder / "plays" / "welcome.yaml").touch()
    put_whole(folder / "plays" / "second.yaml", a_rule("second"))
    await eventually(lambda: len(in_force) > 1)
    assert in_force == [["welcome"], ["second", "welcome"]]


async def test_file_that_is_still_being_written_is_read_when_it_is_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, look, given = folder / "plays" / "welcome.yaml", rule_folder._look, list[list[str]]()

    def write_on(*known: Any) -> Any:
        seen = look(*known)
        if not file.read_text():
            file.write_text(a_rule("mended"))
        return seen

    monkeypatch.setattr(rule_folder, "_look", write_on)
    running = RuleFolder(folder, lambda _site, rules: given.append(names(rules)))
    await running.start()
    file.write_text("")
    await eventually(lambda: len(given) > 1)
    await running.stop()
    assert given == [["welcome"], ["mended"]]
