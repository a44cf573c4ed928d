"""The reference page, the schemas and the playbook say what the code does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.core.facts import FactType
from engine.core.golden import read_sessions, run_session
from engine.core.popup import render
from engine.core.reference import SECTIONS, render_page
from engine.core.rule_schema import rule_schema, site_schema
from engine.core.rulefile import read_rules
from tests.core import test_condition_line as lines
from tests.core.cases import Case, all_cases
from tests.core.json_schema import accepts
from tools.render_rules_reference import RULES, rendered

PLAYBOOK = RULES / "playbook"
README = (RULES / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", README, re.S)


def playbook(suffix: str) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(PLAYBOOK.glob(f"*{suffix}"))}


def rule_files() -> dict[str, str]:
    return {name: text for name, text in playbook(".yaml").items() if not name.endswith(".session.yaml")}


@pytest.mark.parametrize("path", list(rendered()), ids=lambda path: path.name)
def test_rendered_file_is_current(path: Path) -> None:
    assert path.read_text("utf-8") == rendered()[path], "run: python -m tools.render_rules_reference"


def test_every_section_is_on_the_page() -> None:
    assert set(re.findall(r"<!-- ([a-z ]+) -->", README)) - {"end"} == set(SECTIONS)


def test_rendering_twice_changes_nothing() -> None:
    assert render_page(render_page(README)) == render_page(README)


def test_every_example_of_the_page_can_be_read() -> None:
    kinds: dict[str, list[str]] = {"- rule": [], "- session": [], "currency": []}
    for block in BLOCKS:
        kinds[next(kind for kind in kinds if block.startswith(kind))].append(block)
    files = {f"{n}.yaml": block for n, block in enumerate(kinds["- rule"])}
    (site,) = kinds["currency"]
    rules = read_rules(files | {"site.yaml": site})
    (session,) = read_sessions({"a.session.yaml": "".join(kinds["- session"])})
    assert (len(rules.rules), rules.warnings) == (3, ())
    assert run_session(rules, session).passed


def test_playbook_is_read_without_a_warning() -> None:
    rules = read_rules(rule_files())
    assert rules.warnings == ()
    assert {each.rule.id for each in rules.rules} == {
        "browse-abandonment",
        "cart-hesitation",
        "exit-intent-full-cart",
        "first-visit-welcome",
        "free-shipping-nudge",
    }


@pytest.mark.parametrize("name", sorted(playbook(".session.yaml")))
def test_play_has_sessions_that_fire_and_sessions_that_hold(name: str) -> None:
    rules, rule = read_rules(rule_files()), name.removesuffix(".session.yaml")
    sessions = read_sessions({name: playbook(".session.yaml")[name]})
    outcomes = [run_session(rules, each) for each in sessions]
    assert all(each.passed for each in outcomes), "\n".join(map(str, outcomes))
    assert any(rule in each.fires for each in sessions)
    assert any(rule in each.holds for each in sessions)


def test_every_play_is_tested() -> None:
    assert {name.removesuffix(".session.yaml") for name in playbook(".session.yaml")} == {
        each.rule.id for each in read_rules(rule_files()).rules
    }


def texts(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, dict) and "en" in node:
        yield node
    elif isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from texts(each)


def test_every_text_of_the_playbook_is_in_both_languages_of_its_shop() -> None:
    found = [each for text in rule_files().values() for each in texts(yaml.safe_load(text))]
    assert len(found) > 30
    assert all(each.keys() == {"en", "zh-TW"} for each in found)


@pytest.mark.parametrize("language", ["zh-TW", "zh-CN", "en-GB", "de", "ar", ""])
def test_every_play_is_rendered_whole_in_any_language(language: str) -> None:
    rules = read_rules(rule_files())
    for each in rules.rules:
        popup = render(
            each.rule.shows[0],
            lambda reading: "Cup" if reading.fact.type is FactType.TEXT else 320,
            language,
            rules.site,
        )
        assert popup["lang"] == ("en" if language == "en-GB" else "zh-TW")
        assert "{{" not in json.dumps(popup)


@pytest.mark.parametrize("name", sorted(rule_files()))
def test_schema_accepts_the_playbook(name: str) -> None:
    schema = site_schema() if name == "site.yaml" else rule_schema()
    assert accepts(schema, yaml.safe_load(rule_files()[name]))


@pytest.mark.parametrize("case", [case for case in all_cases() if not case.refused], ids=lambda case: case.name)
def test_schema_accepts_what_the_reader_accepts(case: Case) -> None:
    assert accepts(rule_schema(), case.rules)
    assert accepts(site_schema(), case.site)


@pytest.mark.parametrize("line", [line for line, *_ in lines.READ])
def test_schema_accepts_every_line_that_is_read(line: str) -> None:
    schema = rule_schema()
    assert accepts(schema["$defs"]["condition"], line, schema)


@pytest.mark.parametrize(
    "line",
    [
        "page.dwell > 10",
        "views(basket) > 2",
        "pge is cart",
        "views(cart) contains 2",
        "",
        "scroll > 60",
        "exit_intent > 3",
    ],
)
def test_schema_underlines_what_is_refused(line: str) -> None:
    schema = rule_schema()
    assert not accepts(schema["$defs"]["condition"], line, schema)


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "r", "when": ["page is cart"]},
        {"rule": "r", "when": [], "show": {"chat": {"text": "a"}}},
        {"rule": "R!", "when": ["page is cart"], "show": {"chat": {"text": "a"}}},
        {"rule": "r", "when": ["page is cart"], "show": {"chat": {}}},
        {"rule": "r", "when": ["page is cart"], "show": {"bar": {}}},
        {"rule": "r", "when": [{"anny": ["page is cart"]}], "show": {"chat": {"text": "a"}}},
        {"rule": "r", "when": ["page is cart"], "show": {"chat": {"text": "a"}}, "limit": "often"},
        {"rule": "r", "when": ["page is cart"], "show": {"chat": {"text": "a"}}, "prio": 3},
    ],
)
def test_schema_refuses_rules_that_are_wrong(rule: dict[str, object]) -> None:
    assert not accepts(rule_schema(), [rule])
