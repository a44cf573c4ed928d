"""``shopbell subscribers export``: a table of who has left an address, in which no cell is a formula."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.commands.subscribers import cells
from engine.edge.clock import now_ms
from engine.edge.database import database_url, open_database
from engine.edge.sites import add_site
from engine.edge.subscribers import Consent, Origin, Subscribers

NOON = 1_700_000_000_000


async def fill(url: str, number: int, at_ms: int = NOON) -> str:
    site = await add_site(url, "A shop", [])
    database = open_database(url)
    numbers = itertools.count()
    subscribers = Subscribers(database, lambda: f"token {next(numbers)}")
    for n in range(number):
        address = "=cmd@shop.example" if n == 1 else f"jo{n}@shop.example"
        await subscribers.subscribe(
            address, Consent("News, please", "en"), Origin(site.key, "v" * 26, "news", f"f_{n}", at_ms)
        )
    await subscribers.confirm("token 0", at_ms + 1_000)
    await database.dispose()
    return site.key


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@a", "\tx", "\rx"])
def test_cell_that_would_be_a_formula_is_a_text(value: str) -> None:
    assert cells([value, "a=b", None, 3]) == [f"'{value}", "a=b", "", "3"]


def test_all_subscribers_are_written_or_the_confirmed_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(fill(database_url(None, data), 3))
    assert main(["subscribers", "export", "--data", str(data)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["address"], row["status"]) for row in rows] == [
        ("jo0@shop.example", "confirmed"), ("'=cmd@shop.example", "pending"), ("jo2@shop.example", "pending"),
    ]  # fmt: skip
    assert rows[0]["consent"] == "News, please"
    assert rows[0]["confirmed_at"].startswith("2023-11-14T22:13:21")
    assert main(["subscribers", "export", "--confirmed", "--data", str(data)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_links_for_mails_are_written_to_those_who_have_yet_to_confirm(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(fill(database_url(None, data), 2, now_ms()))
    assert main(["subscribers", "export", "--pending", "--engine", "https://bell.example/", "--data", str(data)]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["confirm_url"] == "https://bell.example/v1/subscribers/confirm?token=token 1"
    assert row["unsubscribe_url"] == "https://bell.example/v1/subscribers/unsubscribe?token=token 1"
    assert main(["subscribers", "export", "--data", str(data)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["confirm_url"] != "" for row in rows] == [False, True]


def test_who_wants_no_more_mail_is_said_and_the_audit_log_does_not_tell_who(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = asyncio.run(fill(database_url(None, data), 1))
    for _ in range(2):
        assert main(["subscribers", "leave", "Jo0@shop.example", "--data", str(data)]) == 0
        assert capsys.readouterr().out == "Jo0@shop.example gets no more mail\n"
    assert main(["subscribers", "leave", "al@shop.example", "--data", str(data)]) == 1
    told = f"shopbell: nobody has subscribed with the address 'al@shop.example' at the site {site}\n"
    assert capsys.readouterr().err == told
    main(["subscribers", "export", "--data", str(data)])
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["status"], row["unsubscribed_at"] != "") == ("unsubscribed", True)
    main(["audit", "list", "--data", str(data)])
    told = capsys.readouterr().out
    assert told.count("subscribers leave") == 2
    assert "shop.example" not in told


def test_address_is_forgotten_also_of_who_is_no_visitor(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = asyncio.run(fill(database_url(None, data), 3))
    asyncio.run(subscribe_nobody(database_url(None, data), site))
    where = ["--data", str(data)]
    assert main(["subscribers", "erase", " Jo0@shop.example", *where]) == 0
    assert capsys.readouterr().out.splitlines() == [
        " Jo0@shop.example is forgotten",
        f"to erase what else is held of who left it: shopbell visitors erase {'v' * 26} --site {site}",
    ]
    assert main(["subscribers", "erase", "al@shop.example", *where]) == 0
    assert capsys.readouterr().out == "al@shop.example is forgotten\n"
    assert main(["subscribers", "erase", "al@shop.example", *where]) == 1
    told = f"shopbell: nobody has subscribed with the address 'al@shop.example' at the site {site}\n"
    assert capsys.readouterr().err == told
    main(["audit", "list", *where])
    told = capsys.readouterr().out
    assert told.count("subscribers erase") == 2
    assert "al@" not in told
    for path in data.iterdir():
        held = path.read_bytes()
        assert b"jo0@shop.example" not in held, path
        assert b"al@shop.example" not in held, path
        assert path.name != "shopbell.db" or b"jo2@shop.example" in held


async def subscribe_nobody(url: str, site: str) -> None:
    """Leave the address of a shopper who wants nothing kept of what they do."""
    database = open_database(url)
    await Subscribers(database).subscribe(
        "al@shop.example", Consent("Yes", "en"), Origin(site, "", "news", "f_al", NOON)
    )
    await database.dispose()
