"""Nothing is changed without an entry in the audit log: every command and every route that writes makes one."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.__main__ import parser as command_parser
from engine.edge.audit import Entry, newest_entries, verify
from engine.edge.database import database_url, open_database
from engine.edge.secret import add_key
from tests.attacks.routes import KEY, PROBES
from tests.attacks.two_shops import TwoShops
from tests.docs.render import commands

READING = {
    "serve", "demo", "sites list", "refused", "rules check", "rules lint", "rules test", "rules backtest", "why",
    "coupons pools", "coupons report", "audit list", "audit verify", "keys list", "version", "doctor",
    "sites debug-link", "migrate",
}  # fmt: skip
"""
Commands that change nothing that is kept. To note that the tables went back would bring them up again: an entry
needs them as this version has them.
"""

VISITOR = "a" * 26
CODE = "GUESS-ME-NOT"

WRITING: dict[str, list[str]] = {
    "sites add": ["A shop", "--origin", "https://shop.example"],
    "sites change": ["{site}", "--origin", "https://new.example"],
    "sites secret": ["{site}", "--name", "till"],
    "sites revoke": ["{key}"],
    "coupons add": ["SPRING", "--code", CODE],
    "coupons import": ["TREAT", "{codes}"],
    "coupons withdraw": ["TREAT"],
    "subscribers export": [],
    "keys rotate": [],
    "keys drop": ["{staged}"],
    "coupons generate": ["TREAT", "--pattern", "????????####", "--count", "3"],
}
"""How each command is called that changes something; those of ELSEWHERE have tests of their own below."""

ELSEWHERE = {
    "subscribers leave",
    "subscribers erase",
    "visitors export",
    "visitors erase",
    "rules backfill",
    "backup",
    "restore",
}


def names() -> list[str]:
    return [name.removeprefix("shopbell ") for name, _ in commands(command_parser())]


@pytest.fixture
def shop(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., int]:
    """A shop with a pool, a secret key and a file of codes; call it with a command."""
    call = ["--data", str(data)]
    (tmp_path / "codes.txt").write_text(f"{CODE}\n")
    main(["sites", "add", "A shop", "--origin", "https://shop.example", *call])
    site = capsys.readouterr().out.split(" has the key ")[1].split(";")[0]
    main(["sites", "secret", site, *call])
    key = capsys.readouterr().out.partition(".")[0]
    main(["coupons", "add", "TREAT", *call])
    staged = add_key(data, signs=False)
    known = {"{site}": site, "{key}": key, "{codes}": str(tmp_path / "codes.txt"), "{staged}": staged}
    capsys.readouterr()
    return lambda *words: main([*(known.get(each, each) for each in words), *call])


def log_of(data: Path) -> list[Entry]:
    async def read() -> list[Entry]:
        database = open_database(database_url(None, data))
        try:
            async with database.connect() as connection:
                await verify(connection)
                return await newest_entries(connection, 100)
        finally:
            await database.dispose()

    return asyncio.run(read())


def test_every_command_is_known_to_read_or_to_write() -> None:
    audited = {
        name.removeprefix("shopbell ") for name, parser in commands(command_parser())
        if parser.get_default("audit") is not None
    }  # fmt: skip
    assert audited == set(WRITING) | ELSEWHERE
    assert set(names()) == audited | READING


@pytest.mark.parametrize("command", WRITING)
def test_command_that_writes_makes_one_entry_without_a_secret(
    command: str, shop: Callable[..., int], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = log_of(data)
    assert shop(*command.split(), *WRITING[command]) == 0
    said = capsys.readouterr().out
    *earlier, entry = log_of(data)
    assert earlier == before
    assert entry.what == command
    assert entry.who.startswith("account ")
    assert CODE not in entry.about
    assert not [word for word in said.split() if len(word) > 30 and word in str(entry)], "a secret that was printed"


@pytest.mark.parametrize("words", [["rules", "check", "{data}"], ["coupons", "pools"], ["audit", "list"], ["version"]])
def test_command_that_reads_makes_none(words: list[str], shop: Callable[..., int], data: Path) -> None:
    before = log_of(data)
    if words == ["version"]:
        main(words)
    else:
        shop(*(str(data) if each == "{data}" else each for each in words))
    assert log_of(data) == before


def test_command_that_is_refused_makes_none(shop: Callable[..., int], data: Path) -> None:
    before = log_of(data)
    assert shop("coupons", "import", "NO-SUCH-POOL", "{codes}") == 1
    assert log_of(data) == before


def test_erasure_of_a_visitor_says_that_there_was_one_and_not_who(shop: Callable[..., int], data: Path) -> None:
    (data / "redis").mkdir()
    assert shop("visitors", "erase", VISITOR) == 0
    entry = log_of(data)[-1]
    assert entry.what == "visitors erase"
    assert VISITOR not in str(entry)


@pytest.mark.parametrize(
    "probe", [each for each in PROBES.values() if each.method != "GET" and each.who == KEY], ids=lambda each: each.path
)
async def test_route_that_writes_makes_one_entry_without_personal_data(two_shops: TwoShops, probe: object) -> None:
    found = [(route, each) for route, each in PROBES.items() if each is probe]
    [(route, asked)] = found
    shop = two_shops.tea
    before = await asyncio.to_thread(log_of, two_shops.data)
    answer = await two_shops.ask(asked, shop, shop)
    assert answer.status_code in asked.answers, answer.text
    *_, entry = await asyncio.to_thread(log_of, two_shops.data)
    assert entry.id == len(before) + 1
    assert entry.what == " ".join(route)
    assert entry.who == f"key {shop.secret.partition('.')[0]}"
    assert shop.visitor not in str(entry)
    assert shop.secret not in str(entry)
    assert shop.key in entry.about


def test_filling_of_windows_makes_an_entry(
    shop: Callable[..., int], data: Path, tmp_path: Path, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules").mkdir()
    assert shop("rules", "backfill", "--rules", str(tmp_path / "rules"), "--redis", redis_url) == 0
    assert log_of(data)[-1].what == "rules backfill"


async def test_route_that_is_asked_with_no_key_makes_none(two_shops: TwoShops) -> None:
    before = await asyncio.to_thread(log_of, two_shops.data)
    for probe in PROBES.values():
        await two_shops.ask(probe, type(two_shops.tea)("stranger", "", secret="none"), two_shops.tea)
    assert await asyncio.to_thread(log_of, two_shops.data) == before


def test_log_is_listed_and_verified_at_the_terminal(
    shop: Callable[..., int], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shop("audit", "list", "--last", "1") == 0
    listed = capsys.readouterr().out
    assert "coupons add" in listed
    assert listed.count("\n") == 1
    assert shop("audit", "verify") == 0
    said, last = capsys.readouterr().out.splitlines()
    assert said == "the audit log is as it was written: 3 entries, the last one has the hash"
    assert shop("audit", "verify", "--expect", last[:16].upper()) == 0
    assert shop("audit", "verify", "--expect", "f" * 64) == 1
    assert f"no entry of the audit log has the hash {'f' * 64}" in capsys.readouterr().err


def test_log_that_was_changed_is_told_at_the_terminal(
    shop: Callable[..., int], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(data / "shopbell.db") as database:
        database.execute("DROP TRIGGER audit_keeps_update")
        database.execute("UPDATE audit SET who = 'account nobody' WHERE id = 2")
    database.close()
    assert shop("audit", "verify") == 1
    assert "entry 2 of the audit log" in capsys.readouterr().err


def test_number_of_entries_that_is_none_is_refused(
    shop: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert shop("audit", "list", "--last", "all") == 1
    assert "--last is 'all', expected a number such as 50" in capsys.readouterr().err
