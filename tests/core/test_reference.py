"""The reference page and the schemas say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from engine.core.golden import read_sessions, run_session
from engine.core.reference import SECTIONS, render_page
from engine.core.rule_schema import rule_schema, site_schema
from engine.core.rulefile import read_rules
from tests.core import test_condition_line as lines
from tests.core.cases import Case, all_cases, refused
from tests.core.json_schema import accepts
from tests.core.reading import a_rule
from tests.core.test_rule_printer import EVERY_KIND
from tools.render_rules_reference import RULES, rendered

README = (RULES / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", README, re.S)


@pytest.mark.parametrize("path", list(rendered()), ids=lambda path: path.name)
def test_rendered_file_is_current(path: Path) -> None:
    assert path.read_text("utf-8") == rendered()[path], "run: python -m tools.render_rules_reference"


def test_every_section_is_on_the_page() -> None:
    assert set(re.findall(r"<!-- ([a-z ]+) -->", README)) - {"end"} == set(SECTIONS)


def test_rendering_twice_changes_nothing() -> None:
    assert render_page(render_page(README)) == render_page(README)


def test_every_example_of_the_page_can_be_read() -> None:
    kinds: dict[str, list[str]] = {"- rule": [], "- session": [], "currency": [], "pages": []}
    for block in BLOCKS:
        kinds[next(kind for kind in kinds if block.startswith(kind))].append(block)
    files = {f"{n}.yaml": block for n, block in enumerate(kinds["- rule"])}
    site = "".join(kinds["currency"] + kinds["pages"])  # the page says it part by part
    rules = read_rules(files | {"site.yaml": site})
    (session,) = read_sessions({"a.session.yaml": "".join(kinds["- session"])})
    assert rules.warnings == ()
    assert run_session(rules, session).passed


@pytest.mark.repeats
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


@pytest.mark.parametrize("show", EVERY_KIND)
def test_schema_accepts_every_kind_of_popup(show: str) -> None:
    assert accepts(rule_schema(), yaml.safe_load(a_rule(show=show)))


@pytest.mark.parametrize(("name", "least"), [("popups", 0.7), ("popup-kinds", 0.75), ("lines", 0.7)])
def test_schema_underlines_most_of_what_the_reader_refuses(name: str, least: float) -> None:
    schema = rule_schema()
    if name == "lines":
        found = [accepts(schema["$defs"]["condition"], each["line"], schema) for each in refused(name)]
    else:
        found = [accepts(schema, yaml.safe_load(a_rule(show=each["show"]))) for each in refused(name)]
    assert found.count(False) / len(found) >= least
