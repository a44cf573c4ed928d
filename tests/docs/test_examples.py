"""What a page shows can be used as it stands: rules, settings, sessions, JSON, commands."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.__main__ import parser as command_parser
from engine.core.golden import read_sessions, run_session
from engine.core.popup_file import SHOW_KINDS
from engine.core.rulefile import SITE_FILE, read_rules
from engine.core.site_file import SITE_KEYS
from tests.docs.pages import CHECKOUT, DOCS, Example, all_pages, examples, name_of
from tools.render_popup_reference import popup_of

TUTORIAL = DOCS / "tutorial" / "your-first-popup.md"
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
_ATTRIBUTE = re.compile(r"data-shopbell-\w+='(.*?)'", re.S)


def of_all_pages(*languages: str) -> list[Any]:
    """Return the fenced blocks of these languages on all pages, as parameters of a test."""
    return [pytest.param(each, id=each.where) for page in all_pages() for each in examples(page, *languages)]


def kind_of(example: Example) -> str:
    """Tell what a YAML example is: rules, sessions, site settings, or something that is not ours."""
    read = yaml.safe_load(example.text)
    if isinstance(read, list):
        return next((kind for kind in ("rule", "session") if all(kind in each for each in read)), "unknown")
    if set(read) <= {key.name for key in SITE_KEYS}:
        return "site"
    if set(read) <= {key.name for key in SHOW_KINDS}:
        return "popup"
    return "alerts" if set(read) == {"groups"} else "unknown"


@pytest.mark.parametrize("example", of_all_pages("yaml"))
def test_yaml_example_is_read_without_an_error_or_a_warning(example: Example) -> None:
    kind = kind_of(example)
    if kind == "session":
        assert read_sessions({example.where: example.text})
    elif kind == "alerts":
        assert yaml.safe_load(example.text)["groups"]
    elif kind == "popup":
        assert popup_of(example.text)["kind"] in example.text
    else:
        assert kind in ("rule", "site")
        rules = read_rules({SITE_FILE if kind == "site" else "example.yaml": example.text})
        assert rules.warnings == ()
        assert rules.rules or kind == "site"


def pages_with_sessions() -> list[Path]:
    """Return the pages whose sessions can be run against their own rules as they stand."""
    return [page for page in all_pages() if page != TUTORIAL and "- session:" in page.read_text("utf-8")]


@pytest.mark.parametrize("page", pages_with_sessions(), ids=name_of)
def test_sessions_of_a_page_come_out_as_it_says(page: Path) -> None:
    found = examples(page, "yaml")
    rules = {f"{n:03}.yaml": each.text for n, each in enumerate(found) if kind_of(each) == "rule"}
    sessions = {each.where: each.text for each in found if kind_of(each) == "session"}
    rule_set = read_rules(rules)
    outcomes = [run_session(rule_set, each) for each in read_sessions(sessions)]
    assert [str(each) for each in outcomes if not each.passed] == []


@pytest.mark.parametrize("example", of_all_pages("json"))
def test_json_example_is_json(example: Example) -> None:
    assert all(isinstance(each, dict) for each in json_objects(example.text))


def json_objects(text: str) -> Iterator[Any]:
    """Yield the JSON values of a text, one after the other."""
    decoder, rest = json.JSONDecoder(), text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        yield value
        rest = rest[end:].strip()


@pytest.mark.parametrize("example", of_all_pages("html"))
def test_json_in_html_is_json(example: Example) -> None:
    for text in [*_SCRIPT.findall(example.text), *_ATTRIBUTE.findall(example.text)]:
        assert isinstance(json.loads(text), dict)


@pytest.mark.parametrize("example", of_all_pages("sh"))
def test_commands_of_an_example_are_there(example: Example) -> None:
    for line in example.text.splitlines():
        words = shlex.split(line, comments=True)
        if "make" in words[:1]:
            assert words[1] in make_targets()
        for command in shopbell_commands(words):
            command_parser().parse_args(command)  # ends the test where it does not understand


def shopbell_commands(words: list[str]) -> Iterator[list[str]]:
    """Yield what a command line says to `shopbell`, however it is called there."""
    words = words[3:] if words[:2] == ["sudo", "-u"] else words
    if words and words[0].rpartition("/")[2] == "shopbell":
        yield words[1:]
    for n in range(len(words) - 1):
        if words[n : n + 2] == ["-m", "engine"]:
            yield words[n + 2 :]


@pytest.mark.parametrize("page", all_pages(), ids=name_of)
def test_make_targets_that_a_page_names_are_there(page: Path) -> None:
    named = set(re.findall(r"`make ([a-z][a-z-]*)[` ]", page.read_text("utf-8")))
    assert named - make_targets() == set()


def make_targets() -> set[str]:
    """Return what `make` can be asked for."""
    return set(re.findall(r"^([a-z][a-z-]*):", (CHECKOUT / "Makefile").read_text("utf-8"), re.M))


def test_commands_are_recognised_however_they_are_called() -> None:
    said = {
        "shopbell version": [["version"]],
        "/opt/shopbell/bin/shopbell rules check my-rules": [["rules", "check", "my-rules"]],
        "sudo -u shopbell /opt/shopbell/bin/shopbell version": [["version"]],
        ".venv/bin/python -m engine version": [["version"]],
        "docker compose exec engine python -m engine version": [["version"]],
        "python3 -m venv /opt/shopbell": [],
    }
    assert {line: list(shopbell_commands(shlex.split(line))) for line in said} == said
