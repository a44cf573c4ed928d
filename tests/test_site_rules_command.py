"""The commands that read rules, where single sites have rules of their own."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.core.coupons import Pool
from engine.edge.coupon_pools import put_pool
from engine.edge.database import database_url, open_database
from engine.edge.sites import add_site

RULE = "- rule: {name}\n  when: [page is cart]\n  show: {{coupon: {{title: For you, pool: {pool}}}}}\n"
SESSION = """- session: at the cart
  events: [{{page_view: {{kind: cart, url: /cart}}}}]
  fires: [{name}]
"""


@pytest.fixture
def shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Two shops by their names, and rules: one for all, one of the mug shop's own, each with a golden session."""
    monkeypatch.chdir(tmp_path)
    url = database_url(None, tmp_path / "data")
    (tmp_path / "data").mkdir()
    keys = {
        name: asyncio.run(add_site(url, name, [f"https://{name[:3].lower()}.test"])).key for name in ("Tea", "Mug Shop")
    }
    for folder, name, pool in (("rules", "tea", "TEA"), ("rules/sites/mug-shop", "mug", "MUGS")):
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, "cart.yaml").write_text(RULE.format(name=name, pool=pool))
        Path(folder, "cart.session.yaml").write_text(SESSION.format(name=name))
        asyncio.run(_make_pool(url, keys["Tea" if name == "tea" else "Mug Shop"], pool))
    return keys


async def _make_pool(url: str, site: str, name: str) -> None:
    database = open_database(url)
    async with database.begin() as connection:
        await put_pool(connection, site, Pool(name))
    await database.dispose()


def said_by(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert main([*words]) == status
    told = capsys.readouterr()
    return told.out + told.err


def test_sites_are_listed_with_where_their_rules_are(shops: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    lines = said_by(capsys, "sites", "list").splitlines()
    assert re.split(r"  +", lines[0]) == ["name", "key", "rules", "origins"]
    assert [re.split(r"  +", line) for line in lines[1:]] == [
        ["Tea", shops["Tea"], "rules", "https://tea.test"],
        ["Mug Shop", shops["Mug Shop"], "rules/sites/mug-shop", "https://mug.test"],
    ]


def test_check_reads_the_rules_of_every_site_and_names_folders_that_are_no_sites(
    shops: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rules/sites/mugs-hop").mkdir()
    assert said_by(capsys, "rules", "check", "rules").splitlines() == [
        "rules/sites: 'mugs-hop' is passed over: no site has this name, expected the name or the key of one"
        " (did you mean 'mug-shop'?)",
        "1 rule, 0 warnings, no errors",
        "sites/mug-shop: 1 rule, 0 warnings, no errors",
        "sites/mugs-hop: 0 rules, 0 warnings, no errors",
    ]
    Path("rules/sites/mug-shop/cart.yaml").write_text(RULE.format(name="mug", pool="x").replace("cart", "basket"))
    said = said_by(capsys, "rules", "check", "rules", status=1)
    assert "rules/sites/mug-shop/cart.yaml:2:18: page is basket: unknown page kind 'basket'" in said


def test_golden_sessions_are_played_by_the_rules_beside_them(
    shops: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said_by(capsys, "rules", "test", "rules").splitlines()[-1] == "2 passed, 0 failed"
    own = "rules/sites/mug-shop/cart.session.yaml"
    assert said_by(capsys, "rules", "test", "rules", own).splitlines() == [
        f"ok   at the cart ({own}:1)",
        "1 passed, 0 failed",
    ]
    Path("elsewhere.session.yaml").write_text(SESSION.format(name="mug"))
    assert "there is no rule 'mug'" in said_by(capsys, "rules", "test", "rules", "elsewhere.session.yaml", status=1)


def test_lint_looks_up_the_pools_of_the_site_whose_rules_name_them(
    shops: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said_by(capsys, "rules", "lint", "rules", "--pools").splitlines() == [
        "1 rule, 0 errors, 0 warnings",
        "sites/mug-shop: 1 rule, 0 errors, 0 warnings",
    ]
    Path("rules/sites/mug-shop/cart.yaml").write_text(RULE.format(name="mug", pool="TEA"))
    said = said_by(capsys, "rules", "lint", "rules", "--pools", "--site", shops["Mug Shop"], "--strict", status=1)
    assert said.splitlines()[-1].startswith("sites/mug-shop: 1 rule, 0 errors, 1 warning")
    assert "TEA" in said


def test_doctor_names_the_rules_of_each_site(shops: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("rules/sites/mug-shop/cart.yaml").write_text("nonsense: [")
    Path("rules/sites/nobody").mkdir()
    main(["doctor"])
    said = capsys.readouterr().out
    assert "the rules in rules can be read: 1" in said
    assert "the rules in rules/sites/mug-shop have errors" in said
    assert "'nobody' is passed over: no site has this name" in said
