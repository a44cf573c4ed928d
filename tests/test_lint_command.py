"""``shopbell rules lint``: what it prints, and its exit status."""

from pathlib import Path

import pytest

from engine.__main__ import main

WELL = "- rule: well\n  when: [page is product, product.id is cup]\n  show: {chat: {text: Hello}}\n"
NEVER = "- rule: never\n  when:\n    - page is home\n    - page is cart\n  show: {chat: {text: Hello}}\n"
POOL = "{coupon: {title: Hello, pool: WINTER}}"
TWIN = WELL.replace("well", "twin")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "well.yaml").write_text(WELL)
    return rules


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_rules_that_are_well_end_with_status_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "lint", str(folder)]) == 0
    assert said(capsys) == ["1 rule, 0 errors, 0 warnings"]


def test_errors_end_with_status_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "never.yaml").write_text(NEVER)
    assert main(["rules", "lint", str(folder)]) == 1
    assert said(capsys) == [
        f"{folder}/never.yaml:4:7: error: never can never fire: 'page is home' and 'page is cart' are never true "
        "together; change one of them",
        "2 rules, 1 error, 0 warnings",
    ]


def test_warnings_end_with_status_1_only_where_that_is_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "z.yaml").write_text(TWIN)
    assert main(["rules", "lint", str(folder)]) == 0
    assert main(["rules", "lint", str(folder), "--strict"]) == 1
    assert said(capsys)[-1] == "2 rules, 0 errors, 1 warning"


def test_doubts_of_the_reader_are_said_as_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "z.yaml").write_text(WELL.replace("well", "z").replace("page is product", "count(purchse) = 1"))
    assert main(["rules", "lint", str(folder)]) == 0
    first, last = said(capsys)
    assert first.startswith(f"{folder}/z.yaml:1:1: z: count(purchse)")
    assert last == "2 rules, 0 errors, 1 warning"


@pytest.mark.parametrize("text", ['[{"id": "mug"}, {"id": 3}]', '{"items": [{"id": "mug", "name": "Mug"}]}'])
def test_products_are_looked_up_in_a_feed(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    feed = folder / "products.json"
    feed.write_text(text)
    assert main(["rules", "lint", str(folder), "--feed", str(feed)]) == 0
    assert said(capsys)[0].startswith(
        f"{folder}/well.yaml:2:27: warning: well: no product of the feed has the id 'cup'"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, " cannot be read: No such file or directory"),
        ("[", " is not JSON: Expecting value: line 1 column 2 (char 1)"),
        ("3", ': expected a JSON list of products, each with an "id", or a mapping with such a list under "products"'),
        ('["cup"]', 'under "products" or "items", found "cup"'),
        ('[{"id": true}]', 'under "products" or "items", found {"id": true}'),
    ],
)
def test_feed_that_is_none_is_refused(
    folder: Path, text: str | None, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = folder / "products.json"
    if text is not None:
        feed.write_text(text)
    assert main(["rules", "lint", str(folder), "--feed", str(feed)]) == 1
    refusal = capsys.readouterr().err
    assert refusal.startswith(f"shopbell: {feed}")
    assert why in refusal


def test_pools_are_looked_up_in_the_database(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "well.yaml").write_text(WELL.replace("{chat: {text: Hello}}", POOL))
    data = ["--data", str(tmp_path / "data")]
    assert main(["sites", "add", "My shop", "--origin", "https://shop.example", *data]) == 0
    capsys.readouterr()
    assert main(["rules", "lint", str(folder), "--pools", *data]) == 0
    first, _ = said(capsys)
    assert first.startswith(
        f"{folder}/well.yaml:3:9: warning: well: there is no pool of coupons 'WINTER', every shopper gets"
    )
    assert main(["coupons", "add", "WINTER", "--code", "WINTER80", "--value", "80", *data]) == 0
    capsys.readouterr()
    assert main(["rules", "lint", str(folder), "--pools", *data]) == 0
    assert said(capsys) == ["1 rule, 0 errors, 0 warnings"]
