"""The command `shopbell`, but for what runs an engine."""

import re
import time
from pathlib import Path

import pytest
import redis

from engine.__main__ import main
from engine.core.counted_since import said
from engine.edge.keys import COUNTED

GOOD = """
- rule: welcome
  when: [page is home]
  show: {chat: {text: Hello}}
  limit: once per visitor
"""
FIRES = """
- session: first visit
  events:
    - {page_view: {kind: home, url: /}}
  fires: [welcome]
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "welcome.yaml").write_text(GOOD)
    (folder / "welcome.session.yaml").write_text(FIRES)
    return folder


def test_rules_without_errors_are_counted(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(rules)]) == 0
    assert capsys.readouterr().out == "1 rule, 0 warnings, no errors\n"


def test_window_that_reaches_behind_its_first_rule_says_since_when_it_counts(
    rules: Path, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "welcome.yaml").write_text(GOOD.replace("page is home", "views(home) in 7d > 2, views(cart) ever > 2"))
    began_ms = time.time_ns() // 1_000_000
    with redis.Redis.from_url(redis_url) as store:
        store.hset(COUNTED, "trail views:home", f"[{began_ms},3,{7 * 86_400_000}]")
    assert main(["rules", "check", str(rules), "--redis", redis_url]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"welcome: views(home) in 7d counts since {said(began_ms)}",
        "welcome: views(cart) ever will count from when it is in force",
        "1 rule, 0 warnings, no errors",
    ]
    assert main(["rules", "check", str(rules), "--redis", "unix:///nowhere"]) == 0
    assert capsys.readouterr().out.startswith("since when windows count is not known: ")


@pytest.mark.parametrize("do", ["check", "test", "lint"])
def test_folder_without_any_rule_file_is_told(do: str, rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "welcome.yaml").rename(rules / "welcome.txt")
    assert main(["rules", do, str(rules)]) == 1
    assert capsys.readouterr() == ("", f"shopbell: no rule files in {rules}, expected files *.yaml\n")
    (rules / "site.yaml").touch()
    main(["rules", do, str(rules)])
    assert "no rule files" not in capsys.readouterr().err


def test_all_errors_of_rules_are_listed(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "bad.yaml").write_text(GOOD.replace("home", "hme").replace("welcome", "other") * 2)
    assert main(["rules", "check", str(rules)]) == 1
    listed = capsys.readouterr().err.splitlines()
    assert listed[0].startswith(f"{rules}/bad.yaml:3:")
    assert listed[0].endswith("(did you mean 'home'?)")
    assert listed[-1] == f"shopbell: {len(listed) - 1} errors in the rules"
    assert len(listed) > 2


def test_golden_sessions_that_hold_are_counted(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "test", str(rules)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


def test_golden_session_that_fails_shows_expected_and_got(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "other.session.yaml"
    case.write_text(FIRES.replace("home", "cart"))
    assert main(["rules", "test", str(rules), str(case)]) == 1
    said = capsys.readouterr().out
    assert "first visit" in said
    assert "page is home" in said
    assert said.splitlines()[-1] == "0 passed, 1 failed"


def test_rules_without_golden_sessions_are_not_tested(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "welcome.session.yaml").unlink()
    assert main(["rules", "test", str(rules)]) == 1
    assert capsys.readouterr().err == f"shopbell: no golden sessions in {rules}, expected files *.session.yaml\n"


def test_added_site_gets_a_key_and_the_tag_for_its_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["sites", "add", "My shop", "--origin", "https://shop.example", "--data", str(tmp_path / "data")]
    assert main([*arguments, "--engine", "https://engine.example/"]) == 0
    said = capsys.readouterr().out
    key = re.search(r"My shop has the key (pk_[a-z2-7]{16});", said)
    assert key is not None
    assert f'<script async src="https://engine.example/s.js" data-site="{key[1]}"></script>\n' in said


def test_shop_that_moves_keeps_its_key(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--data", str(data)]
    main(["sites", "add", "My shop", "--origin", "https://shop.example", *where])
    key = capsys.readouterr().out.split(" has the key ")[1].partition(";")[0]
    moved = ["--origin", "https://SHOP.example:443/", "--origin", "https://new.example"]
    assert main(["sites", "change", key, *moved, *where]) == 0
    said = f"My shop ({key}) may be opened by pages of https://new.example, https://shop.example\n"
    assert capsys.readouterr().out == said
    assert main(["sites", "change", key, "--name", "Mugs", *where]) == 0
    assert capsys.readouterr().out == said.replace("My shop", "Mugs")
    for words, refusal in (
        ([key], "nothing is to be changed, expected --name or --origin"),
        ([key, "--name", " "], "the shop has no name, expected what to call it"),
        ([key, "--origin", "new.example"], "origin 'new.example' is not a scheme, a host and at most a port, expected"),
        (["pk_nobody", "--name", "Mugs"], "no site has the key 'pk_nobody', expected that of a site"),
    ):
        assert main(["sites", "change", *words, *where]) == 1
        assert capsys.readouterr().err.startswith(f"shopbell: {refusal}")


def test_site_with_a_bad_origin_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sites", "add", "My shop", "--origin", "shop.example", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "shopbell: origin 'shop.example' is not a scheme, a host and at most a port, "
        "expected an origin such as https://shop.example\n"
    )


def test_help_names_every_flag_with_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    said = capsys.readouterr().out
    for flag in ("--host", "--port", "--data", "--rules", "--redis", "--workers"):
        assert flag in said
    assert "[SHOPBELL_REDIS_URL]" in said


def test_secret_key_is_made_shown_once_and_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(tmp_path)]
    assert main(["sites", "add", "Shop", "--origin", "https://shop.example", *data]) == 0
    site = re.search(r"pk_\w+", capsys.readouterr().out)
    assert site
    assert main(["sites", "secret", site[0], "--name", "till", *data]) == 0
    secret = re.match(r"(sk_[a-z2-7]+)\.\S{43}\n", capsys.readouterr().out)
    assert secret
    assert main(["sites", "revoke", secret[1], *data]) == 0
    assert capsys.readouterr().out == f"{secret[1]} is worth nothing from now on\n"
    assert main(["sites", "revoke", "sk_none", *data]) == 1
    assert capsys.readouterr().err.startswith("shopbell: no secret key has the id 'sk_none'")
