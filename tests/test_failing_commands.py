"""What the command says where something outside of it fails: one sentence, and a status that is not 0."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from sqlalchemy.exc import OperationalError

from engine.__main__ import INTERRUPTED, main
from engine.commands.common import NO_SHOP
from engine.commands.failing import told
from engine.edge.database import database_url, migrate_now
from engine.edge.secret import add_key
from engine.edge.sites import add_site
from tests.docs.pages import CHECKOUT

NOBODY = "127.0.0.1:1"
VISITOR = "v" * 26


def said_by(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the one line that a failing command says."""
    assert main([*words]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    [line] = captured.err.splitlines()
    return line


@pytest.fixture
def shop(data: Path) -> str:
    """The key of the one shop in the data folder."""
    return asyncio.run(add_site(database_url(None, data), "A shop", ["https://shop.example"])).key


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied", "rules/sites"), "'rules/sites' cannot be used: permission denied"),
        (FileExistsError(17, "File exists", "data"), "'data' cannot be made: it is there already, and is no folder"),
        (ConnectionRefusedError(111, "Connect call failed"), "[Errno 111] Connect call failed"),
        (TimeoutError(), "TimeoutError"),
        (redis.ConnectionError("Connection refused."), "Redis cannot be used: Connection refused."),
        (
            OperationalError("SELECT 'jo@shop.example'", {}, Exception("no such table: site")),
            "the database cannot be used: no such table: site",
        ),
    ],
)
def test_trouble_is_told_in_one_sentence(error: Exception, sentence: str) -> None:
    assert told(error) == sentence


@pytest.mark.parametrize(
    "words", ["serve", "demo", "sites add Mugs --origin https://mugs.example", "keys rotate", "migrate"]
)
def test_data_folder_that_is_a_file_is_told(words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.touch()
    line = said_by(capsys, *words.split(), "--data", str(data))
    assert line == f"shopbell: '{data}' cannot be made: it is there already, and is no folder"


NEEDS_DATA = [
    "sites list",
    "sites secret pk_mugs",
    "sites revoke sk_till",
    "sites debug-link pk_mugs",
    "sites debug-link pk_mugs --database sqlite:///elsewhere.db",
    f"why --visitor {VISITOR}",
    "why --rule mugs",
    "refused",
    "rules lint rules --pools",
    "rules backtest draft.yaml",
    "rules backfill",
    "coupons add MUGS --code MUGS",
    "coupons pools",
    "coupons report",
    "subscribers export",
    "subscribers leave jo@shop.example",
    f"visitors export {VISITOR}",
    f"visitors erase {VISITOR}",
    f"visitors erase {VISITOR} --database sqlite:///elsewhere.db",
    "audit list",
    "audit verify",
    "keys list",
    "keys list --database sqlite:///elsewhere.db",
    "keys rotate sk_till",
    "keys rotate --to k123",
    "keys drop k123",
    "backup mugs.tar",
    "migrate --dry-run",
]


@pytest.mark.parametrize("words", NEEDS_DATA)
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (None, "there is no data folder"),
        (Path.touch, "there is no data folder"),
        (Path.mkdir, "nothing of an engine is in"),
    ],
)
def test_data_folder_that_there_is_not_is_told_and_not_made(
    words: str,
    make: Callable[[Path], None] | None,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "site.yaml").touch()
    if make is not None:
        make(tmp_path / "dta")
    before = sorted(tmp_path.rglob("*"))
    assert said_by(capsys, *words.split(), "--data", "dta") == (
        f"shopbell: {said} '{tmp_path}/dta', "
        "expected one that an engine or 'shopbell sites add' has made, name it with --data"
    )
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "words", ["sites list", "coupons pools", "audit list", "keys list", "migrate --dry-run", "backup b.tar"]
)
@pytest.mark.parametrize("named", ["", "--database sqlite:///elsewhere.db"])
def test_database_that_there_is_not_is_told_and_not_made(
    words: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "redis").mkdir(parents=True)
    add_key(tmp_path / "data", signs=True)
    before = sorted(tmp_path.rglob("*"))
    where = "elsewhere.db" if named else f"{tmp_path}/data/shopbell.db"
    assert main([*words.split(), *named.split()]) == 1
    assert capsys.readouterr().err == (
        f"shopbell: there is no database '{where}', expected that of an engine, name it with --data or --database\n"
    )
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("words", [f"visitors erase {VISITOR}", f"visitors export {VISITOR}", "backup b.tar"])
def test_redis_that_was_forgotten_is_told_and_no_other_is_begun(
    words: str, shop: str, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(data.parent)
    add_key(data, signs=True)
    before = sorted(data.parent.rglob("*"))
    assert said_by(capsys, *words.split(), "--data", str(data)) == (
        f"shopbell: no Valkey of an engine's own has run in '{data}', expected --redis with the one that engines of"
        " this folder count in"
    )
    assert sorted(data.parent.rglob("*")) == before


@pytest.mark.parametrize("words", ["doctor", "rules check rules", "rules lint rules", "rules test rules"])
def test_what_needs_no_data_folder_makes_none(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "site.yaml").touch()
    main(words.split())
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "rules", tmp_path / "rules" / "site.yaml"]


@pytest.mark.parametrize("words", ["sites list", "coupons pools", "audit list", "sites secret pk_mugs"])
def test_database_of_ones_own_needs_no_data_folder(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    main([*words.split(), "--database", f"sqlite:///{tmp_path}/shop.db", "--data", "dta"])
    assert "data folder" not in capsys.readouterr().err
    assert not (tmp_path / "dta").exists()


@pytest.mark.parametrize(
    "words", ["sites add Mugs --origin https://mugs.example", "keys rotate", "keys rotate --stage", "migrate"]
)
def test_what_sets_something_up_makes_the_data_folder(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*words.split(), "--data", "new/data"]) == 0
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("words", [("sites", "list"), ("audit", "list"), ("migrate",)])
def test_database_that_nobody_runs_is_told(
    words: tuple[str, ...], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"postgresql://shop:s3cret@{NOBODY}/shopbell"
    line = said_by(capsys, *words, "--data", str(data), "--database", url)
    assert "Connect call failed ('127.0.0.1', 1)" in line
    assert "s3cret" not in line


def test_redis_that_nobody_runs_is_told(shop: str, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--site", shop, "--data", str(data), "--redis", f"redis://{NOBODY}")
    assert said_by(capsys, "visitors", "erase", VISITOR, *where).startswith("shopbell: Redis cannot be used: ")


def test_file_that_is_no_database_is_not_taken_for_one_without_shops(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "shopbell.db").write_text("a diary " * 1000)
    line = said_by(capsys, "why", "--visitor", VISITOR, "--data", str(data))
    assert line == "shopbell: the database cannot be used: file is not a database"


@pytest.mark.parametrize("words", [f"visitors erase {VISITOR}", "subscribers export", f"why --visitor {VISITOR}"])
def test_site_that_there_is_not_is_told(words: str, shop: str, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    near = f"{shop[:-1]}-"
    line = said_by(capsys, *words.split(), "--site", near, "--data", str(data))
    assert line == f"shopbell: no site has the key '{near}', expected {shop} (did you mean '{shop}'?)"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "sites add Mugs --origin https://mugs.example --engine bell.example",
            "--engine is 'bell.example', expected a URL such as https://bell.shop.example",
        ),
        (
            "sites add Mugs --origin https://mugs.example --engine https:bell",
            "--engine is 'https:bell', expected a URL",
        ),
        ("subscribers export --engine bell.example", "--engine is 'bell.example', expected a URL"),
        ("doctor --engine bell.example", "--engine is 'bell.example', expected a URL"),
        ("sites debug-link {shop} --page /mugs", "--page is '/mugs', expected a URL such as https://shop.example/"),
        ("keys rotate sk_till --stage", "--stage and --to are about the keys of visitors' tokens, expected no ID"),
    ],
)
def test_address_that_browsers_could_not_open_is_refused(
    words: str, sentence: str, shop: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = said_by(capsys, *words.format(shop=shop).split(), "--data", str(data))
    assert said.startswith(f"shopbell: {sentence}")
    assert main(["sites", "list", "--data", str(data)]) == 0
    assert "mugs.example" not in capsys.readouterr().out


def test_shop_without_a_name_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = said_by(capsys, "sites", "add", " ", "--origin", "https://shop.example", "--data", str(data))
    assert line == "shopbell: the shop has no name, expected what to call it"


def test_shop_that_was_never_added_is_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    migrate_now(database_url(None, data))
    assert said_by(capsys, "why", "--visitor", VISITOR, "--data", str(data)) == f"shopbell: {NO_SHOP}"
    assert main(["sites", "list", "--data", str(data)]) == 0
    assert capsys.readouterr().out == f"{NO_SHOP}\n"


def test_command_that_was_interrupted_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.__main__.build", interrupt)
    assert main(["version"]) == INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_command_whose_reader_has_gone_says_nothing() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "engine", "version"], cwd=CHECKOUT, stdout=write, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(write)
    assert (ended.returncode, ended.stderr) == (1, b"")
