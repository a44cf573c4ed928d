"""``shopbell coupons``, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import errno
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.core.coupons import DIGITS, LETTERS, Pool
from engine.edge.coupon_pools import BadCoupons, read_codes
from engine.edge.database import open_database
from tests.edge.coupons import add_site, an_asker, give

Run = Callable[..., int]


def with_sites(url: str, *keys: str) -> None:
    async def add() -> None:
        database = open_database(url)
        for key in keys:
            await add_site(database, key)
        await database.dispose()

    asyncio.run(add())


def give_first(url: str, site: str, pool: str) -> None:
    async def give_it() -> None:
        database = open_database(url)
        await give(database, Pool(pool), an_asker(site=site))
        await database.dispose()

    asyncio.run(give_it())


@pytest.fixture
def run(database: str, tmp_path: Path) -> Run:
    """Run ``shopbell coupons`` on a database with one shop."""
    with_sites(database, "pk_shop")
    return lambda *words: main(["coupons", *words, "--data", str(tmp_path), "--database", database])


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    """Return the lines printed since the last look, those of errors after the others."""

    def lines() -> list[str]:
        captured = capsys.readouterr()
        return (captured.out + captured.err).splitlines()

    return lines


def a_file(folder: Path, text: str) -> str:
    path = folder / "codes.csv"
    path.write_bytes(text.encode())
    return str(path)


def test_pool_is_made_filled_and_listed(run: Run, said: Callable[[], list[str]], tmp_path: Path) -> None:
    assert run("add", "LAST", "--code", "ALL5", "--percent", "5") == 0
    said_of_it = ["--value", "50", "--expires", "30m", "--fallback", "LAST", "--warn-below", "10", "--minimum", "1000"]
    assert run("add", "ADD50", *said_of_it) == 0
    assert run("import", "ADD50", a_file(tmp_path, "A1\nA2\n\n A3 \n")) == 0
    assert run("pools") == 0
    assert said() == [
        "pool LAST was made: 5%",
        "pool ADD50 was made: 50",
        "3 codes added to pool ADD50",
        "pool   codes left   worth  orders from  ends after  another after  warns below  falls back on",
        "ADD50  3 of 3       50     1,000        30m         never          10           LAST",
        "LAST   one for all  5%     any                      never",
    ]


def test_pool_is_changed_by_saying_it_anew(run: Run, said: Callable[[], list[str]]) -> None:
    run("add", "ADD50", "--value", "50")
    assert run("add", "ADD50", "--kind", "shipping") == 0
    assert said()[-1] == "pool ADD50 was changed: free shipping"


def test_codes_are_read_from_a_table(run: Run, said: Callable[[], list[str]], tmp_path: Path) -> None:
    run("add", "ADD50")
    run("import", "ADD50", a_file(tmp_path, '\ufeff"coupon code";Used\r\nA1;no\r\nA2;no\r\n'))
    assert said()[-1] == "2 codes added to pool ADD50"


@pytest.mark.parametrize(
    "table",
    [
        "Code,Used\r\nA1,no\r\nA2,no\r\n",
        "used;code\n2;A1\n\n0;A2\n",
        '"Name"\t"Discount_code"\nSpring\tA1\nSpring\tA2\n',
        "\n優惠碼,面額\nA1,50\nA2,50\n",
        "A1,\n A2 ,\n",
    ],
)
def test_table_has_its_codes_in_the_column_that_is_called_so(table: str) -> None:
    assert [code for _, code in read_codes(io.StringIO(table, newline=""))] == ["A1", "A2"]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("id,discount\n1,A1\n", "line 1: several columns, expected one code a line, or 'code' in the first line"),
        ("A1\nA2,A3\n", "line 2: several columns, expected one code a line, or 'code' in the first line"),
        ("code;worth\n;50\n", "line 2: no code"),
        ("x" * 140_000, "line 1: field larger than field limit (131072)"),
        ("code\n", "no codes found, expected one a line"),
    ],
)
def test_file_of_which_the_codes_are_not_certain_is_refused(table: str, sentence: str) -> None:
    with pytest.raises(BadCoupons) as refusal:
        read_codes(io.StringIO(table, newline=""))
    assert str(refusal.value).splitlines()[-1].startswith(sentence)


def test_file_with_bad_lines_is_refused_whole_each_named(
    run: Run, said: Callable[[], list[str]], tmp_path: Path
) -> None:
    run("add", "ADD50")
    run("add", "OTHER")
    run("import", "OTHER", a_file(tmp_path, "TAKEN\n"))
    said()
    assert run("import", "ADD50", a_file(tmp_path, f"A1\nA 2\na1\n{'x' * 65}\nA5\n")) == 1
    assert said() == [
        "shopbell: no code was taken over:",
        "line 2: 'A 2' is no code, expected one word",
        "line 3: a1 stands in line 1 already",
        "line 4: code with 65 characters exceeds limit of 64",
    ]
    assert run("import", "ADD50", a_file(tmp_path, "A1\ntaken\n")) == 1
    assert said() == ["shopbell: no code was taken over:", "line 2: taken is in pool 'OTHER' already"]
    run("pools")
    assert said()[1].split() == ["ADD50", "0", "of", "0", "not", "said", "any", "never"]


def test_many_bad_lines_are_not_all_listed(run: Run, said: Callable[[], list[str]], tmp_path: Path) -> None:
    run("add", "ADD50")
    assert run("import", "ADD50", a_file(tmp_path, "A 1\n" * 1_500)) == 1
    assert said()[-1] == "and 1,480 more"


def test_many_codes_are_imported_at_once(run: Run, said: Callable[[], list[str]], tmp_path: Path) -> None:
    run("add", "ADD50")
    assert run("import", "ADD50", a_file(tmp_path, "\n".join(f"A{n}" for n in range(2_500)))) == 0
    assert said()[-1] == "2,500 codes added to pool ADD50"


def test_generated_codes_follow_the_pattern_and_are_in_the_pool(run: Run, said: Callable[[], list[str]]) -> None:
    run("add", "ADD50")
    said()
    assert run("generate", "ADD50", "--pattern", "SAVE-????-####", "--count", "50") == 0
    codes = said()
    assert len(set(codes)) == 50
    assert all(re.fullmatch(f"SAVE-[{LETTERS}]{{4}}-[{DIGITS}]{{4}}", code) for code in codes)
    run("pools")
    assert "50 of 50" in said()[1]


def test_codes_that_nobody_was_given_are_withdrawn(
    run: Run, said: Callable[[], list[str]], tmp_path: Path, database: str
) -> None:
    run("add", "ADD50")
    run("import", "ADD50", a_file(tmp_path, "A1\nA2\nA3\nA4\n"))
    give_first(database, "pk_shop", "ADD50")
    said()
    assert run("withdraw", "ADD50", a_file(tmp_path, "code\nA4\nB1\n")) == 1
    assert said() == ["shopbell: no code was taken out:", "line 3: B1 is not in the pool"]
    assert run("withdraw", "ADD50", a_file(tmp_path, "a1\na4\n")) == 0
    assert said() == ["1 code taken out of pool ADD50; 1 stay with whom they were given to"]
    assert run("withdraw", "ADD50") == run("import", "ADD50", a_file(tmp_path, "A2\n")) == 0
    run("pools")
    assert said()[0] == "2 codes taken out of pool ADD50; 1 stay with whom they were given to"
    run("pools")
    assert "1 of 2" in said()[1]


def test_codes_that_cannot_be_printed_are_not_in_the_pool_either(
    run: Run, said: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    run("add", "ADD50")
    said()
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", Full())
        assert run("generate", "ADD50", "--pattern", "????????", "--count", "3") == 1
    run("pools")
    assert "0 of 0" in said()[1]


def test_worth_of_millions_is_listed_with_all_its_digits(run: Run, said: Callable[[], list[str]]) -> None:
    run("add", "TET", "--value", "1250000", "--minimum", "12500000.5", "--again", "90d")
    run("pools")
    assert said()[-1].split() == ["TET", "0", "of", "0", "1,250,000", "12,500,000.5", "90d"]


REFUSED = [
    (("generate", "ADD50", "--pattern", "SAVE-##", "--count", "5"), "pattern 'SAVE-##' makes 36 codes, too few"),
    (("generate", "ADD50", "--pattern", "A ?", "--count", "5"), "'A ?' is no code, expected one word"),
    (("generate", "ADD50", "--pattern", "????????", "--count", "0"), "--count is '0', expected a whole number above 0"),
    (("generate", "ADD5", "--pattern", "????????", "--count", "1"), "no pool is called 'ADD5' (did you mean 'ADD50'?)"),
    (("import", "ADD50", "missing.csv"), "missing.csv cannot be read: No such file or directory"),
    (
        ("generate", "FIXED", "--pattern", "????????", "--count", "1"),
        "pool 'FIXED' has the fixed code SPRING, expected a pool of unique codes",
    ),
    (("add", "FIXED", "--percent", "9"), "pool 'FIXED' has the fixed code SPRING, expected --code with it or with an"),
    (("add", "A", "--fallback", "ADD5"), "no pool is called 'ADD5' (did you mean 'ADD50'?)"),
    (("add", "A", "--fallback", "A"), "pools that fall back on each other in a circle: A -> A"),
    (("withdraw", "FIXED"), "pool 'FIXED' has the fixed code SPRING, expected a pool of unique codes"),
    (("pools", "--site", "pk_other"), "no site has the key 'pk_other', expected --site with one of pk_shop"),
    (("report", "NONE"), "no pool is called 'NONE'"),
]


@pytest.mark.parametrize(("words", "sentence"), REFUSED, ids=lambda each: str(each)[:30])
def test_what_cannot_be_is_refused_with_a_sentence(
    run: Run, said: Callable[[], list[str]], words: tuple[str, ...], sentence: str
) -> None:
    run("add", "ADD50")
    run("add", "FIXED", "--code", "SPRING")
    said()
    assert run(*words) == 1
    assert sentence in said()[0]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("A", "--value", "much"), "--value is 'much', expected a number such as 10"),
        (("A", "--again", "soon"), "--again is 'soon', expected a duration such as 30m, a second at least"),
        (("A", "--expires", "500ms"), "--expires is '500ms', expected a duration such as 30m, a second at least"),
        (("A", "--percent", "150"), "--percent is '150', expected more than 0 and at most 100"),
        (("A", "--percent", "0"), "--percent is '0', expected more than 0 and at most 100"),
        (("A", "--value", "0"), "--value is '0', expected more than 0, or --kind shipping"),
        (
            ("A", "--kind", "amount", "--percent", "10"),
            "--kind is 'amount', found --percent beside it, expected --value",
        ),
        (
            ("A", "--kind", "shipping", "--value", "5"),
            "--kind is 'shipping', found --value beside it, expected neither --value nor --percent",
        ),
        (("A", "--warn-below", "2.5"), "--warn-below is '2.5', expected a whole number below 1,000,000,000"),
        (("A/B",), "'A/B' is no name of a pool, expected one without '/'"),
    ],
)
def test_what_cannot_be_said_of_a_pool_is_refused(
    said: Callable[[], list[str]], words: tuple[str, ...], sentence: str
) -> None:
    assert main(["coupons", "add", *words]) == 1
    assert said() == [f"shopbell: {sentence}"]


def test_pool_of_unique_codes_stays_one(run: Run, said: Callable[[], list[str]], tmp_path: Path) -> None:
    run("add", "ADD50")
    run("import", "ADD50", a_file(tmp_path, "A1\n"))
    said()
    assert run("add", "ADD50", "--code", "SPRING") == 1
    assert said() == ["shopbell: pool 'ADD50' has unique codes (1), expected no --code, or the name of another pool"]


def test_circle_of_pools_is_refused(run: Run, said: Callable[[], list[str]]) -> None:
    run("add", "A")
    run("add", "B", "--fallback", "A")
    said()
    assert run("add", "A", "--fallback", "B") == 1
    assert said() == ["shopbell: pools that fall back on each other in a circle: A -> B -> A"]


def test_shop_must_be_said_where_there_are_several(run: Run, said: Callable[[], list[str]], database: str) -> None:
    with_sites(database, "pk_two")
    assert run("pools") == 1
    assert said() == ["shopbell: there are several shops, expected --site with one of pk_shop, pk_two"]
    assert run("add", "ADD50", "--site", "pk_two") == 0


def test_report_of_pools_that_gave_nothing_out_is_empty(run: Run, said: Callable[[], list[str]]) -> None:
    run("add", "ADD50")
    said()
    assert run("report") == run("report", "ADD50") == 0
    assert said() == ["pool  issued  seen  copied  redeemed  revenue"] * 2
